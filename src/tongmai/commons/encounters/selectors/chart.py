"""What a doctor wants to know of a person at a glance: problems, medicines, allergies, last values."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber, Substr

from tongmai.commons.encounters import rules
from tongmai.commons.encounters.models import Allergy, EncounterDiagnosis, Episode, MedicationStatement, Vitals
from tongmai.commons.encounters.states import State
from tongmai.commons.residents.sections import Section
from tongmai.commons.residents.sensitive.view import View
from tongmai.foundation.orgs.prepared import Prepared, named
from tongmai.kernel.months import local_day

EPISODES_READ = 100  # open ones first
VALUES_READ = 40  # sets of measurements among which the last value of each kind is looked for


@dataclass(frozen=True)
class Problem:
    """Something the person has: a long-term condition that was diagnosed, or a problem whose episode is open.

    With `closed_on` she had it.  `said_by` at `org` said so first, in the encounter, where one is known.
    """

    key: str
    code: str
    name: str
    since: date
    is_chronic: bool
    episode_id: UUID | None
    closed_on: date | None = None
    said_by: str = ""
    org: str = ""
    encounter_id: UUID | None = None


@dataclass(frozen=True)
class Medicine:
    id: UUID
    name: str
    dose: str
    frequency: str
    is_long_term: bool
    starts_on: date
    ends_before: date | None
    recorded_at: datetime
    said_by: str
    org: str
    encounter_id: UUID | None


@dataclass(frozen=True)
class AllergyLine:
    id: UUID
    substance: str
    reaction: str
    severity: str
    severity_text: str
    is_grave: bool
    recorded_at: datetime
    said_by: str = ""
    org: str = ""
    encounter_id: UUID | None = None


@dataclass(frozen=True)
class KeyValue:
    """The last measured value of one kind.  `field` as in `rules.VITAL_LIMITS`; a pressure is one value of two fields."""

    field: str
    value: Decimal
    second: Decimal | None
    recorded_at: datetime


def problems(resident_id: UUID, view: View) -> list[Problem]:
    """Return the person's problems, long-term ones first, each once, by when they began."""
    return [each for each in problem_list(resident_id, view) if each.closed_on is None]


def problem_list(resident_id: UUID, view: View) -> list[Problem]:
    """Return the same and, after them, the problems that were closed, the latest first; at most `EPISODES_READ`."""
    if not view.has(Section.PROBLEMS):
        return []
    found: dict[str, Problem] = {}
    for row in named(view.rows(_CHRONIC, resident_id=resident_id), _OF_DIAGNOSIS):
        problem = _of_diagnosis(row)
        found.setdefault(problem.key, problem)
    closed: dict[str, Problem] = {}
    for row in named(view.rows(_EPISODES, resident_id=resident_id), _OF_EPISODE):
        if row.closed_at is not None:
            closed.setdefault(row.problem_key, _of_episode(row, None))
        else:
            found[row.problem_key] = _of_episode(row, found.get(row.problem_key))
    active = sorted(found.values(), key=lambda problem: (not problem.is_chronic, problem.since, problem.key))
    return active + [problem for key, problem in closed.items() if key not in found]


def _of_diagnosis(row: SimpleNamespace) -> Problem:
    return Problem(
        rules.problem_key(row.code), row.code, row.name, local_day(row.recorded_at), True, None,
        said_by=row.recorded_by__display_name or row.encounter__staff__name or "", org=row.encounter__org__short_name,
        encounter_id=row.encounter_id,
    )  # fmt: skip


def _of_episode(row: SimpleNamespace, chronic: Problem | None) -> Problem:
    if chronic is not None:
        return replace(chronic, episode_id=row.id)
    return Problem(
        row.problem_key, row.problem_code, row.problem_name, local_day(row.opened_at), False, row.id,
        closed_on=local_day(row.closed_at) if row.closed_at else None, said_by=row.opened_by__display_name or "",
        org=row.opened_org__short_name or "",
    )  # fmt: skip


def long_term_medicines(resident_id: UUID, on: date, view: View) -> list[Medicine]:
    """Return what the person takes for long, as of a day, the latest begun first."""
    return [each for each in medicines_of(resident_id, on, view) if each.is_long_term]


def medicines_of(resident_id: UUID, on: date, view: View) -> list[Medicine]:
    """Return what the person takes on a day, long-term ones first."""
    if not view.has(Section.MEDICINES):
        return []
    return [_medicine(row) for row in named(view.rows(_TAKEN, resident_id=resident_id, on=on), _OF_MEDICINE)]


def _medicine(row: SimpleNamespace) -> Medicine:
    return Medicine(
        row.id, row.name, row.dose, row.frequency, row.is_long_term, row.starts_on, row.ends_before, row.recorded_at,
        said_by=row.recorded_by__display_name or "", org=row.encounter__org__short_name or "",
        encounter_id=row.encounter_id,
    )  # fmt: skip


