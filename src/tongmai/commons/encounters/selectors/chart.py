"""What a doctor wants to know of a person at a glance: problems, medicines, allergies, last values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.encounters import rules
from tongmai.commons.encounters.models import Allergy, EncounterDiagnosis, Episode, MedicationStatement, Vitals
from tongmai.commons.encounters.states import State
from tongmai.foundation.orgs.prepared import Prepared, named

VALUES_READ = 40  # sets of measurements among which the last value of each kind is looked for


@dataclass(frozen=True)
class Problem:
    """Something the person has: a long-term condition that was diagnosed, or a problem whose episode is open."""

    key: str
    code: str
    name: str
    since: date
    is_chronic: bool
    episode_id: UUID | None


@dataclass(frozen=True)
class Medicine:
    id: UUID
    name: str
    dose: str
    frequency: str
    is_long_term: bool
    starts_on: date
    ends_before: date | None


@dataclass(frozen=True)
class AllergyLine:
    id: UUID
    substance: str
    reaction: str
    severity: str
    severity_text: str
    is_grave: bool


@dataclass(frozen=True)
class KeyValue:
    """The last measured value of one kind.  `field` as in `rules.VITAL_LIMITS`; a pressure is one value of two fields."""

    field: str
    value: Decimal
    second: Decimal | None
    recorded_at: datetime


def problems(resident_id: UUID) -> list[Problem]:
    """Return the person's problems, long-term ones first, each once, by when they began."""
    found: dict[str, Problem] = {}
    for row in named(_CHRONIC.rows(resident_id=resident_id), _OF_DIAGNOSIS):
        key = rules.problem_key(row.code)
        found.setdefault(key, Problem(key, row.code, row.name, row.recorded_at.date(), True, None))
    for episode in named(_OPEN.rows(resident_id=resident_id), _OF_EPISODE):
        chronic = found.get(episode.problem_key)
        found[episode.problem_key] = Problem(
            key=episode.problem_key,
            code=chronic.code if chronic else episode.problem_code,
            name=chronic.name if chronic else episode.problem_name,
            since=chronic.since if chronic else episode.opened_at.date(),
            is_chronic=chronic is not None,
            episode_id=episode.id,
        )
    return sorted(found.values(), key=lambda problem: (not problem.is_chronic, problem.since, problem.key))


def long_term_medicines(resident_id: UUID, on: date) -> list[Medicine]:
    """Return what the person takes for long, as of a day, the latest begun first."""
    return [each for each in medicines_of(resident_id, on) if each.is_long_term]


def medicines_of(resident_id: UUID, on: date) -> list[Medicine]:
    """Return what the person takes on a day, long-term ones first."""
    return [Medicine(*row) for row in _TAKEN.rows(resident_id=resident_id, on=on)]


def allergies_of(resident_id: UUID) -> list[AllergyLine]:
    """Return what the person must not get, the gravest first."""
    rows = named(_ALLERGIES.rows(resident_id=resident_id), _OF_ALLERGY)
    return [_allergy(row) for row in sorted(rows, key=_gravity)]


def allergies_of_all(resident_ids: Iterable[UUID]) -> dict[UUID, list[AllergyLine]]:
    """Return the allergies of many people, by person, in one query; who has none is left out."""
    rows = Allergy.objects.filter(resident__in=list(resident_ids), refuted_at=None)
    found: dict[UUID, list[AllergyLine]] = {}
    for row in sorted(rows, key=_gravity):
        found.setdefault(row.resident_id, []).append(_allergy(row))
    return found


def _gravity(row: Allergy | SimpleNamespace) -> tuple[int, str]:
    return (("life_threatening", "severe", "moderate", "unknown", "mild").index(row.severity), row.substance)


def _allergy(row: Allergy | SimpleNamespace) -> AllergyLine:
    return AllergyLine(
        id=row.id,
        substance=row.substance,
        reaction=row.reaction,
        severity=row.severity,
        severity_text=str(Allergy.Severity(row.severity).label),
        is_grave=row.severity in ("life_threatening", "severe"),
    )


def key_values(resident_id: UUID) -> list[KeyValue]:
    """Return the last value of each kind of measurement, in the order of `rules.VITAL_LIMITS`; withdrawn ones are out."""
    rows = named(_MEASURED.rows(resident_id=resident_id), _OF_VITALS)
    found = []
    for field in rules.VITAL_LIMITS:
        row = next((row for row in rows if getattr(row, field) is not None), None)
        if row is not None and field != "diastolic":
            second = Decimal(row.diastolic) if field == "systolic" else None
            found.append(KeyValue(field, Decimal(getattr(row, field)), second, row.recorded_at))
    return found


_OF_DIAGNOSIS = ("code", "name", "recorded_at")
_OF_EPISODE = ("id", "problem_key", "problem_code", "problem_name", "opened_at")
_OF_MEDICINE = ("id", "name", "dose", "frequency", "is_long_term", "starts_on", "ends_before")
_OF_ALLERGY = ("id", "substance", "reaction", "severity")
_OF_VITALS = (*rules.VITAL_LIMITS, "recorded_at")


def _chronic(by: None, *, resident_id: UUID) -> QuerySet:
    rows = EncounterDiagnosis.objects.filter(
        encounter__resident_id=resident_id, replaced_at=None, is_chronic=True, certainty="confirmed"
    )
    return rows.exclude(encounter__state=State.CANCELLED).order_by("recorded_at").values_list(*_OF_DIAGNOSIS)


def _open(by: None, *, resident_id: UUID) -> QuerySet:
    rows = Episode.objects.filter(resident_id=resident_id, closed_at=None)
    return rows.order_by("opened_at").values_list(*_OF_EPISODE)


def _taken(by: None, *, resident_id: UUID, on: date) -> QuerySet:
    rows = MedicationStatement.objects.filter(Q(ends_before=None) | Q(ends_before__gt=on), starts_on__lte=on)
    return rows.filter(resident_id=resident_id).values_list(*_OF_MEDICINE)


def _refused(by: None, *, resident_id: UUID) -> QuerySet:
    return Allergy.objects.filter(resident_id=resident_id, refuted_at=None).values_list(*_OF_ALLERGY)


def _measured(by: None, *, resident_id: UUID) -> QuerySet:
    rows = Vitals.objects.filter(encounter__resident_id=resident_id, withdrawn_at=None)
    return rows.order_by("-recorded_at", "-id").values_list(*_OF_VITALS)[:VALUES_READ]


_CHRONIC, _OPEN, _TAKEN = Prepared(_chronic), Prepared(_open), Prepared(_taken)
_ALLERGIES, _MEASURED = Prepared(_refused), Prepared(_measured)
