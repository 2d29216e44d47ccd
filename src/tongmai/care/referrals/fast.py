"""The hot reads of this app (see orgs/prepared.py).  tests/test_fast.py holds each to the plain one it must agree with."""

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When

from tongmai.care.referrals import access, selectors, turns
from tongmai.care.referrals.models import Referral
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.months import start_of_day

_BOXES = frozenset({"", "sent", "received", "review", "coordinate"})
_MOST = 201  # rows of the first page and one more
_OF_TURN = ("id", "direction", "state", "sender_id", "paperwork_until", "has_slot_issue")
_MOVED, _MADE = ("-state_since", "id"), ("-created_at", "-id")


class Board:
    """The board as a sequence of rows that is read in slices: the first page fast, what lies behind it plainly.

    Twin: `selectors.with_values(selectors.board(filters, by=by))`.
    """

    def __init__(self, filters: selectors.Filters, *, by: Actor) -> None:
        self.filters, self.by = filters, by

    def __getitem__(self, part: slice) -> list[dict[str, Any]]:
        if part.start or self.filters.sort != selectors.UNSORTED or not _is_common(self.filters, self.by):
            return list(selectors.with_values(selectors.board(self.filters, by=self.by))[part])
        return _FIRST.rows(self.by, filters=self.filters, most=part.stop, order=_MOVED)

    def __len__(self) -> int:
        return len(selectors.board(self.filters, by=self.by))


def newest(filters: selectors.Filters, most: int, *, by: Actor) -> list[dict[str, Any]]:
    """Return the `most` latest made referrals of a board.  Twin: the board ordered by `-created_at, -id`."""
    if most <= _MOST and _is_common(filters, by):
        return _FIRST.rows(by, filters=filters, most=most, order=_MADE)
    return list(selectors.with_values(selectors.board(filters, by=by)).order_by(*_MADE)[:most])


def counts(*, by: Actor) -> dict[str, int]:
    """Return the numbers of the open groups.  Twin: `selectors.counts`."""
    return selectors.counts_from(_BY_STATE.rows(by))


def waiting(most: int, *, by: Actor) -> list[selectors.Row]:
    """Return those in which the next step lies with the actor's organisation, the longest waiting first.

    Twin: `selectors.rows_of(access.visible(by))` filtered by any of `turns.ours`.
    """
    if by.org_id is None or not by.may(Action.SEE_REFERRALS):
        return []
    return selectors.rows_from(_WAITING.rows(by, before=_tomorrow(by), most=most, only_turns=False), by=by)


def turns_waiting(most: int, *, by: Actor) -> list[dict[str, Any]]:
    """Return of the rows of `waiting` what decides whose turn it is.  Twin: `waiting`."""
    if by.org_id is None or not by.may(Action.SEE_REFERRALS):
        return []
    return _WAITING.rows(by, before=_tomorrow(by), most=most, only_turns=True)


def follow_ups_due(most: int, *, by: Actor) -> list[dict[str, Any]]:
    """Return what a worklist says of the follow-ups that are due.  Twin: `turns.follow_ups`."""
    return _FOLLOW_UPS.rows(by, most=most)


def late(*, by: Actor, limit: int = 200) -> list[selectors.Row]:
    """Return what waits longer than its limit in the alliances the actor's hospital leads.  Twin: `selectors.late`."""
    if not by.may(Action.COORDINATE_REFERRALS):
        return []
    limits = turns.limits(by.today)
    if limits is None:
        return selectors.late(by=by, limit=limit)
    return selectors.rows_from(_LATE.rows(by, limits=limits, most=limit, only_turns=False, **_since(limits, by)), by=by)


def late_ids(*, by: Actor, limit: int = 200) -> list[UUID]:
    """Return the ids of the rows of `late`."""
    limits = turns.limits(by.today)
    if limits is None or not by.may(Action.COORDINATE_REFERRALS):
        return [row.id for row in late(by=by, limit=limit)]
    return [row["id"] for row in _LATE.rows(by, limits=limits, most=limit, only_turns=True, **_since(limits, by))]


