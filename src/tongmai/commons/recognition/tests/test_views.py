"""The pages, and the part of the order screen."""

from datetime import date
from uuid import UUID

import pytest
from django.urls import reverse

from tongmai.commons.recognition import forms, marks_file, services
from tongmai.commons.recognition.choices import Choice
from tongmai.commons.recognition.models import Decision, Evaluation, Shown
from tongmai.commons.recognition.tests import factories
from tongmai.commons.residents.tests import factories as people
from tongmai.commons.residents.timeline import Kind
from tongmai.foundation.catalog.services import load_starter
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as
from tongmai.ui.http import xlsx_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(client):
    world = county_world()
    actor = sign_in_as(client, Role.SPECIALIST, org=world.lead, department=world.departments["cardiology"])
    factories.load_items(actor.now)
    factories.evaluation(world.township, now=actor.now)
    person = people.resident()
    film = factories.chest_film(person.id, world.township, now=_now(client))
    factories.keep({film.order_number: factories.CHEST})
    services.ask(person.id, item_code="dr-chest-pa", by=actor.at(_now(client)))
    return world, person, film


def _now(client):
    from django.utils import timezone

    return timezone.now()


def _offers(client, person, **more):
    return client.get(reverse("recognition:offers"), {"resident": str(person.id), "item": "dr-chest-pa", **more})


def test_the_part_of_the_order_screen_shows_what_counts(client, place):
    _world, person, film = place
    answer = _offers(client, person)
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "示例县HR" in said and "应予互认" in said and "第十九条" in said and str(film.id) in said
    assert "<form" not in said
    assert Shown.objects.count() == 1


def test_nonsense_in_its_address_is_not_found(client, place):
    _world, person, _film = place
    assert client.get(reverse("recognition:offers"), {"resident": "x", "item": "dr-chest-pa"}).status_code == 404
    asked = {"resident": str(person.id), "item": "\x00" * 60}
    assert client.get(reverse("recognition:offers"), asked).status_code == 403


def test_a_result_is_recognised_and_taken_back(client, place):
    _world, person, film = place
    sent = {"recognition_item": "dr-chest-pa", "recognition_report": str(film.id), "recognition_encounter": ""}
    answer = client.post(reverse("recognition:recognise", args=[person.id]), sent)
    assert answer.status_code == 302
    decision = Decision.objects.get()
    assert decision.choice == Choice.RECOGNISED
    said = client.get(answer.headers["Location"]).content.decode()
    assert "撤销互认" in said
    client.post(reverse("recognition:undo", args=[decision.id]))
    assert "撤销互认" not in client.get(answer.headers["Location"]).content.decode().replace("已撤销互认", "")


def test_what_cannot_be_recognised_is_said_on_the_page(client, place):
    _world, person, film = place
    factories.keep({})
    sent = {"recognition_item": "dr-chest-pa", "recognition_report": str(film.id)}
    answer = client.post(reverse("recognition:recognise", args=[person.id]), sent)
    assert answer.status_code == 422
    assert "现在不能用于互认" in answer.content.decode()


def test_the_result_is_opened_from_the_offer(client, place):
    _world, person, film = place
    address = reverse("recognition:report", args=[person.id, film.id])
    said = client.get(address, {"item": "dr-chest-pa"}).content.decode()
    assert "检查检验结果互认" in said and "互认标识 示例县HR" in said
    assert client.get(address, {"item": "dr-knee"}).status_code == 403


def test_who_has_no_other_reason_says_first_that_the_patient_is_there(client, place):
    _world, person, _film = place
    factories.glucose(person.id, _world.township, now=_now(client))
    address = reverse("recognition:check", args=[person.id])
    closed = client.get(address, {"item": "lab-glucose"}).content.decode()
    assert "患者在诊，准备开单" in closed and "生化全套" not in closed
    answer = client.post(reverse("recognition:ask", args=[person.id]), {"item": "lab-glucose"})
    assert "生化全套" in client.get(answer.headers["Location"]).content.decode()
    assert client.post(reverse("recognition:ask", args=[person.id]), {"item": "path-biopsy"}).status_code == 422
    sent = {"resident_id": str(person.id), "item_code": "lab-coag"}
    checked = ("/api/v1/recognition/check/", sent)
    assert client.get(*checked).status_code == 403
    assert client.post("/api/v1/recognition/askings/", sent, content_type="application/json").status_code == 204
    assert client.get(*checked).status_code == 200


