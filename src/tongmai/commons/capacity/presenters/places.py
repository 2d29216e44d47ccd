"""Sessions, free places and bookings as bars, lines and choices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.capacity import selectors
from tongmai.commons.capacity.presenters.labels import (
    SHARES,
    SOURCES,
    STEPS,
    day_said,
    hours_said,
    person_said,
    share_tag,
    state_tag,
)
from tongmai.commons.capacity.presenters.stays import stay_said
from tongmai.commons.capacity.sources import SourceKind
from tongmai.commons.capacity.states import Kind, Share, Step
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.words import Tag, TimelineEntry, day, when

_BAR_WIDTH = 120
_RECEIVING = {Role.REGISTRAR, Role.NURSE, Role.GENERAL_PRACTITIONER, Role.SPECIALIST, Role.REFERRAL_COORDINATOR}


@dataclass(frozen=True)
class Bar:
    """A session's places as three lengths of one bar (in its own units), and the same in words.

    Drawn from the left: taken, free public; at the right end free reserved.
    """

    width: int
    taken: int
    free_reserved: int
    words: str
    reserved_words: str


def bar(*, total: int, taken: int, reserved: int, reserved_left: int) -> Bar:
    """Return the bar of a session: taken from the left, free reserved places from the right, free public between."""
    whole = max(total, 1)
    return Bar(
        width=_BAR_WIDTH,
        taken=taken * _BAR_WIDTH // whole,
        free_reserved=reserved_left * _BAR_WIDTH // whole,
        words=_("已约 %(taken)s / 共 %(total)s") % {"taken": taken, "total": total},
        reserved_words=reserved_said(reserved_left, reserved),
    )


def reserved_said(left: int, reserved: int) -> str:
    """Return e.g. 为家庭医生转诊保留 4/18: free of all reserved places."""
    return _("为家庭医生转诊保留 %(left)s/%(reserved)s") % {"left": left, "reserved": reserved} if reserved else ""


@dataclass(frozen=True)
class Cell:
    """One session on the board, ready to be drawn."""

    pool_id: Any
    hours: str
    label: str
    bar: Bar
    free: int
    tone: str
    note: str


def board_cells(sessions: Sequence[selectors.BoardSession], now: datetime) -> list[Cell]:
    """Return the sessions of one resource and day."""
    return [_cell(each, now) for each in sessions]


def _cell(each: selectors.BoardSession, now: datetime) -> Cell:
    made = _bar_of(each, taken=each.taken)
    note, tone = _cell_note(each, now)
    hours = hours_said(each.starts_at, each.ends_at)
    return Cell(
        pool_id=each.pool_id,
        hours=hours,
        label=f"{hours} {made.words} {made.reserved_words} {note}".strip(),
        bar=made,
        free=each.free,
        tone=tone,
        note=note,
    )


def _bar_of(each: selectors.BoardSession | selectors.FreePlace, taken: int) -> Bar:
    """What has been released is open to everybody: it is no longer drawn, or called, reserved."""
    kept = not each.is_released
    return bar(total=each.total, taken=taken, reserved=each.reserved * kept, reserved_left=each.reserved_left * kept)


def _cell_note(each: selectors.BoardSession, now: datetime) -> tuple[str, str]:
    if each.is_closed:
        return _("停诊"), "red"
    if each.ends_at <= now:
        return _("已结束"), "grey"
    if each.free == 0:
        return _("已满"), "amber"
    return (_("已释放"), "green") if each.is_released and each.reserved else ("", "blue")


def session_bar(each: selectors.SessionFacts) -> Bar:
    """Return the bar of one session's page; what has been released is open to everybody."""
    kept, fill = not each.is_released, each.fill
    return bar(
        total=fill.total,
        taken=fill.taken,
        reserved=fill.reserved * kept,
        reserved_left=fill.free_in_reserved_part * kept,
    )


def session_facts(each: selectors.SessionFacts) -> list[tuple[str, str]]:
    """Return the facts of a session as label and value."""
    fill = each.fill
    return [
        (_("机构"), each.org),
        (_("科室"), each.department),
        (_("时间"), f"{day(each.starts_at)} {hours_said(each.starts_at, each.ends_at)}"),
        (_("医生"), each.practitioner),
        (_("名额"), _("共 %(total)s，已约 %(taken)s") % {"total": fill.total, "taken": fill.taken}),
        (
            _("家庭医生转诊预留"),
            _("%(n)s（其中剩余 %(left)s）") % {"n": fill.reserved, "left": fill.free_in_reserved_part},
        ),
        (_("转诊已用预留"), fill.taken_reserved),
        (_("转诊借用公共"), fill.taken_borrowed),
        (_("预留释放时间"), when(each.release_at) + (_("（已释放）") if each.is_released else "")),
    ]


