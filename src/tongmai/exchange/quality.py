"""How good a facility's data is: one score with its arithmetic, field by field, month by month, with examples.

Of the messages of all its systems the newest are looked at: nothing is counted while messages come in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tongmai.exchange import access, connections
from tongmai.exchange.connections import LOOKED_AT, FieldScore
from tongmai.exchange.models import InboundMessage, SourceSystem
from tongmai.exchange.states import MessageState
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.kernel.errors import NotFound
from tongmai.kernel.months import Month, start_of_day
from tongmai.kernel.policy import PolicyValue

MONTHS = 12
EXAMPLES = 5
_ROW = ("id", "control_id", "kind", "lacks", "state", "n_tries", "received_at", "said_at")


@dataclass(frozen=True)
class Rules:
    """What policy says of a score."""

    complete: PolicyValue
    accepted: PolicyValue
    timely: PolicyValue
    within: PolicyValue


@dataclass(frozen=True)
class Score:
    """Shares of messages, each 0–1, None where nothing can be said; `points` 0–100 is their mean by weight."""

    n: int
    complete: float | None
    accepted: float | None
    timely: float | None
    points: int | None


@dataclass(frozen=True)
class Facility:
    """A facility's data at a glance; `worst` is the field that lacks most often, "" where none does."""

    org_id: UUID
    name: str
    systems: tuple[str, ...]
    score: Score
    worst: str


@dataclass(frozen=True)
class FacilityPage:
    """The same with every field and month, the newest month first.  `refused`: messages that waited or were refused."""

    facility: Facility
    rules: Rules
    fields: tuple[FieldScore, ...]
    refused: tuple[tuple[UUID, str], ...]
    late: tuple[tuple[UUID, str], ...]
    months: tuple[tuple[Month, Score], ...]


def rules(on: date) -> Rules:
    """Return what a score is made of on a day."""
    return Rules(
        complete=policy.value("exchange.quality.complete_weight", on=on),
        accepted=policy.value("exchange.quality.accepted_weight", on=on),
        timely=policy.value("exchange.quality.timely_weight", on=on),
        within=policy.value("exchange.quality.timely_within", on=on),
    )


def facilities(*, by: Actor) -> list[Facility]:
    """Return the facilities whose systems `by` may see, the worst first, those without messages last."""
    said = rules(by.today)
    found = []
    for org, systems in _by_org(access.visible_systems(by)):
        rows = _rows(systems)
        found.append(_facility(org, systems, rows, _fields(rows), said))
    return sorted(found, key=lambda each: (each.score.points is None, each.score.points or 0, each.name))


def facility(org_id: UUID, *, by: Actor) -> FacilityPage:
    """Return one facility's data.  Raises NotFound: no system of it is in reach."""
    grouped = list(_by_org(access.visible_systems(by).filter(org_id=org_id)))
    if not grouped:
        raise NotFound()
    (org, systems), said = grouped[0], rules(by.today)
    rows = _rows(systems)
    fields = _fields(rows, most=EXAMPLES)
    return FacilityPage(
        facility=_facility(org, systems, rows, fields, said),
        rules=said,
        fields=tuple(fields),
        refused=_examples(row for row in rows if not _is_accepted(row)),
        late=_examples(row for row in rows if _is_late(row, said)),
        months=tuple(_months(systems, Month.of(by.today), said)),
    )


def score(rows: Sequence[dict[str, Any]], said: Rules) -> Score:
    """Return the score of some messages."""
    return _score(rows, _fields(rows), said)


def _score(rows: Sequence[dict[str, Any]], fields: Sequence[FieldScore], said: Rules) -> Score:
    asked, present = sum(each.n_asked for each in fields), sum(each.n_present for each in fields)
    timed = [row for row in rows if row["said_at"]]
    parts = (
        (said.complete.int, present / asked if asked else None),
        (said.accepted.int, sum(map(_is_accepted, rows)) / len(rows) if rows else None),
        (said.timely.int, 1 - sum(_is_late(row, said) for row in timed) / len(timed) if timed else None),
    )
    known = [(weight, share) for weight, share in parts if share is not None and weight]
    total = sum(weight for weight, _ in known)
    points = int(100 * sum(weight * share for weight, share in known) / total + 1e-9) if total else None
    return Score(len(rows), parts[0][1], parts[1][1], parts[2][1], points)


def _facility(
    org: Org, systems: Sequence[SourceSystem], rows: Sequence[dict[str, Any]], fields: Sequence[FieldScore], said: Rules
) -> Facility:
    lacking = sorted(fields, key=lambda each: each.rate)
    worst = lacking[0].field if lacking and lacking[0].rate < 1 else ""
    return Facility(org.id, org.name, tuple(each.name for each in systems), _score(rows, fields, said), worst)


def _by_org(systems: Iterable[SourceSystem]) -> Iterator[tuple[Org, list[SourceSystem]]]:
    found: dict[UUID, list[SourceSystem]] = {}
    for system in systems:
        found.setdefault(system.org_id, []).append(system)
    for each in found.values():
        yield each[0].org, each


def _rows(systems: Sequence[SourceSystem], month: Month | None = None) -> list[dict[str, Any]]:
    """The newest messages of the systems that somebody or something has looked at, of one month where one is named."""
    rows = InboundMessage.objects.filter(source__in=[each.id for each in systems]).exclude(state=MessageState.RECEIVED)
    if month is not None:
        begin, end = start_of_day(month.first_day), start_of_day(month.ends_before)
        rows = rows.filter(received_at__gte=begin, received_at__lt=end)
    return list(rows.order_by("-received_at").values(*_ROW)[:LOOKED_AT])


def _months(systems: Sequence[SourceSystem], last: Month, said: Rules) -> Iterator[tuple[Month, Score]]:
    for back in range(MONTHS):
        month = last - back
        rows = _rows(systems, month)
        if rows:
            yield month, score(rows, said)


def _fields(rows: Iterable[dict[str, Any]], most: int = 0) -> list[FieldScore]:
    """Every field's score.  What was refused as a whole was not looked at field by field."""
    return list(connections.scores([row for row in rows if row["state"] != MessageState.REJECTED], most=most))


def _is_accepted(row: dict[str, Any]) -> bool:
    return row["state"] == MessageState.DONE and row["n_tries"] == 1


def _is_late(row: dict[str, Any], said: Rules) -> bool:
    return bool(row["said_at"]) and row["received_at"] - row["said_at"] > said.within.timedelta()


def _examples(rows: Iterable[dict[str, Any]]) -> tuple[tuple[UUID, str], ...]:
    return tuple((row["id"], row["control_id"]) for row in list(rows)[:EXAMPLES])