def allergies_of(resident_id: UUID) -> list[AllergyLine]:
    """Return what the person must not get, the gravest first.  Nothing of it is ever withheld: it protects her."""
    rows = named(_ALLERGIES.rows(resident_id=resident_id), _OF_ALLERGY)
    return [_allergy(row) for row in sorted(rows, key=_gravity)]


def allergies_of_all(resident_ids: Iterable[UUID]) -> dict[UUID, list[AllergyLine]]:
    """Return the allergies of many people, by person, in one query; who has none is left out."""
    rows = Allergy.objects.filter(resident__in=list(resident_ids), refuted_at=None)
    found: dict[UUID, list[AllergyLine]] = {}
    for row in sorted(
        named(rows.values_list("resident_id", *_OF_ALLERGY), ("resident_id", *_OF_ALLERGY)), key=_gravity
    ):
        found.setdefault(row.resident_id, []).append(_allergy(row))
    return found


def _gravity(row: SimpleNamespace) -> tuple[int, str]:
    return (("life_threatening", "severe", "moderate", "unknown", "mild").index(row.severity), row.substance)


def _allergy(row: SimpleNamespace) -> AllergyLine:
    return AllergyLine(
        id=row.id,
        substance=row.substance,
        reaction=row.reaction,
        severity=row.severity,
        severity_text=str(Allergy.Severity(row.severity).label),
        is_grave=row.severity in ("life_threatening", "severe"),
        recorded_at=row.recorded_at,
        said_by=row.recorded_by__display_name or "",
        org=row.encounter__org__short_name or "",
        encounter_id=row.encounter_id,
    )


def key_values(resident_id: UUID, view: View) -> list[KeyValue]:
    """Return the last value of each kind of measurement, in the order of `rules.VITAL_LIMITS`; withdrawn ones are out."""
    if not view.has(Section.VALUES):
        return []
    rows = named(view.rows(_MEASURED, resident_id=resident_id), _OF_VITALS)
    found = []
    for field in rules.VITAL_LIMITS:
        row = next((row for row in rows if getattr(row, field) is not None), None)
        if row is not None and field != "diastolic":
            second = Decimal(row.diastolic) if field == "systolic" else None
            found.append(KeyValue(field, Decimal(getattr(row, field)), second, row.recorded_at))
    return found


_SAID = ("recorded_at", "recorded_by__display_name", "encounter_id", "encounter__org__short_name")
_OF_DIAGNOSIS = ("code", "name", "encounter__staff__name", *_SAID)
_OF_EPISODE = (
    "id", "problem_key", "problem_code", "problem_name", "opened_at", "closed_at", "opened_by__display_name",
    "opened_org__short_name",
)  # fmt: skip
_OF_MEDICINE = ("id", "name", "dose", "frequency", "is_long_term", "starts_on", "ends_before", *_SAID)
_OF_ALLERGY = ("id", "substance", "reaction", "severity", *_SAID)
_OF_VITALS = (*rules.VITAL_LIMITS, "recorded_at")


def _chronic(by: None, *, resident_id: UUID, view: View) -> QuerySet:
    rows = EncounterDiagnosis.objects.filter(
        view.condition(org="encounter__org_id"),
        encounter__resident_id=resident_id,
        replaced_at=None,
        is_chronic=True,
        certainty="confirmed",
    )
    # Somebody who has had her pressure taken for twenty years was diagnosed with it hundreds of times.
    nth = Window(RowNumber(), partition_by=[Substr("code", 1, 3)], order_by=["recorded_at", "id"])
    rows = rows.exclude(encounter__state=State.CANCELLED).annotate(nth=nth).filter(nth=1)
    return rows.order_by("recorded_at").values_list(*_OF_DIAGNOSIS)


def _episodes(by: None, *, resident_id: UUID, view: View) -> QuerySet:
    rows = Episode.objects.filter(view.condition(org="opened_org_id"), resident_id=resident_id)
    return rows.order_by(F("closed_at").desc(nulls_first=True), "opened_at").values_list(*_OF_EPISODE)[:EPISODES_READ]


def _taken(by: None, *, resident_id: UUID, on: date, view: View) -> QuerySet:
    rows = MedicationStatement.objects.filter(Q(ends_before=None) | Q(ends_before__gt=on), starts_on__lte=on)
    rows = rows.filter(view.condition(org="encounter__org_id"), resident_id=resident_id)
    return rows.values_list(*_OF_MEDICINE)


def _refused(by: None, *, resident_id: UUID) -> QuerySet:
    return Allergy.objects.filter(resident_id=resident_id, refuted_at=None).values_list(*_OF_ALLERGY)


def _measured(by: None, *, resident_id: UUID, view: View) -> QuerySet:
    seen = view.condition("encounter__sensitivity", org="encounter__org_id")
    rows = Vitals.objects.filter(seen, encounter__resident_id=resident_id, withdrawn_at=None)
    return rows.order_by("-recorded_at", "-id").values_list(*_OF_VITALS)[:VALUES_READ]


_CHRONIC, _EPISODES, _TAKEN = Prepared(_chronic), Prepared(_episodes), Prepared(_taken)
_ALLERGIES, _MEASURED = Prepared(_refused), Prepared(_measured)
