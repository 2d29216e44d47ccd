"""A loaded county is what the services would have written: its checks pass, its people are found, its pages open."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Max, Q
from django.test import Client
from django.utils import timezone

from tongmai.bench import loading, preparing, stage
from tongmai.care.family_doctors.models import Contract
from tongmai.care.referrals.models import Referral, Transition
from tongmai.commons.capacity import checks
from tongmai.commons.capacity.models import BookedPlace, Pool
from tongmai.commons.encounters.models import Encounter, EncounterTransition
from tongmai.commons.residents import rules
from tongmai.commons.residents.models import CareRelation, Identifier, Resident, SearchKey
from tongmai.config.demo.building import Size
from tongmai.foundation.orgs.models import User
from tongmai.kernel.citizen_id import is_valid

YUNXI = Path(__file__).resolve().parents[4] / "tests" / "data" / "yunxi.yaml"
PLAN = loading.Plan(
    residents=150, encounters=1500, referrals=120, county=YUNXI,
    size=Size(clinics_per_town=10, residents_per_clinic=4, visits_a_day=3, bookings_a_day=2, has_messages=False),
)  # fmt: skip


def _url() -> str:
    given = settings.DATABASES["default"] | {"NAME": connection.settings_dict["NAME"]}
    if connection.vendor == "sqlite":
        return f"sqlite:{given['NAME']}"
    return f"postgres://{quote(given['USER'])}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


# PostgreSQL writes a condition that it has read back with its casts elsewhere; what it says is the same.
_CASTS = re.compile(r"::character varying|::text|[\[\]() ]")


def _structure() -> set[str]:
    """The definitions of all tables, constraints and indexes."""
    queries = {
        "sqlite": "SELECT name || coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT conrelid::regclass::text || conname || pg_get_constraintdef(oid) FROM pg_constraint"
        " UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        return {_CASTS.sub("", row[0]) for row in cursor.fetchall()}


def test_a_loaded_county_is_whole(transactional_db):
    before = _structure()
    loading.load(PLAN, _url(), now=timezone.now())
    assert _structure() == before, "every constraint and index stands again"
    _is_as_large_as_planned()
    _counters_equal_rows()
    _people_are_found_by_what_they_are()
    _histories_are_whole()
    _pages_open()
    with pytest.raises(stage.NotEmpty):
        loading.load(PLAN, _url(), now=timezone.now())


def _is_as_large_as_planned() -> None:
    there = loading.totals()
    assert (there["residents"], there["encounters"]) == (PLAN.residents, PLAN.encounters)
    assert abs(there["referrals"] - PLAN.referrals) <= 2 * loading.PROCESSES  # a way up and down counts as two


def _counters_equal_rows() -> None:
    assert checks.compare_counters() == []
    assert (
        not Pool.objects.filter(places__number__gt=0).annotate(most=Max("places__number")).filter(most__gt=1_000)
    )  # numbers are given out one after the other
    assert BookedPlace.objects.filter(is_taken=True, pool__total=0).count() == 0


def _people_are_found_by_what_they_are() -> None:
    assert not SearchKey.objects.exclude(born_year=F("resident__born_on__year")).exists()
    kept = set(SearchKey.objects.values_list("resident_id", "kind", "key"))
    wanted = set()
    for person in Resident.objects.prefetch_related("identifiers", "phones"):
        numbers = [each.value for each in person.identifiers.all() if each.is_current]
        phones = [each.number for each in person.phones.all() if each.closed_at is None]
        made = rules.search_keys(name=person.name, is_unnamed=False, numbers=numbers, phones=phones, cards=[])
        wanted |= {(person.id, kind, key) for kind, key in made}
    assert kept == wanted
    numbers = list(Identifier.objects.filter(kind="citizen_id").values_list("value", flat=True))
    assert len(set(numbers)) == len(numbers) == PLAN.residents
    assert all(is_valid(number) and number.startswith("340199") for number in numbers)


def _histories_are_whole() -> None:
    """Every finished visit began and ended, every referral has its way, every active contract looks after somebody."""
    steps = Counter(EncounterTransition.objects.values_list("encounter_id", flat=True))
    finished = Encounter.objects.filter(state="finished")
    assert all(steps[key] >= 2 for key in finished.values_list("id", flat=True))
    assert not Encounter.objects.filter(started_at__gt=timezone.now()).exists()
    last = {t.referral_id: t.to_state for t in Transition.objects.order_by("id")}
    assert all(last.get(r.id, r.state) == r.state for r in Referral.objects.all())
    numbers = Referral.objects.aggregate(n=Count("number", distinct=True), all=Count("id"))
    assert numbers["n"] == numbers["all"]
    assert all(r.number.endswith(r.id.hex[-8:].upper()) for r in Referral.objects.all())
    active = Contract.objects.filter(state="active")
    assert set(CareRelation.objects.filter(ends_before__gt=timezone.now()).values_list("source_id", flat=True)) >= set(
        active.values_list("id", flat=True)
    )
    at_home = Q(org__division_code__startswith="3") & ~Q(resident__village_code="")
    assert Encounter.objects.filter(at_home).exists()


def _pages_open() -> None:
    """What the journeys need is there: people who sign in, patients whom they find, free places."""
    plan = preparing.plan([{"users": 6, "seconds": 1}], port=1)
    assert {user["part"] for user in plan["users"]} == {"doctor", "village", "desk"}
    doctor = next(user for user in plan["users"] if user["part"] == "doctor")
    browser = Client()
    browser.force_login(User.objects.get(username=doctor["username"]))
    for who in plan["patients"][doctor["patients"]][:3]:
        answer = browser.post("/search/", {"q": who["number"]}, headers={"HX-Request": "true"})
        assert who["id"] in answer.content.decode()
        answer = browser.get(f"/residents/{who['id']}/")
        assert (answer.status_code, who["name"] in answer.content.decode()) == (200, True)
    assert all(plan["receivers"].values())
    assert Pool.objects.filter(resource__name__endswith=stage.LARGE_CLINIC, starts_at__gt=timezone.now()).exists()