def _since(limits: turns.Limits, by: Actor) -> dict[str, datetime]:
    return {f"before{i}": by.now - length for i, (length, _) in enumerate(limits)}


def _tomorrow(by: Actor) -> datetime:
    return start_of_day(by.today + timedelta(days=1))


def _values(rows: QuerySet, only_turns: bool) -> QuerySet:
    """All that a line shows, or only what decides whose turn it is."""
    return access.with_slot_issue(rows).values(*_OF_TURN) if only_turns else selectors.with_values(rows)


def _is_common(filters: selectors.Filters, by: Actor) -> bool:
    """Whether the filters are among the few whose SQL is worth keeping: no words, nothing made up in an address."""
    sees = by.role != Role.SYSTEM and by.org_id is not None and by.may(Action.SEE_REFERRALS)
    made_up = filters.box not in _BOXES or filters.group not in selectors.GROUPS
    return sees and not (filters.q or filters.state or made_up)


def _first(by: Actor, *, filters: selectors.Filters, most: int, order: tuple[str, ...]) -> QuerySet:
    """The first rows of each side are read off its index; the first of these are the first of all, and only they are joined."""
    everything = selectors.with_values(selectors.narrowed(access.visible(by), filters, by=by)).order_by(*order)[:most]
    if connection.vendor != "postgresql":  # SQLite orders no parts of a union
        return everything
    sides = [
        selectors.narrowed(Referral.objects.filter(side), filters, by=by).order_by(*order).values("id")[:most]
        for side in access.seen_as(by)
    ]
    firsts = Referral.objects.filter(id__in=sides[0].union(*sides[1:])).order_by(*order).values("id")[:most]
    return selectors.with_values(Referral.objects.filter(id__in=firsts)).order_by(*order)


def _by_state(by: Actor) -> QuerySet:
    return selectors.by_state(by)


def _waiting(by: Actor, *, before: datetime, most: int, only_turns: bool) -> QuerySet:
    """The first of each case are read off its index, and the first of these are the first of all."""
    cases, order = turns.ours(by, before), ("state_since", "id")
    if connection.vendor != "postgresql":  # SQLite orders no parts of a union
        return _values(access.visible(by).filter(reduce(or_, cases)), only_turns).order_by(*order)[:most]
    found = [Referral.objects.filter(case).order_by(*order).values("id")[:most] for case in cases]
    return _values(Referral.objects.filter(id__in=found[0].union(*found[1:])), only_turns).order_by(*order)[:most]


def _late(by: Actor, *, limits: turns.Limits, most: int, only_turns: bool, **before: datetime) -> QuerySet:
    """The database compares each row with the limit of its state, so only those over it are read."""
    of_limit = [reduce(or_, (Q(direction=d, state=s, urgency=u) for d, s, u in cases)) for _, cases in limits]
    over = reduce(or_, (of_limit[i] & Q(state_since__lt=before[f"before{i}"]) for i in range(len(limits))))
    due = Case(
        *(When(of_limit[i], then=F("state_since") + Value(limits[i][0])) for i in range(len(limits))),
        output_field=DateTimeField(),
    )
    rows = selectors.led(by).filter(over, closed_at__isnull=True)
    return _values(rows, only_turns).order_by(due, "state_since", "id")[:most]


def _follow_ups(by: Actor, *, most: int) -> QuerySet:
    return turns.follow_ups(by).values(
        "id", "due_on", "task", "number", "referral__resident__name", "referral__diagnosis_name",
        "referral__sender__short_name",
    )[:most]  # fmt: skip


_WAITING = Prepared(_waiting)
_FOLLOW_UPS = Prepared(_follow_ups)
_LATE = Prepared(_late)
_FIRST = Prepared(_first)
_BY_STATE = Prepared(_by_state)
