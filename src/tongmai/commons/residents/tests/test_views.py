"""Each page once as it should go, and once as it must not."""

import pytest
from django.urls import reverse

from tongmai.commons.residents import services
from tongmai.commons.residents.models import EmergencyReview, Identifier, KnownTo, Medium, Resident, Tag
from tongmai.commons.residents.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import actor, sign_in_as


@pytest.fixture
def person(world):
    return factories.resident("示例甲", phone="13900000001")


@pytest.fixture
def doctor(client, world):
    return sign_in_as(client, Role.VILLAGE_DOCTOR, org=world.village)


def entered(**fields):
    return {"id_kind": "citizen_id", "phone_whose": "self"} | fields


def test_a_visitor_is_sent_to_the_sign_in(client, world):
    assert client.get(reverse("residents:list")).status_code == 302


def test_the_list_shows_the_area_and_its_filters(client, doctor, person):
    factories.resident("示例乙", village_code=factories.OTHER_VILLAGE)
    page = client.get(reverse("residents:list")).content.decode()
    assert "示例甲" in page and "示例乙" not in page
    assert "示例乙" in client.get(reverse("residents:list"), {"whose": "all"}).content.decode()
    assert "示例甲" not in client.get(reverse("residents:list"), {"group": "child"}).content.decode()
    found = client.post(reverse("residents:list"), {"group": "elderly", "q": "slj"}, follow=True)
    assert "示例甲" in found.content.decode() and "slj" not in found.redirect_chain[-1][0]
    assert "group=elderly" in found.redirect_chain[-1][0]


def test_the_list_bears_any_query(client, doctor, person):
    for q in ({"q": "\x00'%_"}, {"village": "x"}, {"page": "99999"}, {"group": "none"}, {"whose": "nobody"}):
        assert client.get(reverse("residents:list"), q).status_code == 200


def test_the_export_holds_masked_numbers_only(client, doctor, person):
    answer = client.get(reverse("residents:export"))
    assert answer.status_code == 200
    number = Identifier.objects.get().value
    assert number.encode() not in answer.content


def test_a_person_is_registered_from_the_form(client, doctor):
    number = factories.citizen_id()
    answer = client.post(
        reverse("residents:new"), entered(name="示例丙", id_number=number, village_code=factories.VILLAGE)
    )
    made = Resident.objects.get()
    assert answer.status_code == 302 and answer.url == reverse("portal:resident", args=[made.id])
    assert made.sex == "female"


def test_a_likely_double_is_asked_about_first(client, doctor, person):
    fields = entered(name="示例甲", born_on="1960-05-17", sex="female")
    answer = client.post(reverse("residents:new"), fields)
    assert answer.status_code == 409 and "可能已经建档" in answer.content.decode()
    assert Resident.objects.count() == 1
    assert client.post(reverse("residents:new"), fields | {"is_another": "on"}).status_code == 302
    assert Resident.objects.count() == 2


def test_a_form_sent_again_because_no_answer_came_leads_to_the_entry_that_it_made(client, doctor):
    fields = entered(name="示例丙", born_on="1960-05-17", sex="female", village_code=factories.VILLAGE, once="k1")
    first, again = (client.post(reverse("residents:new"), fields) for _ in range(2))
    assert (first.status_code, again.status_code, again.url) == (302, 302, first.url)
    assert Resident.objects.count() == 1


def test_the_same_number_leads_to_the_existing_entry(client, doctor, person):
    number = Identifier.objects.get().value
    answer = client.post(reverse("residents:new"), entered(name="别名", id_number=number))
    assert answer.status_code == 422
    assert reverse("portal:resident", args=[person.id]) in answer.content.decode()


def test_a_slip_is_shown_beside_its_field(client, doctor):
    answer = client.post(reverse("residents:new"), entered(name="示例", born_on="2050-01-01"))
    assert answer.status_code == 422 and "出生日期晚于今天" in answer.content.decode()
    answer = client.post(reverse("residents:new"), entered(name="示例", id_number="340199196005170021"))
    assert "校验位不符" in answer.content.decode()


def test_who_does_not_register_sees_no_form(client, world):
    sign_in_as(client, Role.NURSE, org=world.township)
    assert client.get(reverse("residents:new")).status_code == 403


def test_the_same_person_is_shown_while_typing(client, doctor, person):
    answer = client.post(reverse("residents:alike"), entered(name="示例甲", phone="139 0000 0001"))
    assert "示例甲" in answer.content.decode()
    assert "示例甲" not in client.post(reverse("residents:alike"), entered(name="别人")).content.decode()


def test_the_identity_page_shows_numbers_and_is_logged(client, doctor, person):
    answer = client.get(reverse("residents:identity", args=[person.id]))
    assert Identifier.objects.get().value in answer.content.decode()
    from tongmai.foundation.audit.models import AccessLog

    assert AccessLog.objects.get().what == "identity"


