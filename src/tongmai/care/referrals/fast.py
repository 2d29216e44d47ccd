"""The hot reads of this app (see orgs/prepared.py).  tests/test_fast.py holds each to the plain one it must agree with."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tongmai.care.referrals import access, selectors
from tongmai.care.referrals.models import Referral
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.foundation.orgs.roles import Role

_BOXES = frozenset({"", "sent", "received", "review", "coordinate"})
_MOST = 201  # rows of the first page and one more
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


def _is_common(filters: selectors.Filters, by: Actor) -> bool:
    """Whether the filters are among the few whose SQL is worth keeping: no words, nothing made up in an address."""
    sees = by.role != Role.SYSTEM and by.org_id is not None and by.may(Action.SEE_REFERRALS)
    made_up = filters.box not in _BOXES or filters.group not in selectors.GROUPS
    return sees and not (filters.q or filters.state or made_up)


def _first(by: Actor, *, filters: selectors.Filters, most: int, order: tuple[str, ...]) -> QuerySet:
    """The first rows of each side are read off its index, and the first of these are the first of all."""
    everything = selectors.with_values(selectors.narrowed(access.visible(by), filters, by=by)).order_by(*order)[:most]
    if connection.vendor != "postgresql":  # SQLite orders no parts of a union
        return everything
    sides = [
        selectors.narrowed(Referral.objects.filter(side), filters, by=by).order_by(*order).values("id")[:most]
        for side in access.seen_as(by)
    ]
    return selectors.with_values(Referral.objects.filter(id__in=sides[0].union(*sides[1:]))).order_by(*order)[:most]


def _by_state(by: Actor) -> QuerySet:
    return selectors.by_state(by)


_FIRST = Prepared(_first)
_BY_STATE = Prepared(_by_state)
