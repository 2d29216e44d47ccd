"""Who is reached by a code: a grown-up, alive and known, whose phone was checked face to face and has rested."""

from datetime import date, timedelta

import pytest

from tongmai.commons.residents import access, minors, services, signing_in
from tongmai.commons.residents.errors import CounterNeeded
from tongmai.commons.residents.models import Guardian, Identifier, Phone
from tongmai.commons.residents.rules import PhoneFacts, phone_that_lets_in
from tongmai.commons.residents.tests import factories
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, actor
from tongmai.kernel.errors import Conflict, NotFound, NotPermitted

REST = timedelta(days=3)
DOOR = Actor.system(now=NOW)


def _phone(number="1", *, added=10, checked=True, closed=False):
    at = NOW - timedelta(days=added)
    return PhoneFacts(number, at, at if checked else None, NOW if closed else None)


@pytest.mark.parametrize(
    ("phones", "chosen"),
    [
        ([], None),
        ([_phone(checked=False)], None),
        ([_phone(closed=True)], None),
        ([_phone(added=0)], "1"),
        ([_phone("new", added=1), _phone("old")], "old"),
        ([_phone("new", added=3), _phone("old")], "new"),
        ([_phone("new", added=2), _phone("old", closed=True)], None),
        ([_phone("new", added=2), _phone("old", checked=False)], None),
        ([_phone("main", checked=False), _phone("other")], "other"),
    ],
)
def test_which_phone_lets_in(phones, chosen):
    found = phone_that_lets_in(phones, now=NOW, rests=REST)
    assert (found.number if found else None) == chosen


@pytest.mark.parametrize(
    ("born", "grown"),
    [(date(2008, 11, 20), date(2026, 11, 20)), (date(2008, 2, 29), date(2026, 3, 1)), (None, None)],
)
def test_the_day_on_which_somebody_has_grown_up(born, grown):
    assert minors.grown_up_on(born, on=NOW.date()) == grown


def _number(person):
    return Identifier.objects.get(resident=person, kind="citizen_id").value


def _checked(by, name="示例甲", **more):
    person = factories.resident(name, by=by, phone="13900000000", **more)
    services.check_phone(Phone.objects.get(resident=person).id, by=by)
    return person


def test_checking_a_phone_is_logged_and_done_once(by):
    person = factories.resident(by=by, phone="13900000000")
    phone = Phone.objects.get()
    assert signing_in.reached_by_phone(_number(person), by=DOOR) is None
    first = services.check_phone(phone.id, by=by)
    again = services.check_phone(phone.id, by=by.at(NOW + timedelta(days=1)))
    assert (first.checked_at, first.checked_by_id) == (again.checked_at, by.user_id)
    assert Event.objects.filter(name="residents.PhoneChecked", resident_id=person.id).count() == 1
    assert AccessLog.objects.filter(resident_id=person.id, what="phone").count() == 2
    assert signing_in.reached_by_phone(_number(person), by=DOOR).phone == "13900000000"


def test_who_may_not_check_a_phone(by, world):
    person = factories.resident(by=by, phone="13900000000")
    phone = Phone.objects.get(resident=person)
    with pytest.raises(NotPermitted):
        services.check_phone(phone.id, by=world.actor(Role.NURSE))
    with pytest.raises(NotFound):
        services.check_phone(phone.id, by=actor(Role.REGISTRAR, org=world.stranger))
    services.close_phone(phone.id, by=by)
    with pytest.raises(Conflict):
        services.check_phone(phone.id, by=by)


def test_a_sign_in_is_opened_once_and_found_again(by):
    person = _checked(by)
    first = signing_in.account_of_reached(person.id, by=DOOR)
    assert signing_in.account_of_reached(person.id, by=DOOR) == first
    assert User.objects.get(resident_id=person.id).has_usable_password() is False


def test_a_county_that_hands_sign_ins_out_in_person(by, monkeypatch):
    person = _checked(by)
    policy = signing_in.policy.value

    def local(policy_id, **where):
        found = policy(policy_id, **where)
        return type("No", (), {"yes": False})() if policy_id == "residents.account_by_code" else found

    monkeypatch.setattr(signing_in.policy, "value", local)
    with pytest.raises(CounterNeeded):
        signing_in.account_of_reached(person.id, by=DOOR)
    assert not User.objects.filter(resident_id=person.id).exists()


@pytest.mark.parametrize("years", [17, 18])
def test_a_child_is_not_let_in(by, years):
    person = _checked(by, born_on=NOW.date().replace(year=NOW.year - years))
    reached = signing_in.reached_by_phone(_number(person), by=DOOR)
    assert (reached is not None) is (years == 18)


def test_a_stopped_account_a_death_and_another_number_let_nobody_in(by):
    person = _checked(by)
    number = _number(person)
    account = signing_in.account_of_reached(person.id, by=DOOR)
    User.objects.filter(id=account.id).update(is_active=False)
    assert signing_in.reached_by_phone(number, by=DOOR) is None
    User.objects.filter(id=account.id).update(is_active=True)
    services.mark_deceased(person.id, by=by, died_on=NOW.date(), reason="证明")
    assert signing_in.reached_by_phone(number, by=DOOR) is None
    assert signing_in.reached_by_phone(factories.citizen_id(), by=DOOR) is None


def test_a_childs_guardianship_ends_by_itself_and_that_of_an_adult_does_not(by):
    her = factories.resident("示例母", by=by)
    child = factories.resident("示例小", born_on=date(2008, 12, 1), by=by, id_number="")
    old = factories.resident("示例老", born_on=date(1940, 1, 1), by=by)
    for ward in (child, old):
        services.add_guardian(ward.id, by=by, name="示例母", relation="mother", guardian_resident_id=her.id)
    she = actor(Role.RESIDENT, resident_id=her.id)
    assert set(access.visible(she).values_list("name", flat=True)) == {"示例母", "示例小", "示例老"}
    grown = she.at(NOW.replace(month=12, day=1))
    assert set(access.visible(grown).values_list("name", flat=True)) == {"示例母", "示例老"}
    amended = services.amend_identity(child.id, by=by, reason="更正", version=child.version, born_on=date(2010, 12, 1))
    assert Guardian.objects.get(resident=amended).grown_up_on == date(2028, 12, 1)
    assert Guardian.objects.get(resident=old).grown_up_on is None
