"""What was measured over time, for those who draw it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.encounters import rules
from tongmai.commons.encounters.models import Vitals
from tongmai.commons.residents.sections import Section
from tongmai.commons.residents.sensitive.view import View
from tongmai.foundation.orgs.prepared import Prepared, named

MOST_SETS = 4_000  # of one person: two a week for forty years


@dataclass(frozen=True)
class Measurement:
    """One set of measurements; `values` by the names of `rules.VITAL_LIMITS`, in its units."""

    encounter_id: UUID
    at: datetime
    org: str
    is_fasting: bool | None
    values: dict[str, Decimal]


def measurements(
    resident_id: UUID,
    view: View,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = MOST_SETS,
) -> list[Measurement]:
    """Return the person's sets of measurements in a half-open span, the latest first; withdrawn ones are out."""
    if not view.has(Section.VALUES):
        return []
    rows = view.rows(_SETS, resident_id=resident_id, since=since, until=until, most=most)
    return [_measurement(row) for row in named(rows, _COLUMNS)]


def _measurement(row: SimpleNamespace) -> Measurement:
    given = {name: getattr(row, name) for name in rules.VITAL_LIMITS}
    values = {name: Decimal(value) for name, value in given.items() if value is not None}
    return Measurement(row.encounter_id, row.recorded_at, row.encounter__org__short_name, row.is_fasting, values)


_COLUMNS = ("encounter_id", "recorded_at", "encounter__org__short_name", "is_fasting", *rules.VITAL_LIMITS)


def _sets(
    by: None, *, resident_id: UUID, view: View, since: datetime | None, until: datetime | None, most: int
) -> QuerySet:
    seen = view.condition("encounter__sensitivity", org="encounter__org_id")
    rows = Vitals.objects.filter(seen, encounter__resident_id=resident_id, withdrawn_at=None)
    rows = rows.filter(recorded_at__gte=since) if since is not None else rows
    rows = rows.filter(recorded_at__lt=until) if until is not None else rows
    return rows.order_by("-recorded_at", "-id").values_list(*_COLUMNS)[:most]


_SETS = Prepared(_sets)
