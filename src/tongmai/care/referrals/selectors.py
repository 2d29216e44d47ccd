"""Reads of referrals.  The hot ones are one query of values; each is built on `access.visible`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tongmai.care.referrals import access, enclosing, history, rules
from tongmai.care.referrals.enclosing import Enclosed
from tongmai.care.referrals.models import FollowUp, Referral, SlotIssue, Transition
from tongmai.care.referrals.states import OPEN_STATES, Direction, Step, Urgency
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value_near
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.errors import NotFound
from tongmai.kernel.months import start_of_day
from tongmai.kernel.policy import PolicyValue
from tongmai.ui import sorting
from tongmai.ui.sorting import UNSORTED, Sorting

# The filters of the board, each as a condition; "open" is what a list shows first.
GROUPS: dict[str, Q] = {
    "open": Q(state__in=[*OPEN_STATES, "draft"]),
    "waiting": Q(state__in=["draft", "reviewing", "submitted", "returned"]),
    "coming": Q(state__in=["accepted", "booked", "no_show"]),
    "here": Q(state__in=["arrived", "treated", "received", "following"]),
    "done": Q(state__in=["closed", "declined", "withdrawn"]),
    "all": Q(),
}
# The columns of the board that can be sorted, and by what; "due" is no column of the table and is sorted in `queue`.
COLUMNS: sorting.Columns = {
    "resident": ["resident__name"],
    "diagnosis": ["diagnosis_code", "diagnosis_name"],
    "sender": ["sender__short_name", "receiver__short_name"],
    "state": ["state", "state_since"],
    "since": ["state_since"],
}
_FIELDS = (
    "id", "number", "direction", "urgency", "state", "state_since", "version", "resident_id", "resident__name",
    "resident__sex", "resident__born_on", "diagnosis_code", "diagnosis_name", "sender_id", "sender__short_name",
    "receiver_id", "receiver__short_name", "receiver_department__name", "is_inside", "by_family_doctor", "wants",
    "booked_for", "booked_place", "created_at", "submitted_at", "paperwork_until", "alliance_id", "has_slot_issue",
    "alliance__code", "sender__county_code",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    id: UUID
    number: str
    direction: str
    urgency: str
    state: str
    state_since: datetime
    version: int
    resident_id: UUID
    resident_name: str
    resident_sex: str
    resident_born_on: date | None
    diagnosis_code: str
    diagnosis_name: str
    sender_id: UUID
    sender: str
    receiver_id: UUID
    receiver: str
    department: str
    is_inside: bool
    by_family_doctor: bool
    wants: str
    booked_for: datetime | None
    booked_place: str
    created_at: datetime
    submitted_at: datetime | None
    paperwork_until: datetime | None
    alliance_id: UUID | None
    has_slot_issue: bool
    due_at: datetime | None
    slot_due_at: datetime  # until when a place should be found, for those who have none


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; blank means anything."""

    box: str = ""  # sent | received | review | coordinate
    group: str = "open"
    direction: str = ""
    urgency: str = ""
    state: str = ""
    q: str = ""
    only_slot_issue: bool = False
    sort: Sorting = UNSORTED


@dataclass(frozen=True)
class Detail:
    """One referral with all that its page shows."""

    referral: Referral
    transitions: list[Transition]  # an answer to a program has them as dictionaries
    steps: list[Step]
    sides: frozenset[str]
    due_at: datetime | None
    limit: PolicyValue | None
    follow_ups: list[FollowUp]
    downs: list[Row]
    has_slot_issue: bool
    enclosed: list[Enclosed]


def board(filters: Filters, *, by: Actor) -> QuerySet:
    """Return the referrals of a list as a queryset, the most recently moved first; `rows_of` makes its lines."""
    rows = narrowed(access.visible(by), filters, by=by)
    return sorting.ordered(rows.order_by("-state_since", "id"), filters.sort, COLUMNS)


def narrowed(rows: QuerySet, filters: Filters, *, by: Actor) -> QuerySet:
    """Return those of visible referrals that the filters leave."""
    rows = _boxed(rows, filters.box, by=by).filter(GROUPS.get(filters.group, GROUPS["open"]))
    for name in ("direction", "urgency", "state"):
        wanted = getattr(filters, name)
        rows = rows.filter(**{name: wanted}) if wanted else rows
    if filters.q.strip():
        rows = rows.filter(_matches(filters.q))
    if filters.only_slot_issue:
        rows = rows.filter(Exists(SlotIssue.objects.filter(referral=OuterRef("pk"), closed_at__isnull=True)))
    return rows


def rows_of(rows: QuerySet, *, by: Actor) -> list[Row]:
    """Return the lines of (a slice of) a list, in its order, each with the instant it is due."""
    return rows_from(with_values(rows), by=by)


def rows_from(values: Iterable[dict], *, by: Actor) -> list[Row]:
    """Return the lines of dictionaries that `with_values` gave."""
    waits = cache(_waits)  # many rows wait for the same
    return [_row(row, on=by.today, waits=waits) for row in values]


