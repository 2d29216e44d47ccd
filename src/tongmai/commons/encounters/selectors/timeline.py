"""A person's encounters in time, and grouped by episode."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tongmai.commons.encounters.models import Episode, Kind
from tongmai.commons.residents import timeline as record
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.timeline import Row, Window
from tongmai.foundation.orgs.actors import Actor


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


def timeline(opened: OpenedRecord, *, by: Actor, window: Window | None = None) -> list[TimelineGroup]:
    """Return the encounters of an opened record by episode, the group with the latest contact first.

    At most `record.MOST` encounters.  Two queries.
    """
    asked = window or Window()
    asked = Window((record.Kind.ENCOUNTER,), asked.org_id, asked.since, asked.until, asked.words, limit=record.MOST)
    rows = record.rows(opened, by=by, window=asked)[: record.MOST]
    episodes = Episode.objects.in_bulk({row.group_id for row in rows if row.group_id})
    groups: dict[UUID, TimelineGroup] = {}
    for row in rows:
        line = _line(row)
        group = groups.setdefault(row.group_id or row.id, _group(episodes.get(row.group_id), line))
        group.lines.append(line)
    return list(groups.values())


def _group(episode: Episode | None, line: TimelineLine) -> TimelineGroup:
    if episode is None:
        return TimelineGroup(None, line.title, line.at, line.ended_at)
    return TimelineGroup(episode.id, episode.problem_name, episode.opened_at, episode.closed_at)


def _line(row: Row) -> TimelineLine:
    kind = str(Kind(row.what).label)
    return TimelineLine(
        encounter_id=row.id,
        at=row.at,
        ended_at=row.ends_at,
        kind=row.what,
        kind_text=kind,
        state=row.state,
        title=row.title or kind,
        who=row.who or "",
        org=row.org or "",
        department=row.place or "",
    )
