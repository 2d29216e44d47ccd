"""Each page: the happy path, and that others are refused."""

from uuid import uuid4

import pytest
from django.urls import reverse

from tongmai.care.referrals import paper, services
from tongmai.care.referrals.models import CatalogueEntry, FollowUp, Referral
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.tests.factories import sign_in_as


@pytest.fixture
def as_(client, clinic):
    """`as_(role, org)` signs the client in."""

    def sign_in(role, org=None):
        world = clinic.world
        usual = {"general_practitioner": world.township, "village_doctor": world.village, "nurse": world.township}
        sign_in_as(client, role, org=org or usual.get(role, world.lead))
        return client

    return sign_in


def _url(name, *args):
    return reverse(f"referrals:{name}", args=args)


def _up_form(clinic, **changes):
    values = {
        "diagnosis_code": "I10.x00",
        "receiver_id": clinic.world.lead.id,
        "urgency": "routine",
        "wants": "clinic",
        "reason": "血压不达标",
        "consent_how": "signature",
        "consent_relation": "self",
        "consent_name": "示例甲",
    }
    return values | changes


def test_the_board_lists_and_exports_what_its_organisation_sees(clinic, as_):
    referral = clinic.submitted()
    page = as_("specialist").get(_url("list"))
    assert referral.diagnosis_name in page.content.decode()
    assert page.status_code == 200
    for query in (
        "?search=gone",
        "?box=sent",
        "?box=received",
        "?group=done",
        "?group=waiting",
        "?state=booked",
        "?slot=1",
        "?urgency=urgent",
    ):
        assert as_("specialist").get(_url("list") + query).status_code == 200
    assert as_("specialist").get(_url("export")).status_code == 200
    stranger = as_("specialist", clinic.world.stranger).get(_url("list"))
    assert referral.diagnosis_name not in stranger.content.decode()


def test_found_by_the_initials_of_the_name(clinic, as_):
    clinic.submitted()
    assert "示例甲" in as_("specialist").post(_url("list"), {"q": "slj"}, follow=True).content.decode()


def test_a_new_referral_is_written_and_sent_in_one_go(clinic, as_):
    client = as_("general_practitioner")
    target = _url("new") + f"?resident={clinic.resident.id}"
    assert client.get(_url("new")).status_code == 200
    assert client.get(target).status_code == 200
    answer = client.post(target, _up_form(clinic, send="1"))
    referral = Referral.objects.get()
    assert (answer.status_code, referral.state) == (302, "submitted")


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(clinic, as_):
    target = _url("new") + f"?resident={clinic.resident.id}"
    answer = as_("general_practitioner").post(
        target, _up_form(clinic, receiver_id=clinic.world.tcm.id, reason="头晕三天")
    )
    assert answer.status_code == 422
    assert "头晕三天" in answer.content.decode()
    assert not Referral.objects.exists()


def test_the_form_advises_from_the_catalogue_and_shows_free_places(clinic, as_):
    services.load_starter(alliance_id=clinic.world.alliance.id, by=clinic.coordinator)
    clinic.pool()
    entered = {"diagnosis_code": "I10.x00", "receiver_id": clinic.world.lead.id, "wants": "clinic"}
    page = as_("general_practitioner").post(_url("advice"), entered).content.decode()
    assert "收缩压≥180" in page


def test_a_draft_is_edited(clinic, as_):
    draft = clinic.draft()
    client = as_("general_practitioner")
    assert client.get(_url("edit", draft.id)).status_code == 200
    assert client.post(_url("edit", draft.id), _up_form(clinic, reason="改过", save="1")).status_code == 302
    assert Referral.objects.get(id=draft.id).reason == "改过"


def test_the_page_offers_exactly_what_this_actor_may_do(clinic, as_):
    referral = clinic.submitted()
    page = as_("specialist").get(_url("detail", referral.id)).content.decode()
    assert _url("book", referral.id) in page
    assert _url("step", referral.id, "decline") in page
    assert _url("step", referral.id, "withdraw") not in page
    page = as_("general_practitioner").get(_url("detail", referral.id)).content.decode()
    assert _url("step", referral.id, "withdraw") in page
    assert _url("book", referral.id) not in page
    assert AccessLog.objects.filter(resident_id=clinic.resident.id, what="referral").count() >= 2


def test_a_registrar_sees_the_way_but_not_the_case(clinic, as_):
    referral = clinic.submitted()
    page = as_("registrar").get(_url("detail", referral.id)).content.decode()
    assert referral.summary not in page


@pytest.mark.parametrize("name", ["detail", "edit", "book", "redirect", "paperwork", "down", "slip"])
def test_another_organisation_does_not_learn_that_it_exists(clinic, as_, name):
    referral = clinic.submitted()
    assert as_("specialist", clinic.world.stranger).get(_url(name, referral.id)).status_code in {403, 404}


def test_steps_are_taken_from_the_page(clinic, as_):
    referral = clinic.submitted()
    client = as_("specialist")
    seen = {"seen_version": referral.version}
    assert client.post(_url("step", referral.id, "return"), seen | {"reason": ""}).status_code == 422
    assert client.post(_url("step", referral.id, "return"), seen | {"reason": "请补充"}).status_code == 302
    assert client.post(_url("step", referral.id, "return"), seen | {"reason": "请补充"}).status_code in {409, 412}
    assert client.post(_url("step", referral.id, "dance"), {}).status_code == 409


