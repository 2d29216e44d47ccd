"""`tongmai check` names what was broken behind the services' back, by plain SQL."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from tests import living
from tests.harness.tables import rows
from tongmai.care.critical_values import checks as critical_values
from tongmai.care.diagnostics import checks as diagnostics
from tongmai.care.family_doctors import checks as family_doctors
from tongmai.care.referrals import checks as referrals
from tongmai.care.referrals import services
from tongmai.commons.encounters import checks as encounters
from tongmai.commons.imaging import checks as imaging
from tongmai.commons.resident_requests import checks as requests
from tongmai.commons.residents import checks as residents
from tongmai.commons.residents.tests import factories as people
from tongmai.config import checking, cli, referring
from tongmai.exchange import checks as exchange
from tongmai.foundation.audit import checks as audit
from tongmai.foundation.orgs import checks as orgs
from tongmai.kernel.policy import Policies, shipped

NOBODY = "01890000-0000-7000-8000-00000000dead"

# What is broken, and what is said of it.  `:nobody` is an id that nothing has, `:old` an instant of last week.
BROKEN = """
check | statement | says
counters | update encounters_note set version = 7 | encounters_note .*version says 7
counters | update exchange_importrun set total_rows = 9 | total_rows says 9, its rows say 1
capacity | update capacity_pool set taken_public = 0 where taken_public > 0 | taken_public says 0
capacity | update capacity_pool set tickets = 0 where tickets > 0 | tickets says 0
capacity | update capacity_bookedplace set is_taken = false where is_taken | its rows say 0
states | delete from encounters_encountertransition | encounters_encounter .*it has no history
states | update capacity_booking set state = 'expired' | capacity_booking .*state says expired
states | update capacity_booking set state = 'cancelled' where source_kind = 'referral' | state says booked, its booking is over
states | update referrals_referral set state = 'returned' where state = 'submitted' | referrals_referral .*its last step led to submitted
states | update residents_medium set state = 'lost' | state says lost, it has no history
states | update exchange_inboundmessage set state = 'rejected' | exchange_inboundmessage .*state says rejected
states | update exchange_importrun set state = 'abandoned' | exchange_importrun .*state says abandoned
orphans | update audit_accesslog set resident_id = :nobody | audit_accesslog .*resident_id names residents_resident
orphans | update audit_accesslog set by_user_id = :nobody | by_user_id names orgs_user
orphans | update audit_event set by_org_id = :nobody | audit_event .*more rows.*by_org_id names orgs_org
orphans | update audit_event set by_post_id = :nobody | by_post_id names orgs_post
orphans | update audit_event set resident_id = :nobody | audit_event .*resident_id names residents_resident
orphans | delete from audit_event where id = (select min(event_id) from audit_delivery) | event_id names audit_event
orphans | update residents_emergencyaccess set opened_post_id = :nobody | opened_post_id names orgs_post
orphans | update residents_carerelation set source_id = :nobody | source_id names family_doctors_contract
orphans | update residents_carerelation set team_id = :nobody | team_id names family_doctors_team
orphans | delete from residents_carerelation | no care relation of the resident says so
orphans | delete from residents_careteammember | the index of residents was not told
orphans | update residents_careteammember set source_id = :nobody | source_id names family_doctors_teammember
orphans | update encounters_encounter set post_id = :nobody where post_id is not null | encounters_encounter .*post_id names orgs_post
orphans | update capacity_booking set source_id = :nobody where source_kind = 'referral' | capacity_booking .*source_id names referrals_referral
orphans | update capacity_refusal set source_id = :nobody where source_kind = 'referral' | capacity_refusal .*source_id names referrals_referral
orphans | update capacity_booking set source_kind = 'desk', source_id = null where source_kind = 'referral' | its booking was made for something else
orphans | update encounters_encounter set source_id = :nobody where source_kind = 'follow_up' | source_id names referrals_followup
orphans | update exchange_inboundmessage set resident_id = :nobody | exchange_inboundmessage .*resident_id names residents_resident
orphans | update exchange_inboundmessage set referral_id = :nobody | referral_id names referrals_referral
orphans | update exchange_importrow set target_id = :nobody | exchange_importrow .*target_id names residents_resident
orphans | update encounters_encounter set resident_id = :neighbour where episode_id is not null | belongs to an episode of another resident
orphans | update capacity_bookedplace set resident_id = :neighbour | is another resident's than its booking
orphans | update referrals_referral set resident_id = :neighbour where booking_id is not null | its booking is another resident's
outbox | update audit_delivery set state = 'parked' | was given up
"""
CASES = rows(BROKEN)
OUTBOX = {
    "it was never tried": ({"attempts": 0}, "tongmai worker"),
    "it fails again and again": ({"attempts": 2}, "fails again"),
    "its subscriber is gone": ({"attempts": 0, "subscriber": "wakes_the_dead"}, "lists its subscriber no more"),
}


@pytest.fixture
def county(db, settings, tmp_path):
    """Something of everything, and a referral that has its place."""
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path / "images", False
    made = living.lived_in()
    clinic = made.clinic
    referral = clinic.submitted(of=people.resident("示例庚"))
    services.accept_and_book(referral_id=referral.id, pool_ids=[clinic.pool(days=9).id], by=clinic.specialist)
    return made


def _named(case: dict[str, str], neighbour) -> Iterator[str]:
    """Yield what is said after the statement of `case` was executed; afterwards all is as before."""
    values = {"nobody": _as_column(NOBODY), "neighbour": _as_column(str(neighbour))}
    names = re.findall(r":(\w+)", case["statement"])
    with transaction.atomic():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(re.sub(r":\w+", "%s", case["statement"]), [values[name] for name in names])
            yield from checking.prove(case["check"])[case["check"]]
        except IntegrityError as error:
            yield f"the database refused it: {error}"
        transaction.set_rollback(True)


def _as_column(text: str) -> str:
    return text if connection.features.has_native_uuid_field else text.replace("-", "")


def test_a_county_that_only_services_wrote_to_is_whole(county):
    assert {name: found for name, found in checking.prove().items() if found} == {}


def test_each_broken_row_is_named(county):
    people = apps.get_model("residents.Resident").objects.exclude(id=county.clinic.resident.id)
    neighbour = people.order_by("-registered_at").values_list("id", flat=True).first()
    silent = []
    for case in CASES:
        said = list(_named(case, neighbour))
        if not any(re.search(case["says"], each) for each in said):
            silent.append(f"{case['statement']}: {said}")
    assert not silent, "\n".join(silent)


@pytest.mark.parametrize("what", OUTBOX)
def test_a_stuck_event_is_named(county, what):
    values, says = OUTBOX[what]
    delivery = apps.get_model("audit.Delivery").objects.order_by("id").first()
    with connection.cursor() as cursor:  # an event refuses to be moved back in time by other means
        cursor.execute(
            "update audit_event set at = %s where id = %s", [timezone.now() - timedelta(days=7), delivery.event_id]
        )
    type(delivery).objects.filter(id=delivery.id).update(state="pending", done_at=None, **values)
    assert any(says in str(each) for each in audit.stuck(timezone.now()))


def _overridden(level: str, code: str, before: date | None) -> Policies:
    from dataclasses import replace

    value = shipped().value("capacity.hold", on=date(2026, 1, 1))
    return Policies([*shipped(), replace(value, level=level, code=code, in_force=(date(2026, 1, 1), before))])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (lambda: _overridden("alliance", "nowhere", None), "no alliance has this code"),
        (lambda: _overridden("county", "999999", None), "no county has this code"),
        (lambda: _overridden("city", "3401", date(2027, 1, 1)), "no value at city 3401 from 2027-01-01 on"),
    ],
    ids=["an alliance that is not there", "a county that is not there", "an override that ends within the year"],
)
def test_a_policy_that_misses_its_place_or_its_day_is_named(db, changed, says):
    assert any(says in str(each) for each in orgs.policies(date(2026, 11, 22), shipped=changed()))


def test_a_national_value_that_runs_out_is_named(db):
    from dataclasses import replace

    ending = [
        replace(value, in_force=(value.in_force[0], date(2027, 3, 1))) if value.id == "capacity.hold" else value
        for value in shipped()
    ]
    found = [str(each) for each in orgs.policies(date(2026, 11, 22), shipped=Policies(ending))]
    assert found == ["policies capacity.hold: no value from 2027-03-01 on"]
    assert [str(each) for each in orgs.policies(date(2026, 2, 28), shipped=Policies(ending))] == []


def test_every_plain_id_that_names_a_row_is_proved():
    """A column of ids without a foreign key is listed in some app's REFERENCES, or here with the reason."""
    proved = {
        (each.source._meta.label, each.column)
        for module in (
            audit,
            orgs,
            residents,
            encounters,
            requests,
            imaging,
            critical_values,
            diagnostics,
            family_doctors,
            referrals,
            referring,
            exchange,
        )
        for each in module.REFERENCES
    }
    exempt = {
        ("audit.Event", "subject_id"): "what an event is about may be of any table",
    }
    plain = {
        (model._meta.label, field.column)
        for model in apps.get_models()
        if model.__module__.startswith("tongmai.")
        for field in model._meta.local_fields
        if not field.primary_key
        and (isinstance(field, models.UUIDField) or (field.is_relation and not field.db_constraint))
        and field.column.endswith("_id")
    }
    assert plain - proved - exempt.keys() == set(), "add a SoftReference to the app's checks.py"


def test_the_command_tells_programs_and_people(county, capsys):
    assert cli.main(["check", "all", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["findings"]) == set(checking.WHAT)
    apps.get_model("encounters.Note").objects.update(version=5)
    assert cli.main(["check"]) == 1
    assert "counters: 1 finding(s)" in capsys.readouterr().out
