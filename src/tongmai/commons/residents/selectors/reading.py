"""Findings about reading, for the audit administrator of the county and for the reader who is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.residents.models import ReadingFinding, ReadingTransition
from tongmai.commons.residents.reading import states
from tongmai.commons.residents.reading.rules import masked_name
from tongmai.commons.residents.reading.states import State, Step
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound

MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class FindingsSought:
    """What of the findings is looked for; blank means all.  Days are half-open."""

    kind: str = ""
    state: str = ""
    since: date | None = None
    before: date | None = None
    who: str = ""


@dataclass(frozen=True)
class FindingLine:
    """One finding.  Of the resident the surname alone is shown."""

    id: UUID
    kind: str
    state: str
    on: date
    reader_name: str
    reader_org_name: str
    reader_role: str
    resident: str
    resident_id: UUID | None
    n: int
    of: int | None
    most: Decimal | None
    own_usual: Decimal | None
    role_usual: Decimal | None
    days: int | None
    found_at: datetime


@dataclass(frozen=True)
class FindingPage:
    """A finding with what was said about it, and the steps that this actor may take."""

    line: FindingLine
    transitions: list[ReadingTransition]
    steps: list[Step]
    is_reader: bool


def findings(sought: FindingsSought, *, by: Actor) -> QuerySet[ReadingFinding]:
    """Return the findings that an audit administrator looks into, those that wait first, then the latest."""
    rows = _visible(by).select_related("resident")
    if sought.kind:
        rows = rows.filter(kind=sought.kind)
    if sought.state:
        rows = rows.filter(state=sought.state)
    if sought.since:
        rows = rows.filter(on__gte=sought.since)
    if sought.before:
        rows = rows.filter(on__lt=sought.before)
    if sought.who:
        rows = rows.filter(Q(reader_name__icontains=sought.who) | Q(reader_org_name__icontains=sought.who))
    return rows.order_by("-on", "-found_at", "id")


def finding_lines(rows: Any) -> Iterator[FindingLine]:
    """Yield findings as lines of a list."""
    for row in rows:
        yield _line(row)


def finding_page(finding_id: UUID, *, by: Actor) -> FindingPage:
    """Return one finding, for who looks into it or who is asked.

    Raises:
        NotFound: absent, of another county, or of another reader.
    """
    row, side = finding_of(finding_id, by=by)
    return FindingPage(
        line=_line(row),
        transitions=list(row.transitions.all()),
        steps=states.TABLE.open_to(State(row.state), sides={side}, role=by.role),
        is_reader=side == "reader",
    )


def finding_of(finding_id: UUID, *, by: Actor, lock: bool = False) -> tuple[ReadingFinding, str]:
    """Return a finding and on which side the actor stands: "audit", or "reader" once she is asked.

    Raises:
        NotFound: absent, of another county, or of another reader.
    """
    rows = ReadingFinding.objects.filter(id=finding_id)
    row = (rows.select_for_update(of=("self",)) if lock else rows.select_related("resident")).first()
    if row is not None and _visible(by).filter(id=row.id).exists():
        return row, "audit"
    if row is not None and by.user_id is not None and row.reader_id == by.user_id and row.state != State.OPEN:
        return row, "reader"
    raise NotFound()


def asked_of(by: Actor) -> QuerySet[ReadingFinding]:
    """Return the findings about which the actor is asked for an explanation."""
    if by.user_id is None:
        return ReadingFinding.objects.none()
    return ReadingFinding.objects.filter(reader_id=by.user_id, state=State.ASKED).select_related("resident")


def waiting_findings(by: Actor) -> QuerySet[ReadingFinding]:
    """Return the findings that wait for an audit administrator: new ones, and those that were answered."""
    return _visible(by).filter(state__in=[State.OPEN, State.ANSWERED]).select_related("resident").order_by("found_at")


def _visible(by: Actor) -> QuerySet[ReadingFinding]:
    if not by.may(Action.READ_AUDIT):
        return ReadingFinding.objects.none()
    rows = ReadingFinding.objects.exclude(reader_id=by.user_id) if by.user_id else ReadingFinding.objects.all()
    return rows.filter(county_code=by.county_code) if by.county_code else rows.filter(reader_org_id=by.org_id)


def _line(row: ReadingFinding) -> FindingLine:
    return FindingLine(
        id=row.id, kind=row.kind, state=row.state, on=row.on, reader_name=row.reader_name,
        reader_org_name=row.reader_org_name, reader_role=row.reader_role,
        resident=masked_name(row.resident.name) if row.resident else "", resident_id=row.resident_id, n=row.n, of=row.of,
        most=row.most, own_usual=row.own_usual, role_usual=row.role_usual, days=row.days, found_at=row.found_at,
    )  # fmt: skip
