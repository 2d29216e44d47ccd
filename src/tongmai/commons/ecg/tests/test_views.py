"""The pages: the paper with its switches, uploading with a look first, deciding about what is held."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tongmai.commons.ecg import orders, services, synthetic, uploads, writing
from tongmai.commons.ecg.models import Recording
from tongmai.commons.ecg.orders import Ordered
from tongmai.commons.ecg.synthetic import Truth
from tongmai.commons.ecg.tests import files
from tongmai.commons.ecg.tracing import Subject, Value
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return orgs.county_world()


@pytest.fixture
def person(world):
    return residents.resident("示例甲")


@pytest.fixture
def doctor(world, person, client):
    by = orgs.sign_in_as(client, Role.VILLAGE_DOCTOR, org=world.village)
    residents.family_doctor(person, by=by)
    return by


def file_of(truth: Truth = synthetic.PLAIN, **said) -> bytes:
    return writing.part10(synthetic.recording(truth, subject=Subject(**said)))


def kept(person, by, truth=synthetic.PLAIN, **said):
    return services.receive(
        file_of(truth, **said), resident_id=person.id, order_number="", org_id=by.org_id, received_from="upload", by=by
    )


class TestPaper:
    def test_it_shows_the_paper_and_writes_the_access_log(self, client, doctor, person):
        row = kept(person, doctor, Truth(st_uv=synthetic.INFERIOR_STEMI))
        answer = client.get(reverse("ecg:recording", args=[row.id]))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert text.count("data-lead=") == 13  # twelve and the rhythm
        assert "计算机测量，未经确认" in text and "转诊（胸痛）" in text and "诊断带宽" in text
        assert "style=" not in text.split('id="paper"')[1]
        assert AccessLog.objects.filter(resident_id=person.id, what="ecg").exists()

    def test_the_switches(self, client, doctor, person):
        row = kept(person, doctor)
        for query, n_leads, speed in (("layout=12x1&speed=50&gain=20", 12, "50"), ("lead=V3&speed=12.5", 1, "12.5")):
            text = client.get(reverse("ecg:recording", args=[row.id]) + f"?{query}").content.decode()
            assert text.count("data-lead=") == n_leads
            assert f'data-mm-per-s="{speed}"' in text
        assert client.get(reverse("ecg:recording", args=[row.id]) + "?layout=x&lead=<b>&from=999").status_code == 200

    def test_the_one_before_is_drawn_at_the_same_scale(self, client, doctor, person):
        first = kept(person, doctor, Truth(seed=5))
        Recording.objects.filter(id=first.id).update(recorded_at="2026-01-01T00:00Z")
        row = kept(person, doctor)
        assert "与上一次比较" in client.get(reverse("ecg:recording", args=[row.id])).content.decode()
        text = client.get(reverse("ecg:recording", args=[row.id]) + "?compare=on&gain=20").content.decode()
        assert text.count('data-mm-per-mv="20"') == 2

    def test_without_a_basis_it_is_not_shown(self, client, doctor, person, world):
        row = kept(person, doctor)
        orgs.sign_in_as(client, Role.SPECIALIST, org=world.lead)
        assert client.get(reverse("ecg:recording", args=[row.id])).status_code in (403, 409)
        assert client.get(reverse("ecg:recording-file", args=[row.id])).status_code in (403, 409)

    def test_the_file_comes_back_as_it_came(self, client, doctor, person):
        row = kept(person, doctor)
        assert client.get(reverse("ecg:recording-file", args=[row.id])).content == file_of()

    def test_a_wrong_one_is_taken_out(self, client, doctor, person):
        row = kept(person, doctor)
        client.post(reverse("ecg:unlink", args=[row.id]), {"reason": "不是她的"})
        assert Recording.objects.get().standing == "held"

    def test_chest_pain_begins_a_referral_with_the_recording_named(self, client, doctor, person):
        row = kept(person, doctor, Truth(st_uv=synthetic.INFERIOR_STEMI))
        sent = client.post(reverse("ecg:refer", args=[row.id]))
        assert sent.headers["Location"] == f"{reverse('referrals:new')}?resident={person.id}"
        form = client.get(sent.headers["Location"]).content.decode()
        assert "胸痛，心电图（" in form and "II III aVF" in form

    def test_it_stands_in_the_record(self, client, doctor, person):
        row = kept(person, doctor, Truth(st_uv=synthetic.INFERIOR_STEMI))
        text = client.get(reverse("portal:resident", args=[person.id])).content.decode()
        assert reverse("ecg:recording", args=[row.id]) in text and "计算机提示危急，未经确认" in text


def upload(client, *contents, **whose):
    sent = [SimpleUploadedFile(name, content) for name, content in contents]
    return client.post(reverse("ecg:upload"), {"files": sent, **whose})


def keep(client, looked):
    fields = re.findall(r'name="(order_number|resident_id|file)" value="([^"]*)"', looked.content.decode())
    sent = {name: value for name, value in fields if name != "file"}
    return client.post(reverse("ecg:keep"), sent | {"file": [value for name, value in fields if name == "file"]})


class TestUpload:
    def test_a_look_keeps_nothing_then_it_is_kept(self, client, doctor, person):
        looked = upload(client, ("a.dcm", file_of()), ("b.txt", b"nothing"), resident_id=str(person.id))
        assert "不是可以读取的心电文件" in looked.content.decode()
        assert not Recording.objects.exists()
        answer = keep(client, looked)
        assert answer.headers["Location"] == reverse("ecg:recording", args=[Recording.objects.get().id])

    def test_header_and_samples_are_one_recording(self, client, doctor, person):
        two = files.wfdb_of(synthetic.recording())
        looked = upload(client, *two.items(), resident_id=str(person.id))
        keep(client, looked)
        assert Recording.objects.get().format == "wfdb"

    def test_somebody_elses_is_held(self, client, doctor, person):
        looked = upload(client, ("a.dcm", file_of(name="示例乙")), resident_id=str(person.id))
        assert "姓名不符" in looked.content.decode()
        assert keep(client, looked).headers["Location"] == reverse("ecg:held")
        assert "姓名不符" in client.get(reverse("ecg:held")).content.decode()

    def test_an_order_says_whose(self, client, world, person):
        by = orgs.sign_in_as(client, Role.TECHNICIAN, org=world.township)
        known = orders._ask
        orders.provide(lambda number: Ordered("EC1", person.id, by.org_id, "心电图") if number == "EC1" else None)
        try:
            assert "EC1" in client.get(reverse("ecg:upload") + "?order=EC1").content.decode()
            looked = upload(client, ("a.dcm", file_of()), order_number=" ec1 ")
            keep(client, looked)
            assert Recording.objects.get().order_number == "EC1"
            assert upload(client, ("a.dcm", file_of()), order_number="EC9").status_code == 422
        finally:
            orders.provide(known)

    def test_bad_input_says_so(self, client, doctor, person, world):
        assert "请扫申请单号，或选择居民" in upload(client, ("a.dcm", file_of())).content.decode()
        assert client.post(reverse("ecg:upload"), {"resident_id": str(person.id)}).status_code == 422
        bad = client.post(reverse("ecg:keep"), {"resident_id": str(person.id), "file": "x"})
        assert bad.status_code == 422 and not Recording.objects.exists()

    def test_the_picker_finds_people(self, client, doctor, person):
        assert "示例甲" in client.post(reverse("ecg:pick-person"), {"q": "示例甲"}).content.decode()


class TestHeld:
    def test_a_person_decides(self, client, doctor, person):
        row = kept(person, doctor, name="示例乙")
        assert "示例乙" in client.get(reverse("ecg:settle", args=[row.id])).content.decode()
        wrong = client.post(reverse("ecg:settle", args=[row.id]), {"resident_id": str(person.id)})
        assert wrong.status_code == 422
        client.post(reverse("ecg:settle", args=[row.id]), {"resident_id": str(person.id), "reason": "曾用名"})
        assert Recording.objects.get().resident_id == person.id

    def test_what_is_refused_keeps_what_was_typed(self, client, doctor, person):
        row = kept(person, doctor, name="示例乙")
        asked = {"order_number": "NOSUCH", "reason": "曾用名"}
        refused = client.post(reverse("ecg:settle", args=[row.id]), asked)
        said = refused.content.decode()
        assert refused.status_code == 422 and "没有找到申请单号" in said and "曾用名" in said
        services.link(row.id, resident_id=person.id, reason="x", by=doctor)
        late = client.post(reverse("ecg:settle", args=[row.id]), {"resident_id": str(person.id), "reason": "曾用名"})
        assert late.status_code == 422 and "已经处理过了" in late.content.decode()

    def test_or_sets_it_aside(self, client, doctor, person):
        row = kept(person, doctor, name="示例乙")
        client.post(reverse("ecg:set-aside", args=[row.id]), {"reason": "测试"})
        assert Recording.objects.get().standing == "set_aside"


def test_what_the_form_carries_comes_back():
    found = uploads.looked([("a.dcm", file_of())])[0]
    assert uploads.unpacked(found.carried) == file_of()
    assert found.tracing is not None and Value.RATE not in found.tracing.measured
