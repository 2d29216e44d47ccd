"""A person's encounters in time, grouped by episode."""

from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from tongmai.commons.encounters.models import Encounter, EncounterDiagnosis, Kind
from tongmai.foundation.orgs.prepared import Prepared, named


@dataclass(frozen=True)
class TimelineLine:
    """One encounter in one line.  `at` is when it began, or is planned; `title` its main diagnosis, else its complaint."""

    encounter_id: UUID
    at: datetime
    ended_at: datetime | None
    kind: str
    kind_text: str
    state: str
    title: str
    who: str
    org: str
    department: str


@dataclass(frozen=True)
class TimelineGroup:
    """The encounters of one episode, or, with `episode_id` None, one encounter that belongs to none; latest first."""

    episode_id: UUID | None
    title: str
    opened_at: datetime
    closed_at: datetime | None
    lines: list[TimelineLine] = field(default_factory=list)


def timeline(resident_id: UUID, *, limit: int = 200) -> list[TimelineGroup]:
    """Return the person's encounters by episode, the group with the latest contact first; at most `limit` encounters.

    Cancelled ones are left out.  One query.
    """
    groups: dict[UUID, TimelineGroup] = {}
    for row in named(_CONTACTS.rows(resident_id=resident_id, limit=limit), _OF_CONTACT):
        line = _line(row)
        group = groups.setdefault(row.episode_id or row.id, _group(row, line))
        group.lines.append(line)
    found = list(groups.values())
    for group in found:
        group.lines.sort(key=lambda line: line.at, reverse=True)
    return sorted(found, key=lambda group: group.lines[0].at, reverse=True)


_OF_CONTACT = (
    "id", "started_at", "planned_for", "ended_at", "kind", "state", "complaint", "staff__name", "org__short_name",
    "department__name", "episode_id", "episode__problem_name", "episode__opened_at", "episode__closed_at", "main",
)  # fmt: skip


def _contacts(by: None, *, resident_id: UUID, limit: int) -> QuerySet:
    main = EncounterDiagnosis.objects.filter(encounter=OuterRef("id"), replaced_at=None, is_main=True)
    return (
        Encounter.objects.filter(resident_id=resident_id)
        .exclude(state="cancelled")
        .order_by("-started_at", "-id")
        .annotate(main=Subquery(main.values("name")[:1]))
        .values_list(*_OF_CONTACT)[:limit]
    )


_CONTACTS = Prepared(_contacts)


def _group(row: SimpleNamespace, line: TimelineLine) -> TimelineGroup:
    if row.episode_id is None:
        return TimelineGroup(None, line.title, line.at, row.ended_at)
    return TimelineGroup(row.episode_id, row.episode__problem_name, row.episode__opened_at, row.episode__closed_at)


def _line(row: SimpleNamespace) -> TimelineLine:
    kind = str(Kind(row.kind).label)
    begun = row.started_at or row.planned_for
    assert begun is not None, row.id
    return TimelineLine(
        encounter_id=row.id,
        at=begun,
        ended_at=row.ended_at,
        kind=row.kind,
        kind_text=kind,
        state=row.state,
        title=row.main or row.complaint or kind,
        who=row.staff__name or "",
        org=row.org__short_name,
        department=row.department__name or "",
    )