@dataclass(frozen=True)
class FreeChoice:
    """A place that can be chosen: `pools` is what the form sends."""

    pools: str
    resource: str
    department: str
    practitioner: str
    place: str
    when: str
    bar: Bar
    free: int
    released: bool


def free_choices(kind: Kind, wanted: dict[str, Any]) -> list[FreeChoice]:
    """Return the free clinics or examinations as choices.  `wanted` are the selector's arguments."""
    return [_place_choice(place) for place in selectors.free_places(kind=kind, **wanted)]


def _place_choice(place: selectors.FreePlace) -> FreeChoice:
    return FreeChoice(
        pools=str(place.pool_id),
        resource=place.resource,
        department=place.department,
        practitioner=place.practitioner,
        place=place.place,
        when=f"{day_said(place.day)} {hours_said(place.starts_at, place.ends_at)}",
        bar=_bar_of(place, taken=place.total - place.left),
        free=place.free,
        released=place.is_released and place.reserved > 0,
    )


def _session_said(each: selectors.BookingFacts) -> str:
    return f"{day(each.starts_at)} {hours_said(each.starts_at, each.ends_at)}"


def booking_facts(each: selectors.BookingFacts) -> list[tuple[str, Any]]:
    """Return the facts of a booking as label and value."""
    return [
        (_("机构"), each.org),
        (_("科室"), each.department),
        (_("资源"), each.resource),
        (_("医生"), each.practitioner),
        (_("时间"), stay_said(each) if each.kind == Kind.BED else _session_said(each)),
        (_("序号"), "、".join(str(number) for number in each.numbers)),
        (_("地点"), each.place),
        (_("须知"), each.notice),
        (_("名额来源"), str(SHARES[Share(each.share)])),
        (_("来源"), str(SOURCES[SourceKind(each.source_kind)])),
        (_("占位截止"), when(each.held_until) if each.held_until else ""),
    ]


def steps_in_place(steps: Iterable[Step], source_kind: str) -> list[tuple[str, str]]:
    """Return (step, label) of those that a desk takes with one press; none for a referral's booking."""
    at_desk = selectors.steps_at_desk(steps, source_kind)
    return [(step.value, str(STEPS[step])) for step in at_desk if step != Step.RESCHEDULE]


def source_href(source_kind: str, source_id: UUID | None, *, by: Actor) -> str:
    """Return the address of what a booking was made for, where the steps are taken; "" where there is none for `by`."""
    if source_kind != SourceKind.REFERRAL or source_id is None or not by.may(Action.SEE_REFERRALS):
        return ""
    return reverse("referrals:detail", args=[source_id])


def arrive_href(source_kind: str, source_id: UUID | None, steps: Sequence[Step], *, by: Actor) -> str:
    """Return where the arrival of a referred resident is posted to, so that both sides hear of it; else "".

    The referral's own table decides; here the button is only offered to those who stand at a desk.
    """
    at_desk = Step.ARRIVE in steps and by.role in _RECEIVING
    if not at_desk or not source_href(source_kind, source_id, by=by):
        return ""
    return reverse("referrals:step", args=[source_id, "arrive"])


@dataclass(frozen=True)
class VisitorRow:
    """One line of a session's list."""

    facts: selectors.Visitor
    state: Tag
    share: Tag
    source: str
    href: str  # of the referral
    arrive_href: str  # where the referral's own arrival is registered, "" where that is not for her now
    who: str
    steps: Sequence[tuple[str, str]]  # (step, label) of those taken in place
    may_move: bool


def visitor_rows(found: Iterable[selectors.Visitor], *, by: Actor) -> list[VisitorRow]:
    """Return the lines of a session's list.  The steps of a referral's booking are taken on the referral."""
    return [_visitor_row(each, by) for each in found]


def _visitor_row(each: selectors.Visitor, by: Actor) -> VisitorRow:
    return VisitorRow(
        facts=each,
        state=state_tag(each.state),
        share=share_tag(each.share),
        source=str(SOURCES[SourceKind(each.source_kind)]),
        href=source_href(each.source_kind, each.source_id, by=by),
        arrive_href=arrive_href(each.source_kind, each.source_id, each.steps, by=by),
        who=person_said(each.name, each.sex, each.age),
        steps=steps_in_place(each.steps, each.source_kind),
        may_move=Step.RESCHEDULE in selectors.steps_at_desk(each.steps, each.source_kind),
    )


def history_entries(steps: Iterable[Any]) -> list[TimelineEntry]:
    """Return the history of a booking as a timeline."""
    return [
        TimelineEntry(
            at=each.at,
            title=_("预约") if each.step == "book" else str(STEPS[Step(each.step)]),
            who=each.who,
            org=each.org,
            reason=each.reason,
        )
        for each in steps
    ]