def test_accepting_with_a_place_and_without(clinic, as_):
    pool = clinic.pool()
    referral = clinic.submitted()
    client = as_("specialist")
    assert str(pool.id) in client.get(_url("book", referral.id)).content.decode()
    client.post(_url("book", referral.id), {"seen_version": referral.version, "pool_ids": str(pool.id)})
    assert Referral.objects.get(id=referral.id).state == "booked"
    other = clinic.submitted(diagnosis_code="J18.900")
    client.post(_url("book", other.id), {"seen_version": other.version, "pool_ids": ""})
    assert Referral.objects.get(id=other.id).state == "accepted"


def test_the_coordinator_redirects_and_sees_what_waits(clinic, as_):
    referral = clinic.submitted()
    client = as_("referral_coordinator")
    assert client.get(_url("redirect", referral.id)).status_code == 200
    answer = client.post(_url("redirect", referral.id), {"receiver_id": clinic.world.tcm.id, "reason": "专科在中医院"})
    assert answer.status_code == 302
    assert client.get(_url("waiting")).status_code == 200
    assert as_("specialist").get(_url("waiting")).status_code == 403


def test_emergency_paper(clinic, as_):
    referral = services.submit(referral_id=clinic.draft(consent=None, urgency="emergency").id, by=clinic.gp)
    client = as_("general_practitioner")
    assert client.get(_url("paperwork", referral.id)).status_code == 200
    assert client.post(_url("paperwork", referral.id), {"summary": "胸痛"}).status_code == 422
    form = {"summary": "胸痛", "consent_how": "signature", "consent_relation": "self", "consent_name": "示例甲"}
    assert client.post(_url("paperwork", referral.id), form).status_code == 302


def test_going_down_from_the_page(clinic, as_):
    up = clinic.treated()
    client = as_("specialist")
    assert client.get(_url("down", up.id)).status_code == 200
    form = {
        "receiver_id": clinic.world.township.id,
        "group": "acute_recovery",
        "diagnosis_code": "I10.x00",
        "reason": "稳定",
        "discharge_summary": "血压已控制",
        "medicine_0_name": "氨氯地平片",
        "medicine_0_dose": "5 mg",
        "medicine_0_frequency": "每日一次",
        "consent_how": "signature",
        "consent_relation": "self",
        "consent_name": "示例甲",
        "send": "1",
    }
    assert client.post(_url("down", up.id), form).status_code == 302
    down = Referral.objects.get(direction="down")
    assert down.state == "submitted"
    assert client.get(_url("plan", clinic.down_draft(up, diagnosis_code="J18.900").id)).status_code == 200


def test_a_follow_up_on_the_phone(clinic, as_):
    follow_up = FollowUp.objects.filter(referral=clinic.received()).first()
    client = as_("general_practitioner")
    assert client.get(_url("follow-up", follow_up.id)).status_code == 200
    assert client.post(_url("follow-up", follow_up.id), {"result": "stable", "way": "phone"}).status_code == 302
    assert as_("specialist", clinic.world.stranger).get(_url("follow-up", follow_up.id)).status_code == 404
    page = client.get(_url("detail", follow_up.referral_id))
    assert page.status_code in {200, 404}


def test_the_slip_and_the_plan_are_printed_and_verified(clinic, as_):
    down = clinic.received()
    client = as_("general_practitioner")
    for name in ("slip", "plan-pdf"):
        answer = client.get(_url(name, down.id))
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
    client.logout()
    good = client.get(_url("verify", down.id, paper.signature(down.id)))
    assert down.number in good.content.decode()
    assert "示例甲" not in good.content.decode()
    assert client.get(_url("verify", down.id, "000000000000")).status_code == 404


def test_the_lead_keeps_the_catalogue(clinic, as_):
    client = as_("referral_coordinator")
    alliance = clinic.world.alliance
    assert client.post(_url("catalogue-starter", alliance.id)).status_code == 302
    assert client.get(_url("catalogue")).status_code == 200
    line = CatalogueEntry.objects.filter(alliance=alliance).first()
    assert client.get(_url("catalogue-line", alliance.id) + f"?entry={line.id}").status_code == 200
    form = {
        "level": "township", "icd10_prefix": "K21", "name": "胃食管反流病", "guidance": "keep", "conditions": "无报警症状",
        "source": "本院目录", "status": "stated",
    }  # fmt: skip
    assert client.post(_url("catalogue-line", alliance.id), form).status_code == 302
    assert CatalogueEntry.objects.filter(icd10_prefix="K21").exists()
    assert client.post(_url("catalogue-end", line.id)).status_code == 302
    exported = client.get(_url("catalogue-export", alliance.id))
    assert exported.status_code == 200
    from django.core.files.uploadedfile import SimpleUploadedFile

    n = CatalogueEntry.objects.count()
    again = client.post(_url("catalogue-import", alliance.id), {"file": SimpleUploadedFile("a.xlsx", exported.content)})
    assert (again.status_code, CatalogueEntry.objects.count()) == (302, n)
    wrong = client.post(_url("catalogue-import", alliance.id), {"file": SimpleUploadedFile("a.xlsx", b"no")})
    assert wrong.status_code == 422
    assert as_("general_practitioner").post(_url("catalogue-end", line.id)).status_code == 403


@pytest.mark.parametrize("name", ["catalogue-export", "catalogue-line", "catalogue-import", "catalogue-starter"])
def test_a_catalogue_of_another_county_is_as_one_that_is_not_there(clinic, as_, name):
    client = as_("referral_coordinator", clinic.world.stranger)
    for alliance_id in (clinic.world.alliance.id, uuid4()):
        ways = (client.get, client.post) if name == "catalogue-line" else (client.post,)
        for way in (client.get,) if name == "catalogue-export" else ways:
            assert way(_url(name, alliance_id)).status_code == 404
