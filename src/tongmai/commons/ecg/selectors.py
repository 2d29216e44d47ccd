"""Reads of recordings.  Whoever calls has opened the record, or works where they were taken."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import Coalesce

from tongmai.commons.ecg import access, reading, rules
from tongmai.commons.ecg.choices import Standing
from tongmai.commons.ecg.models import Measurement, Recording
from tongmai.commons.ecg.rules import PatternCode, Urgency
from tongmai.commons.ecg.tracing import Tracing, Value
from tongmai.commons.residents.access import OpenedRecord
from tongmai.foundation.orgs.actors import Actor


def recordings_of_order(order_number: str) -> list[UUID]:
    """Return the linked recordings of an order, the latest first.  Ids: each is read through `access.read`."""
    return list(_linked().filter(order_number=order_number).values_list("id", flat=True)) if order_number else []


def late_recordings(order_number: str, *, since: datetime) -> tuple[int, datetime | None]:
    """Return how many recordings of an order came into it after a moment, received or linked, and when the last of them."""
    rows = Recording.objects.filter(order_number=order_number, standing=Standing.LINKED)
    came = rows.annotate(came_at=Coalesce("settled_at", "received_at")).filter(came_at__gt=since)
    found = came.order_by().aggregate(n=Count("pk"), last_at=Max("came_at"))
    return found["n"], found["last_at"]


def urgency_of_order(order_number: str) -> Urgency | None:
    """Return the most urgent pattern of an order's recordings, for the lists that put them in order."""
    codes = Recording.objects.filter(order_number=order_number, standing=Standing.LINKED).values_list(
        "patterns__code", flat=True
    )
    found = {rules.URGENCY[PatternCode(code)] for code in codes if code}
    return next((urgency for urgency in Urgency if urgency in found), None)


def before(recording: Recording, opened: OpenedRecord) -> Recording | None:
    """Return the recording of the same person that was taken before this one; its file is read where it is used."""
    assert opened.resident.id == recording.resident_id
    at = recording.recorded_at or recording.received_at
    rows = _linked().filter(resident_id=recording.resident_id, at__lt=at)
    return rows.exclude(id=recording.id).first()


def tracing_of(recording: Recording) -> Tracing:
    """Return the curves of a recording, read from its file."""
    return reading.read(bytes(recording.content))


def values_of(recording: Recording) -> dict[str, dict[Value, float]]:
    """Return what was measured, by source: the device, the computer."""
    found: dict[str, dict[Value, float]] = {source: {} for source in Measurement.Source.values}
    for row in recording.measurements.all():
        found[row.source][Value(row.code)] = float(row.number)
    return found


def patterns_of(recording: Recording) -> list[rules.Pattern]:
    """Return its patterns, the most urgent first."""
    order = list(PatternCode)
    found = [rules.Pattern(PatternCode(row.code), row.detail) for row in recording.patterns.all()]
    return sorted(found, key=lambda pattern: order.index(pattern.code))


def statements_of(recording: Recording) -> list[str]:
    """Return what the device says of it."""
    return list(recording.statements.values_list("text", flat=True))


def levels_of(recording: Recording) -> list[tuple[str, int, int]]:
    """Return ST of each lead: its name, at J and later, in µV; in the order of the leads."""
    order = recording.leads.split()
    rows = recording.levels.values_list("lead", "j_uv", "late_uv")
    return sorted(rows, key=lambda row: order.index(row[0]) if row[0] in order else len(order))


def held(*, by: Actor, most: int = 200) -> list[Recording]:
    """Return what nobody is sure of, taken where `by` works."""
    return list(access.held(by)[:most])


def n_held(*, by: Actor) -> int:
    """Return how many wait for a decision."""
    return access.held(by).filter(standing=Standing.HELD).count()


def _linked() -> QuerySet[Recording]:
    rows = Recording.objects.filter(standing=Standing.LINKED).defer("content")
    return rows.annotate(at=Coalesce("recorded_at", "received_at")).order_by("-at", "id")