def with_values(rows: QuerySet) -> QuerySet:
    """Return the rows as dictionaries of what a line needs."""
    return access.with_slot_issue(rows).values(*_FIELDS)


def queue(filters: Filters, *, by: Actor, most: int = 500) -> list[Row]:
    """Return the lines of a list in the order in which they are to be served: what waits for an answer is a queue.

    Sorted by "due" they stand by their deadlines, those without one last.
    """
    by_due = filters.sort.column == "due"
    found = board(replace(filters, sort=UNSORTED), by=by)
    rows = rows_of((found.order_by("state_since", "id") if by_due else found)[:most], by=by)
    if by_due:
        return sorting.in_order(rows, filters.sort, {"due": lambda row: row.due_at})
    return sorted(
        rows,
        key=lambda row: rules.queue_key(
            urgency=Urgency(row.urgency), by_family_doctor=row.by_family_doctor, waiting_since=row.state_since
        ),
    )


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many referrals stand in each open group of the board, from the actor's own boxes.

    What is over is not counted: it only grows, and its number asks nothing of anybody.
    """
    return counts_from(by_state(by))


def by_state(by: Actor) -> QuerySet:
    """Return (state, number) of the open referrals that `by` may see."""
    return (
        access.visible(by).filter(closed_at__isnull=True).order_by().values_list("state").annotate(n=Count("id"))
    )  # fmt: skip


def counts_from(numbers: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the numbers of states as numbers of the open groups."""
    of_state = dict(numbers)
    return {
        name: sum(of_state.get(state, 0) for state in dict(condition.children)["state__in"])
        for name, condition in GROUPS.items()
        if name not in ("done", "all")
    }


def detail(referral_id: UUID, *, by: Actor) -> Detail:
    """Return all that the page of one referral shows.

    Raises:
        NotFound: absent, or not one that `by` may see.
    """
    return _detail(history.visible(referral_id, by=by), by=by)


def sent_on(referral_id: UUID, *, by: Actor) -> Detail:
    """Return a referral for the answer to the step by which `by` gave it away, before it is out of sight.

    Raises:
        NotFound: the last step was not hers, or another one followed.
    """
    last = Transition.objects.filter(referral=referral_id).order_by("-id").first()
    if last is None or last.step not in {"redirect", "reassign"} or last.by_id != by.user_id or last.at != by.now:
        raise NotFound()
    return _detail(history.whole(Referral.objects.filter(id=referral_id)), by=by)


def _detail(found: Iterable[Referral], *, by: Actor) -> Detail:
    referral = next(iter(found), None)
    if referral is None:
        raise NotFound()
    downs = access.visible(by).filter(parent=referral).order_by("created_at")
    return replace(
        detail_of(referral, by=by, transitions=list(referral.transitions.select_related("org"))),
        downs=rows_of(downs, by=by) if referral.direction == Direction.UP else [],
    )


def detail_of(referral: Referral, *, by: Actor, transitions: list) -> Detail:
    """Return the same, without what came down from it, of a referral that `by` has at hand: it is not read again."""
    is_up = referral.direction == Direction.UP
    alliance = referral.alliance.code if referral.alliance else None
    at = Near(on=by.today, alliance=alliance, county=referral.sender.county_code)
    limit = limit_of(referral.direction, referral.state, referral.urgency, at=at)
    return Detail(
        referral=referral,
        transitions=transitions,
        steps=access.possible_steps(referral, by=by),
        sides=access.sides_of(referral, by=by),
        due_at=due_at(referral.state_since, limit),
        limit=limit,
        follow_ups=[] if is_up else list(referral.follow_ups.select_related("done_by")),
        downs=[],
        has_slot_issue=history.has_slot_issue(referral),
        enclosed=enclosing.enclosed(referral) if is_up else [],
    )


def missing_night(referral_id: UUID, *, by: Actor) -> date | None:
    """Return the night on which a stay found no bed, None where no such issue is open or `by` may not see it."""
    rows = SlotIssue.objects.filter(referral__in=access.visible(by), closed_at__isnull=True)
    return rows.filter(referral=referral_id).values_list("full_on", flat=True).first()


def follow_up(follow_up_id: UUID, *, by: Actor) -> FollowUp:
    """Return one follow-up with its referral and plan.

    Raises:
        NotFound: absent, or its referral is not one that `by` may see.
    """
    rows = FollowUp.objects.select_related("referral__resident", "referral__plan", "referral__receiver")
    found = rows.filter(id=follow_up_id, referral__in=access.visible(by)).first()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Near:
    """Where and when a limit is asked for: the referral's own alliance, its sender's county, the day."""

    on: date
    alliance: str | None
    county: str | None

    def value(self, policy_id: str) -> PolicyValue:
        return value_near(policy_id, on=self.on, alliance=self.alliance, county=self.county)


