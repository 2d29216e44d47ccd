"""Teams and contracts: each intent, each refusal, and what others hear of them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongmai.care.family_doctors import access, errors, services
from tongmai.care.family_doctors.models import Contract
from tongmai.care.family_doctors.tests import factories
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.access import may_open
from tongmai.commons.residents.care_team import is_cared_for_by
from tongmai.commons.residents.tests.factories import resident
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, StepNotAllowed


@pytest.fixture
def world(db):
    return county_world()


@pytest.fixture
def gp(world):
    return world.actor("general_practitioner")


@pytest.fixture
def team(gp):
    return factories.team(gp)


@pytest.fixture
def person(db):
    return resident()


def test_signing_makes_the_team_her_family_doctors(world, gp, team, person):
    contract = factories.signed(person, team, gp)
    doctor = residents.family_doctor_of(person.id, gp.today)
    assert (contract.state, doctor.staff_id, doctor.contract_id) == ("active", gp.staff_id, contract.id)
    assert contract.ends_before == date(2027, 11, 20)


def test_every_member_of_the_team_cares_for_her_and_nobody_else(world, gp, team, person):
    village = world.actor("village_doctor")
    factories.signed(person, team, gp)
    assert not is_cared_for_by(person.id, village.staff_id, gp.today)
    member = services.add_member(team_id=team.id, staff_id=village.staff_id, part="village_doctor", by=gp)
    assert is_cared_for_by(person.id, village.staff_id, gp.today)
    services.end_member(team_id=team.id, membership_id=member.id, by=gp)
    assert not is_cared_for_by(person.id, village.staff_id, gp.today + timedelta(days=1))


def test_one_active_contract_at_a_time(world, gp, team, person):
    factories.signed(person, team, gp)
    other = factories.team(gp, "第二团队")
    second = factories.prepared(person, other, gp)
    with pytest.raises(errors.AlreadySigned):
        services.sign(contract_id=second.id, consent=factories.CONSENT, by=gp)
    assert Contract.objects.filter(resident=person, state="active").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(id=second.id).update(
            state="active",
            signed_at=gp.now,
            signed_by=gp.user_id,
            agreed_name="甲",
            agreed_how="online",
            text_version="1",
        )


def test_of_many_signatures_at_once_one_holds(transactional_db, threads):
    world = county_world()
    gp = world.actor("general_practitioner")
    person = resident()
    drafts = [factories.prepared(person, factories.team(gp, f"团队{i}"), gp) for i in range(8)]

    def sign(i):
        return services.sign(contract_id=drafts[i].id, consent=factories.CONSENT, by=gp)

    done = threads(8, sign).only_errors_of(errors.AlreadySigned)
    assert len(done.results) == 1


def test_the_same_team_prepares_once(gp, team, person):
    factories.prepared(person, team, gp)
    with pytest.raises(errors.DraftExists):
        factories.prepared(person, team, gp)


def test_nobody_signs_without_a_name(gp, team, person):
    draft = factories.prepared(person, team, gp)
    with pytest.raises(InvalidInput):
        services.sign(contract_id=draft.id, consent=services.Consent(agreed_name=" "), by=gp)
    with pytest.raises(InvalidInput):
        services.sign(contract_id=draft.id, consent=services.Consent(agreed_name="甲", agreed_how="wink"), by=gp)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_child_is_signed_for_by_a_guardian(gp, team, person):
    person.born_on = gp.today.replace(year=gp.today.year - 13)
    person.save(update_fields=["born_on"])
    draft = factories.prepared(person, team, gp)
    for how in ("signature", "online"):
        with pytest.raises(InvalidInput):
            services.sign(contract_id=draft.id, consent=services.Consent(agreed_name="甲", agreed_how=how), by=gp)
    agreed = services.Consent(agreed_name="示例甲的母亲", agreed_how="guardian")
    assert services.sign(contract_id=draft.id, consent=agreed, by=gp).state == "active"


def test_the_doctor_is_one_of_the_team_and_the_length_is_limited(world, gp, team, person):
    with pytest.raises(errors.NotInTeam):
        services.prepare(resident_id=person.id, team_id=team.id, doctor_id=world.actor("specialist").staff_id, by=gp)
    with pytest.raises(InvalidInput):
        factories.prepared(person, team, gp, years=9)
    with pytest.raises(InvalidInput):
        factories.prepared(person, team, gp, starts_on=gp.today - timedelta(days=1))


def test_a_contract_signed_on_paper_may_have_begun_and_not_run_out(gp, team, person):
    signed = factories.signed(person, team, gp, starts_on=gp.today - timedelta(days=100), is_on_paper=True)
    assert (signed.state, signed.starts_on) == ("active", gp.today - timedelta(days=100))
    with pytest.raises(InvalidInput):
        factories.prepared(resident(), team, gp, starts_on=gp.today - timedelta(days=365), is_on_paper=True)


def test_the_dead_do_not_sign(gp, team, person):
    type(person).objects.filter(id=person.id).update(died_on=gp.today)
    with pytest.raises(errors.ResidentDied):
        factories.prepared(person, team, gp)


def test_renewing_keeps_what_is_left(gp, team, person):
    old = factories.signed(person, team, gp)
    later = gp.at(gp.now + timedelta(days=345))
    new = services.renew(contract_id=old.id, consent=factories.CONSENT, by=later)
    old.refresh_from_db()
    assert (old.state, old.closed_because, new.renews_id) == ("ended", "renewed", old.id)
    assert (new.starts_on, new.ends_before) == (later.today, date(2028, 11, 20))
    assert residents.family_doctor_of(person.id, later.today).contract_id == new.id


def test_terminating_needs_a_reason_and_ends_the_care_today(gp, team, person):
    contract = factories.signed(person, team, gp)
    with pytest.raises(InvalidInput):
        services.terminate(contract_id=contract.id, by=gp, reason=" ")
    services.terminate(contract_id=contract.id, by=gp, reason="迁出本县")
    assert residents.family_doctor_of(person.id, gp.today) is None
    with pytest.raises(StepNotAllowed):
        services.terminate(contract_id=contract.id, by=gp, reason="再次")


def test_what_has_run_out_is_ended_and_makes_room(gp, team, person):
    old = factories.signed(person, team, gp)
    later = gp.at(gp.now + timedelta(days=400))
    new = factories.signed(person, team, later)
    old.refresh_from_db()
    assert (old.state, old.closed_because, new.state) == ("ended", "expired", "active")
    much_later = gp.at(gp.now + timedelta(days=900))
    assert services.end_expired(by=much_later) == 1
    assert services.end_expired(by=much_later) == 0


def test_a_draft_is_discarded(gp, team, person):
    draft = factories.prepared(person, team, gp)
    assert services.discard(contract_id=draft.id, by=gp).state == "discarded"


def test_others_neither_see_nor_change(world, gp, team, person):
    contract = factories.signed(person, team, gp)
    stranger = world.actor("general_practitioner", org=world.other_township)
    with pytest.raises(NotFound):
        access.get(contract.id, by=stranger)
    with pytest.raises(NotFound):
        services.add_member(team_id=team.id, staff_id=stranger.staff_id, part="doctor", by=stranger)
    with pytest.raises(NotPermitted):
        services.found_team(name="护士团队", leader_id=gp.staff_id, by=world.actor("nurse"))


def test_a_member_from_elsewhere_signs_but_does_not_change_the_team(world, gp, team, person):
    village = world.actor("village_doctor")
    services.add_member(team_id=team.id, staff_id=village.staff_id, part="village_doctor", by=gp)
    assert factories.signed(person, team, village).state == "active"
    with pytest.raises(NotPermitted):
        services.add_member(team_id=team.id, staff_id=gp.staff_id, part="doctor", by=village)


def test_team_names_members_and_leaders(gp, team, world):
    with pytest.raises(InvalidInput):
        factories.team(gp)
    with pytest.raises(InvalidInput):
        services.found_team(name=" ", leader_id=gp.staff_id, by=gp)
    with pytest.raises(errors.MemberAlready):
        services.add_member(team_id=team.id, staff_id=gp.staff_id, part="doctor", by=gp)
    with pytest.raises(errors.LeaderStays):
        services.end_member(team_id=team.id, membership_id=team.members.get().id, by=gp)


def test_a_member_who_works_elsewhere_may_open_the_record(world, gp, team):
    elsewhere = resident("示例乙", village_code=f"{world.village.county_code}102201")
    village = world.actor("village_doctor")
    assert not may_open(elsewhere.id, by=village)
    services.add_member(team_id=team.id, staff_id=village.staff_id, part="village_doctor", by=gp)
    factories.signed(elsewhere, team, gp)
    assert may_open(elsewhere.id, by=village)


def test_what_was_written_down_wrong_is_put_right_with_its_reason(gp, team, person):
    contract = factories.signed(person, team, gp, starts_on=date(2026, 3, 1), is_on_paper=True)
    days = {"starts_on": date(2026, 2, 1), "years": 1}
    amended = services.amend(contract_id=contract.id, reason="签约日期录错", by=gp, **days)
    assert (amended.state, amended.starts_on, amended.ends_before) == ("active", date(2026, 2, 1), date(2027, 2, 1))
    assert amended.version == contract.version + 1
    assert residents.family_doctor_of(person.id, date(2026, 2, 1)).contract_id == contract.id
    told = Event.objects.get(name="family_doctors.ContractAmended").payload
    assert (told["was_starts_on"], told["starts_on"], told["reason"]) == ("2026-03-01", "2026-02-01", "签约日期录错")
    again = services.amend(contract_id=contract.id, reason="又说一遍", by=gp, **days)
    assert again.version == amended.version, "what stands already is not amended"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"reason": " ", "starts_on": date(2026, 2, 1)}, "原因"),
        ({"starts_on": date(2026, 12, 1)}, "今天以后"),
        ({"starts_on": date(2025, 1, 1), "years": 1}, "到期"),
        ({"years": 9}, "年限"),
    ],
)
def test_a_contract_is_not_amended_to_what_cannot_be(gp, team, person, given, word):
    contract = factories.signed(person, team, gp)
    with pytest.raises(InvalidInput) as refusal:
        services.amend(contract_id=contract.id, by=gp, **({"reason": "录错"} | given))
    assert word in str(refusal.value)
    assert Contract.objects.get().version == contract.version


def test_the_days_of_a_renewal_and_other_doctors_and_states_are_refused(world, gp, team, person):
    contract = factories.signed(person, team, gp)
    stranger = world.actor("general_practitioner", org=world.stranger)
    with pytest.raises(errors.NotInTeam):
        services.amend(contract_id=contract.id, reason="换医生", doctor_id=stranger.staff_id, by=gp)
    with pytest.raises(NotFound):
        services.amend(contract_id=contract.id, reason="录错", by=stranger)
    renewed = services.renew(contract_id=contract.id, consent=factories.CONSENT, by=gp)
    with pytest.raises(InvalidInput):
        services.amend(contract_id=renewed.id, reason="录错", starts_on=date(2026, 2, 1), by=gp)
    with pytest.raises(StepNotAllowed):
        services.amend(contract_id=contract.id, reason="录错", years=2, by=gp)
