"""A person's encounters in time, grouped by episode."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tongmai.commons.encounters.models import Encounter, EncounterDiagnosis


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

    Cancelled ones are left out.  Two queries.
    """
    rows = list(
        Encounter.objects.filter(resident_id=resident_id)
        .exclude(state="cancelled")
        .select_related("org", "department", "staff", "episode")
        .order_by("-started_at", "-id")[:limit]
    )
    mains = dict(
        EncounterDiagnosis.objects.filter(
            encounter__in=[row.id for row in rows], replaced_at=None, is_main=True
        ).values_list("encounter_id", "name")
    )  # fmt: skip
    groups: dict[UUID, TimelineGroup] = {}
    for row in rows:
        line = _line(row, mains.get(row.id, ""))
        group = groups.setdefault(row.episode_id or row.id, _group(row, line))
        group.lines.append(line)
    found = list(groups.values())
    for group in found:
        group.lines.sort(key=lambda line: line.at, reverse=True)
    return sorted(found, key=lambda group: group.lines[0].at, reverse=True)


def _group(row: Encounter, line: TimelineLine) -> TimelineGroup:
    if row.episode is None:
        return TimelineGroup(None, line.title, line.at, row.ended_at)
    return TimelineGroup(row.episode.id, row.episode.problem_name, row.episode.opened_at, row.episode.closed_at)


def _line(row: Encounter, main: str) -> TimelineLine:
    begun = row.started_at or row.planned_for
    assert begun is not None, row.id
    return TimelineLine(
        encounter_id=row.id,
        at=begun,
        ended_at=row.ended_at,
        kind=row.kind,
        kind_text=row.get_kind_display(),
        state=row.state,
        title=main or row.complaint or row.get_kind_display(),
        who=row.staff.name if row.staff else "",
        org=row.org.short_name,
        department=row.department.name if row.department else "",
    )