def limit_of(direction: str, state: str, urgency: str, *, at: Near) -> PolicyValue | None:
    """Return the policy value that limits the wait in a state, None where nobody is waited for."""
    policy_id = rules.limit_id(direction=Direction(direction), state=state, urgency=Urgency(urgency))
    return at.value(policy_id) if policy_id else None


def due_at(since: datetime, limit: PolicyValue | None) -> datetime | None:
    """Return when the wait is over, None without a limit."""
    return since + limit.timedelta() if limit else None


def late(*, by: Actor, limit: int = 200) -> list[Row]:
    """Return what waits longer than its limit, for the coordinators of the actor's alliances; the latest first."""
    if not by.may(Action.COORDINATE_REFERRALS):
        return []
    waiting = led(by).filter(closed_at__isnull=True).order_by("state_since", "id")
    over = [row for row in rows_of(waiting[:2000], by=by) if _is_late(row, by.now)]
    return sorted(over, key=lambda row: row.due_at)[:limit]


def led(by: Actor) -> QuerySet:
    """Return the visible referrals of the alliances that the actor's organisation leads."""
    return access.visible(by).filter(alliance__in=access.led_alliances(by.org_id, by.today))


def flow(from_day: date, to_day: date, *, by: Actor) -> list[dict]:
    """Return how many referrals went between levels, accepted ones, sent in [from_day, to_day).

    Each row: `source`, `target` (levels), `direction`, `n`.  Counted are those of the actor's county for overseers,
    of her organisation's view otherwise; drafts, declined and withdrawn ones do not count.
    """
    start, end = start_of_day(from_day), start_of_day(to_day)
    rows = _overseen(by).filter(submitted_at__gte=start, submitted_at__lt=end)
    rows = rows.exclude(state__in=["draft", "declined", "withdrawn"])
    found = rows.values("direction", "sender__level", "receiver__level").annotate(n=Count("id")).order_by()
    return sorted(
        (
            {"source": r["sender__level"], "target": r["receiver__level"], "direction": r["direction"], "n": r["n"]}
            for r in found
        ),
        key=lambda row: (row["direction"], row["source"], row["target"]),
    )


def of_resident(resident_id: UUID, *, by: Actor) -> list[Row]:
    """Return the referrals of one resident that `by` may see; a resident sees all of her own that were sent."""
    return rows_from(_OF_RESIDENT.rows(by, resident_id=resident_id), by=by)


def genuine(referral_id: UUID) -> tuple[str, datetime, str, str] | None:
    """Return number, day of sending, state and direction of a sent referral, for those who hold its slip."""
    row = Referral.objects.filter(id=referral_id, sent_at__isnull=False)
    return row.values_list("number", "sent_at", "state", "direction").first()


def _of_resident(by: Actor, *, resident_id: UUID) -> QuerySet:
    return with_values(access.of_resident(by, resident_id).order_by("-created_at")[:50])


_OF_RESIDENT = Prepared(_of_resident)


def _is_late(row: Row, now: datetime) -> bool:
    since = row.state_since
    return row.due_at is not None and rules.is_late(since=since, now=now, limit=row.due_at - since)


def _overseen(by: Actor) -> QuerySet:
    if not by.may(Action.SEE_FLOW):
        return access.visible(by)
    of_county = Q(sender__county_code=by.county_code) | Q(receiver__county_code=by.county_code)
    return Referral.objects.filter(of_county)


def _boxed(rows: QuerySet, box: str, *, by: Actor) -> QuerySet:
    if box == "sent":
        return rows.filter(sender_id=by.org_id)
    if box == "received":
        return rows.filter(receiver_id=by.org_id, submitted_at__isnull=False)
    if box == "review":
        return rows.filter(reviewer_id=by.org_id)
    if box == "coordinate":
        return rows.filter(alliance__in=access.led_alliances(by.org_id, by.today), sent_at__isnull=False)
    return rows


def _matches(q: str) -> Q:
    """By the number of the slip, or by anything that finds the resident."""
    return Q(number__iexact=q.strip()[:24]) | residents.found_by(q)


def _waits(direction: str, state: str, urgency: str, at: Near) -> tuple[timedelta | None, timedelta]:
    """Return how long may be waited in a state, and how long for a place."""
    limit = limit_of(direction, state, urgency, at=at)
    return limit.timedelta() if limit else None, at.value("referrals.slot_wait").timedelta()


def _row(row: dict, *, on: date, waits: Callable[..., tuple[timedelta | None, timedelta]]) -> Row:
    at = Near(on=on, alliance=row.pop("alliance__code"), county=row.pop("sender__county_code"))
    limit, for_place = waits(row["direction"], row["state"], row["urgency"], at)
    return Row(
        resident_name=row.pop("resident__name"),
        resident_sex=row.pop("resident__sex"),
        resident_born_on=row.pop("resident__born_on"),
        sender=row.pop("sender__short_name"),
        receiver=row.pop("receiver__short_name"),
        department=row.pop("receiver_department__name") or "",
        due_at=row["state_since"] + limit if limit is not None else None,
        slot_due_at=row["state_since"] + for_place,
        **row,
    )