def test_the_page_of_its_own_offers_what_can_be_ordered(client, place):
    _world, person, _film = place
    load_starter(Actor.system(now=_now(client)))
    said = client.get(reverse("recognition:check", args=[person.id])).content.decode()
    assert "dr-chest-pa" in said


def test_the_marks_are_entered_listed_and_exported(client, place):
    world, *_ = place
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    sent = {
        "org": str(world.lead.id), "item": "chest-film", "outcome": "passed", "scope": "province", "area_name": "安徽省",
        "areas": "34", "evaluated_on": "2026-10-01",
    }  # fmt: skip
    answer = client.post(reverse("recognition:enter"), sent)
    assert answer.headers["Location"] == reverse("recognition:history", args=[world.lead.id, "chest-film"])
    assert "安徽省HR" in client.get(answer.headers["Location"]).content.decode()
    assert "安徽省HR" in client.get(reverse("recognition:marks"), {"standing": "valid"}).content.decode()
    assert client.get(reverse("recognition:marks-sheet")).headers["Content-Type"].endswith("sheet")
    assert client.post(reverse("recognition:enter"), sent | {"areas": "x"}).status_code == 422
    assert client.get(reverse("recognition:enter")).status_code == 200


def test_a_list_is_imported_from_its_own_template(client, place):
    world, *_ = place
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    assert client.get(reverse("recognition:template")).status_code == 200
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("list.xlsx", xlsx_bytes(marks_file.HEAD, [marks_file.EXAMPLE]))
    assert client.post(reverse("recognition:import"), {"file": file}).status_code == 302
    assert Evaluation.objects.filter(org=world.lead).count() == 1
    assert client.post(reverse("recognition:import")).status_code == 422


def test_the_figures_lead_to_their_rows(client, place):
    world, person, film = place
    sent = {"recognition_item": "dr-chest-pa", "recognition_report": str(film.id)}
    client.post(reverse("recognition:recognise", args=[person.id]), sent)
    sign_in_as(client, Role.MANAGER, org=world.lead)
    said = client.get(reverse("recognition:figures"), {"apart": "item"}).content.decode()
    assert "胸部正位X线摄影" in said
    rows = client.get(reverse("recognition:rows"), {"choice": "recognised"}).content.decode()
    assert "示例县HR" in rows and person.name not in rows
    for name in ("figures-sheet", "rows-sheet"):
        assert client.get(reverse(f"recognition:{name}")).headers["Content-Type"].endswith("sheet")
    assert client.get(reverse("recognition:figures"), {"first": "x", "last": "9999-01-01"}).status_code == 200


def test_the_list_of_items_tells_window_and_dose(client, place):
    said = client.get(reverse("recognition:items")).content.decode()
    assert "0.02 mSv" in said and "不作互认" in said


def test_the_resident_reads_that_a_result_was_recognised(client, place):
    world, person, film = place
    sent = {"recognition_item": "dr-chest-pa", "recognition_report": str(film.id)}
    client.post(reverse("recognition:recognise", args=[person.id]), sent)
    from tongmai.foundation.orgs.models import User

    account = User.objects.create_user("r-own", "x", resident_id=person.id, display_name=person.name)
    client.logout()
    client.force_login(account)
    said = client.get(reverse("portal:own-record", args=[person.id]), {"kind": str(Kind.RECOGNITION)}).content.decode()
    assert "不用重做" in said and world.township.short_name in said


def test_a_form_says_why_it_is_ordered_anyway():
    standing = "0198f3f4-0000-7000-8000-000000000000"
    sent = {
        "recognition_standing": standing, "recognition_reason": "emergency", "recognition_explanation": "急诊", "recognition_agreed": "on",
    }  # fmt: skip
    said = forms.Anyway(sent).said()
    assert said == {"report_id": UUID(standing), "reason": "emergency", "explanation": "急诊", "is_agreed": True}
    assert forms.Anyway({}).said() is None
    assert forms.Anyway(sent | {"recognition_reason": "because"}).said() is None


def test_a_span_that_cannot_be_used_is_the_month_up_to_today():
    today = date(2026, 11, 20)
    for said in (
        {},
        {"first": "x"},
        {"first": "2026-11-30", "last": "2026-11-01"},
        {"first": "1900-01-01", "last": "2026-01-01"},
    ):
        assert forms.Span(said).asked(today=today)["ends_before"] in {date(2026, 11, 21)}, said
    assert forms.Span({"first": "2026-01-01", "last": "2026-02-01"}).asked(today=today)["ends_before"] == date(
        2026, 2, 2
    )
