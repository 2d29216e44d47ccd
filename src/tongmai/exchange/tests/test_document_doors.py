"""The doors by which documents come in, and the pages that show them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tongmai.commons.encounters import services as encounters
from tongmai.commons.results.models import Document, DocumentSection
from tongmai.config import cli
from tongmai.exchange.cda.tests import samples
from tongmai.exchange.cda.tests.samples import attached, document, patient, related, section, structured
from tongmai.exchange.hl7v2.tests.adt import adt
from tongmai.exchange.models import InboundMessage
from tongmai.exchange.services import messages
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, sign_in_as

SYSTEM = Actor.system(now=NOW)


@pytest.fixture
def coordinator(world, client):
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    return client


def kept(raw, **given):
    messages.take_in(raw, by=SYSTEM, file_name="d.xml")
    return Document.objects.get(**(given or {"status": "final"}))


def reader(world, client, *documents):
    """A doctor of the hospital who sees the patient today."""
    for resident_id in {each.resident_id for each in documents}:
        encounters.start_visit(resident_id, by=world.actor(Role.SPECIALIST))
    sign_in_as(client, Role.SPECIALIST, org=world.lead)
    return client


def shown(client, name, row):
    return client.get(reverse(f"results:{name}", args=[row.id]))


def test_one_or_several_files_are_uploaded(coordinator):
    one = SimpleUploadedFile("a.xml", document())
    page = coordinator.post(reverse("exchange:receive"), {"file": one}, follow=True)
    assert "消息已收到" in page.content.decode()
    assert "共享文档 出院小结" in coordinator.get(reverse("exchange:messages")).content.decode()
    files = [
        SimpleUploadedFile("a.xml", document()),
        SimpleUploadedFile("b.xml", document("D2", version="2", encoding="gb18030")),
        SimpleUploadedFile("c.hl7", adt("A28", "a1", "20261101080000")),
        SimpleUploadedFile("d.xml", document("D9", set_number="S9", who=patient(name=""))),
    ]
    page = coordinator.post(reverse("exchange:receive"), {"file": files}, follow=True).content.decode()
    assert "收到 4 份：已办理 3，待人工处理 1。" in page
    assert "其中 1 份此前已收到过。" in page


def test_the_page_of_a_held_document_says_why_and_takes_a_correction(coordinator, client):
    row = messages.take_in(document(who=patient(name="")), by=SYSTEM, file_name="d.xml")[0]
    page = coordinator.get(reverse("exchange:message", args=[row.id])).content.decode()
    assert "文档没有患者姓名" in page
    assert "&lt;ClinicalDocument" in page
    text = document().decode()
    answer = coordinator.post(reverse("exchange:put-text", args=[row.id]), {"text": text, "why": "补上姓名"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("done", "document")
    raw = coordinator.get(reverse("exchange:raw", args=[row.id]))
    assert raw.content == document(who=patient(name=""))
    assert ".xml" in raw["Content-Disposition"]


def test_a_document_comes_in_by_the_api(coordinator):
    url = "/api/v1/messages/file/"
    answer = coordinator.post(url, {"file": SimpleUploadedFile("d.xml", document(encoding="utf-16"))})
    told = answer.json()
    assert (answer.status_code, told["state"], told["format"], told["kind"]) == (201, "done", "cda", "CDA^C0053")
    again = coordinator.post(url, {"file": SimpleUploadedFile("d.xml", document(encoding="utf-16"))})
    assert (again.status_code, again.json()["id"]) == (200, told["id"])
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument>&b;</ClinicalDocument>'
    refused = coordinator.post(url, {"file": SimpleUploadedFile("b.xml", bomb)}).json()
    assert (refused["state"], refused["reasons"]) == ("rejected", ["has-doctype"])
    text = coordinator.post(
        "/api/v1/messages/", {"text": document("D7", set_number="S7").decode()}, content_type="application/json"
    )
    assert text.json()["state"] == "done"


def test_a_folder_of_documents_and_messages_is_received_by_the_command(world, tmp_path, capsys):
    (tmp_path / "1.xml").write_bytes(document())
    (tmp_path / "2.XML").write_bytes(document("D2", version="2"))
    (tmp_path / "3.xml").write_bytes(document("D3", set_number="S3", who=patient(name="")))
    (tmp_path / "4.hl7").write_bytes(adt("A28", "a1", "20261101080000"))
    (tmp_path / "note.txt").write_text("nothing")
    assert cli.main(["receive", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "已办理 3，待人工处理 1" in said.err
    assert "1 × 文档没有患者姓名" in said.err
    assert InboundMessage.objects.count() == 4
    (tmp_path / "4.ACK.12345678.hl7").write_text("MSH|^~\\&|")
    assert cli.main(["receive", str(tmp_path)]) == 1
    assert InboundMessage.objects.count() == 4, "answers are not taken for messages"


def test_a_document_is_shown_with_header_contents_and_sections(world, client):
    body = structured(
        section(),
        section("无<br/>特殊", section("内层", title="既往手术"), title="既往史"),
        section("<script>x</script>", title="过敏史"),
    )
    row = kept(document(body=body, confidentiality="R"))
    page = shown(reader(world, client, row), "document", row).content.decode()
    for text in (
        "出院小结",
        "示例钱",
        "示例孙",
        samples.MAKER,
        "限制查阅",
        "目录",
        'href="#section-3"',
        "既往手术",
        "未解读",
    ):
        assert text in page, text
    assert "<strong>胸痛 3 天</strong>" in page
    assert "<script>x" not in page
    file = shown(client, "document-file", row)
    assert (file.content, file["Content-Type"]) == (
        document(body=body, confidentiality="R"),
        "application/octet-stream",
    )


def test_the_versions_and_supplements_lead_to_each_other(world, client):
    first = kept(document("D1"))
    second = kept(document("D2", version="2", title="出院小结（修订）"))
    added = kept(document("D8", set_number="S8", title="补充说明", between=related("APND", "D2")), title="补充说明")
    first.refresh_from_db()
    client = reader(world, client, second)
    page = shown(client, "document", first).content.decode()
    assert "已有新的一版" in page
    assert reverse("results:document", args=[second.id]) in page
    page = shown(client, "document", second).content.decode()
    assert reverse("results:document", args=[first.id]) in page
    assert "补充说明" in page
    assert "补充于：出院小结（修订）" in shown(client, "document", added).content.decode()


def test_a_file_inside_of_a_document_is_opened_only_where_it_is_what_it_says(world, client):
    good = kept(document(body=attached()))
    bad = kept(document("D2", set_number="S2", body=attached(b"<script>", "application/pdf")), number__endswith="D2")
    client = reader(world, client, good)
    answer = shown(client, "document-body", good)
    assert (answer.content, answer["Content-Type"]) == (samples.PDF, "application/pdf")
    assert "inline" in answer["Content-Disposition"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    answer = shown(client, "document-body", bad)
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]
    assert "打开正文" in shown(client, "document", good).content.decode()
    without = kept(document("D3", set_number="S3"), number__endswith="D3")
    assert shown(client, "document-body", without).status_code == 404


def test_html_that_is_not_ours_is_shown_as_text(world, client):
    row = kept(document())
    DocumentSection(document=row, position=9, depth=0, html='<p onclick="x()">a</p>').save()
    page = shown(reader(world, client, row), "document", row).content.decode()
    assert "&lt;p onclick" in page
    assert '<p onclick="x()">' not in page