def test_a_stranger_learns_nothing(client, world, person):
    sign_in_as(client, Role.SPECIALIST, org=world.stranger)
    for name in ("identity", "amend", "groups"):
        assert client.get(reverse(f"residents:{name}", args=[person.id])).status_code == 404
    assert client.post(
        reverse("residents:add", args=[person.id, "phone"]), {"phone-number": "13900000002"}
    ).status_code in (404, 422)
    assert person.phones.count() == 1


@pytest.mark.parametrize(
    ("what", "fields", "table"),
    [
        ("identifier", {"kind": "passport", "value": "e12345678", "issuer": "cn"}, "identifiers"),
        ("medium", {"kind": "health_card", "number": "h0001"}, "media"),
        ("phone", {"number": "13900000009", "whose": "spouse"}, "phones"),
        ("guardian", {"name": "示例监护", "relation": "spouse"}, "guardians"),
        ("coverage", {"scheme": "resident"}, "coverages"),
        ("death", {"died_on": "2026-11-01", "reason": "死亡医学证明"}, "changes"),
    ],
)
def test_each_part_of_the_identity_is_added(client, doctor, person, what, fields, table):
    before = getattr(person, table).count()
    url = reverse("residents:add", args=[person.id, what])
    answer = client.post(url, {f"{what}-{name}": value for name, value in fields.items()})
    assert answer.status_code == 302
    assert getattr(person, table).count() == before + 1
    assert client.get(reverse("residents:identity", args=[person.id])).status_code == 200
    assert client.post(url, {}).status_code == 422


def test_identity_is_amended_with_a_reason_only(client, doctor, person):
    url = reverse("residents:amend", args=[person.id])
    assert client.get(url).status_code == 200
    fields = {
        "version": 1,
        "name": "示例甲甲",
        "sex": "female",
        "born_on": "1960-05-17",
        "village_code": factories.VILLAGE,
    }
    assert client.post(url, fields).status_code == 422
    assert client.post(url, fields | {"reason": "户口簿更正"}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.version) == ("示例甲甲", 2)
    assert client.post(url, fields | {"name": "又改", "reason": "旧页面"}).status_code == 422
    assert "示例甲 → 示例甲甲" in client.get(reverse("residents:identity", args=[person.id])).content.decode()


def test_a_card_is_lost_and_a_number_is_closed(client, doctor, person):
    card = services.issue_medium(
        person.id, by=doctor, kind="health_card", number="H0001"
    )  # fmt: skip
    url = reverse("residents:move-medium", args=[card.id, "report_lost"])
    assert client.post(url, {"reason": "遗失", "version": card.version}).status_code == 302
    assert Medium.objects.get().state == "lost"
    assert client.post(url, {"reason": "再次"}).status_code == 409
    number = person.identifiers.get()
    assert client.post(reverse("residents:close-identifier", args=[number.id]), {"reason": "录错"}).status_code == 302
    assert client.post(reverse("residents:close-phone", args=[person.phones.get().id])).status_code == 302


def test_a_group_is_given_and_ended_from_the_page(client, doctor, person):
    url = reverse("residents:groups", args=[person.id])
    assert client.post(url, {"kind": "hypertension", "source": "doctor"}).status_code == 302
    tag = Tag.objects.get()
    assert "高血压" in client.get(url).content.decode()
    assert client.post(url, {"kind": "hypertension", "source": "doctor"}).status_code == 422
    assert client.post(reverse("residents:end-tag", args=[tag.id]), {"reason": "误登"}).status_code == 302


def test_a_person_of_elsewhere_is_introduced_from_the_page(client, world, person):
    who = sign_in_as(client, Role.REGISTRAR, org=world.stranger)
    number = person.identifiers.get().value
    fields = {"id_kind": "citizen_id", "id_number": number, "name": "示例乙"}
    assert client.post(reverse("residents:introduce"), fields).status_code == 422
    assert client.post(reverse("residents:introduce"), fields | {"name": "示例甲"}).status_code == 302
    assert KnownTo.objects.filter(org_id=who.org_id).exists()


def test_an_emergency_is_judged_on_its_page(client, world, person):
    far = actor(Role.SPECIALIST, org=world.lead)
    opened = services.break_glass(person.id, by=far, reason="昏迷送来，无家属陪同，需了解用药")
    sign_in_as(client, Role.AUDIT_ADMIN, org=world.lead)
    assert "示例甲" in client.get(reverse("residents:emergencies")).content.decode()
    url = reverse("residents:emergency", args=[opened.id])
    assert client.post(url, {"verdict": "questioned"}).status_code == 422
    assert client.post(url, {"verdict": "justified"}).status_code == 302
    assert EmergencyReview.objects.get().side == "audit"
    sign_in_as(client, Role.REGISTRAR, org=world.township)
    assert client.get(url).status_code == 404
