"""Beds for several nights: the nights of each ward as cells, and what is asked for as a small form."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongmai.commons.capacity import selectors
from tongmai.commons.capacity.presenters.labels import day_said
from tongmai.kernel.months import local_day


class Booked(Protocol):
    """As much of a booking as says for which nights it is."""

    starts_at: Any
    n_places: int


@dataclass(frozen=True)
class NightCell:
    """One night of one ward: how many beds this asker may still take, in a word and a colour."""

    text: str
    tone: str
    reserved: str  # what of it is kept for family doctors, "" where nothing is


@dataclass(frozen=True)
class StayChoice:
    """One ward for the whole stay; `pools` is what the form sends, "" where some night is full."""

    pools: str
    resource: str
    department: str
    place: str
    nights: list[NightCell]
    why_not: str
    earliest: date | None
    earliest_said: str


@dataclass(frozen=True)
class StayTable:
    """What was asked for, and the wards that could take it."""

    from_day: date
    nights: int
    heads: list[str]
    choices: list[StayChoice]

    @property
    def has_any(self) -> bool:
        return any(choice.pools for choice in self.choices)


def stay_table(
    *, from_day: date, nights: int, own_pools: Collection[UUID] = (), separator: str = ",", **wanted: Any
) -> StayTable:
    """Return the nights of each ward.  `wanted` are the further arguments of `selectors.ward_nights`."""
    wards = selectors.ward_nights(from_day=from_day, nights=nights, own_pools=own_pools, **wanted)
    heads = [day_said(night.day) for night in wards[0].nights] if wards else []
    return StayTable(from_day, nights, heads, [_choice(ward, separator) for ward in wards])


def stay_said(each: Booked) -> str:
    """Return e.g. 2026-11-24 起 3 晚（至 2026-11-27 早）; the last day is that of leaving."""
    return nights_said(local_day(each.starts_at), each.n_places)


def nights_said(first: date, n: int) -> str:
    """Return e.g. 2026-11-24 起 3 晚."""
    return ngettext("%(first)s 起 %(n)s 晚", "%(first)s 起 %(n)s 晚", n) % {"first": first.isoformat(), "n": n}


def _choice(ward: selectors.WardNights, separator: str) -> StayChoice:
    full = "、".join(f"{night.day:%m-%d}" for night in ward.full)
    closed = all(night.place is None for night in ward.full)
    return StayChoice(
        pools=separator.join(str(pool_id) for pool_id in ward.pool_ids) if ward.is_open else "",
        resource=ward.resource,
        department=ward.department,
        place=ward.place,
        nights=[_cell(night) for night in ward.nights],
        why_not=(_("%(days)s 晚未开放") if closed else _("%(days)s 晚已满")) % {"days": full} if full else "",
        earliest=ward.earliest,
        earliest_said=day_said(ward.earliest) if ward.earliest else "",
    )


def _cell(night: selectors.Night) -> NightCell:
    if night.is_own:
        return NightCell(_("本预约"), "blue", "")
    if night.place is None:
        return NightCell(_("未开放"), "grey", "")
    kept = night.place.free_reserved if night.place.reserved and not night.place.is_released else 0
    reserved = _("含预留 %(n)s") % {"n": kept} if kept else ""
    if not night.free:
        return NightCell(_("满"), "red", "")
    return NightCell(_("余 %(n)s") % {"n": night.free}, "green", reserved)
