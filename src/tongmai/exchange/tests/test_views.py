"""The pages of messages and imports, through the door that users take."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from tongmai.care.referrals.models import Referral
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.tests import factories as residents
from tongmai.exchange import presenters
from tongmai.exchange.hl7v2.tests.samples import NUMBER, referral
from tongmai.exchange.models import ImportRun, InboundMessage
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.services import imports, messages
from tongmai.exchange.states import ImportState, MessageState, MessageStep
from tongmai.exchange.tests.test_imports import FULL, HEAD
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, sign_in_as
from tongmai.kernel.citizen_id import parse


@pytest.fixture
def coordinator(world, client):
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    return client


@pytest.fixture
def admin(world, client):
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    return client


@pytest.fixture
def held(world):
    """Its patient is nobody that we know, and her number is not given."""
    return messages.take_in(referral({NUMBER: ""}), by=Actor.system(now=NOW), file_name="m.hl7")[0]


def at(name, *args):
    return reverse(f"exchange:{name}", args=args)


def register(name="示例周"):
    stated = parse(NUMBER)
    return residents.resident(name, born_on=stated.born_on, sex=stated.sex, id_number=NUMBER)


def test_every_state_and_step_has_its_words():
    assert set(presenters.MESSAGE_TAGS) == set(MessageState)
    assert set(presenters.STEP_WORDS) == set(MessageStep)
    assert set(presenters.IMPORT_TAGS) == set(ImportState)
    assert set(presenters.FATE_TAGS) == set(Fate.values)


def test_the_list_shows_what_is_held(coordinator, held):
    page = coordinator.get(at("messages"), {"state": "held"}).content.decode()
    assert "REF^I12 m-1" in page
    assert at("message", held.id) in page
    assert at("message", held.id) not in coordinator.get(at("messages"), {"state": "done"}).content.decode()


def test_the_message_shows_why_it_is_held_and_its_text(coordinator, held):
    page = coordinator.get(at("message", held.id)).content.decode()
    assert "没有找到这位患者" in page
    assert "PID-3" in page
    assert "PID|1||<mark>" in page
    assert at("register", held.id) in page


def test_a_person_chooses_the_resident_and_it_becomes_a_referral(coordinator, held):
    patient = register("示例周周")
    answer = coordinator.post(at("correct", held.id), {"resident_id": str(patient.id)})
    assert answer.status_code == 302
    assert Referral.objects.get().resident_id == patient.id


@pytest.mark.parametrize("sent", [{}, {"resident_id": "x"}])
def test_a_correction_that_says_nothing_is_shown_again(coordinator, held, sent):
    answer = coordinator.post(at("correct", held.id), sent)
    assert answer.status_code == 422
    assert "处需要改正" in answer.content.decode()


def test_the_patient_is_registered_from_the_page(coordinator, held):
    assert coordinator.post(at("register", held.id)).status_code == 422
    assert coordinator.post(at("register", held.id), {"id_number": NUMBER}).status_code == 302
    assert Resident.objects.get().name == "示例周"
    assert InboundMessage.objects.get().state == "done"


def test_it_is_tried_again_as_it_is(coordinator, held):
    assert coordinator.post(at("again", held.id)).status_code == 302
    assert InboundMessage.objects.get().state == "held"
    stated = parse(NUMBER)
    residents.resident("示例周", born_on=stated.born_on, sex=stated.sex, id_kind="health_file", id_number="000826")
    assert coordinator.post(at("again", held.id)).status_code == 302
    assert InboundMessage.objects.get().state == "done"


def test_it_is_rejected_with_a_reason(coordinator, held):
    assert coordinator.post(at("reject", held.id), {"reason": ""}).status_code == 422
    assert coordinator.post(at("reject", held.id), {"reason": "不是本县居民"}).status_code == 302
    assert InboundMessage.objects.get().state == "rejected"


def test_the_original_is_given_back_byte_by_byte(coordinator, held):
    assert coordinator.get(at("raw", held.id)).content == referral({NUMBER: ""})


def test_a_message_is_uploaded_by_hand(coordinator):
    answer = coordinator.post(at("receive"), {"file": SimpleUploadedFile("a.hl7", referral())})
    assert answer.url == at("message", InboundMessage.objects.get().id)
    assert coordinator.post(at("receive"), {}).status_code == 422


def test_residents_are_picked(coordinator):
    register()
    assert "示例周" in coordinator.post(at("pick-resident"), {"q": "slz"}).content.decode()


def test_a_post_that_only_imports_goes_to_the_imports(admin):
    assert admin.get(at("messages")).url == at("imports")


def upload(client, text=FULL, **more):
    file = SimpleUploadedFile("a.csv", f"{HEAD}\n{text}\n".encode())
    return client.post(at("import-new"), {"kind": "residents", "source": "公卫系统", "file": file} | more)


def test_a_register_goes_in_by_the_pages(admin):
    answer = upload(admin, FULL + "\nA2,,,,,,,,,,")
    run = ImportRun.objects.get()
    assert answer.url == at("import", run.id)
    assert admin.post(at("go-on", run.id)).status_code == 302
    page = admin.get(at("import", run.id)).content.decode()
    assert "没有姓名" in page
    assert at("confirm", run.id) in page
    assert Resident.objects.count() == 0
    admin.post(at("confirm", run.id))
    admin.post(at("go-on", run.id))
    assert Resident.objects.get().name == "示例甲"
    assert at("import", run.id) in admin.get(at("imports")).content.decode()


def test_a_step_asked_by_script_answers_with_the_bar(admin, monkeypatch):
    monkeypatch.setattr(imports, "ROWS_PER_STEP", 1)
    upload(admin, FULL + "\nA2,,,,,,,,,,")
    run = ImportRun.objects.get()
    page = admin.post(at("go-on", run.id), headers={"HX-Request": "true"}).content.decode()
    assert "1 / 2" in page
    assert 'id="tm-progress"' in page
    last = admin.post(at("go-on", run.id), headers={"HX-Request": "true"})
    assert at("import", run.id) in last.headers["HX-Location"]


def test_refused_rows_come_back_as_a_file_with_reasons(admin):
    upload(admin, "A2,,,,,,,,,,")
    run = ImportRun.objects.get()
    admin.post(at("go-on", run.id))
    sheet = load_workbook(io.BytesIO(admin.get(at("refused", run.id)).content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (*HEAD.split(","), "行号", "结果", "原因", "处理办法")
    assert (rows[1][0], rows[1][-2]) == ("A2", "没有姓名")


def test_a_file_that_cannot_be_used_is_told_on_the_form(admin):
    answer = admin.post(
        at("import-new"),
        {"kind": "residents", "source": "x", "file": SimpleUploadedFile("a.xls", b"\xd0\xcf\x11\xe0x")},
    )
    assert answer.status_code == 422
    assert "旧版 Excel" in answer.content.decode()


def test_an_import_is_given_up(admin):
    upload(admin)
    run = ImportRun.objects.get()
    assert admin.post(at("abandon", run.id)).status_code == 302
    assert ImportRun.objects.get().state == "abandoned"


def test_templates_read_back(admin):
    content = admin.get(at("template", "residents")).content
    assert load_workbook(io.BytesIO(content)).active["B1"].value == "姓名"
    assert admin.get(at("template", "staff")).status_code == 404


def test_the_form_of_imports_is_shown(admin):
    assert admin.get(at("import-new")).status_code == 200


@pytest.mark.parametrize("role", [Role.NURSE, Role.AUDIT_ADMIN, Role.HEALTH_COMMISSION])
def test_other_roles_are_refused(client, world, held, role):
    org = {Role.NURSE: world.township, Role.HEALTH_COMMISSION: world.commission}.get(role, world.lead)
    sign_in_as(client, role, org=org)
    for name, args in (
        ("messages", ()),
        ("message", (held.id,)),
        ("raw", (held.id,)),
        ("imports", ()),
        ("import-new", ()),
    ):
        assert client.get(at(name, *args)).status_code == 403
    assert client.post(at("again", held.id)).status_code == 403
