"""What the resident's page shows, put together from what each app knows of her."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongmai.care.referrals import presenters as referral_words
from tongmai.care.referrals import selectors as referrals
from tongmai.care.referrals.states import OPEN_STATES
from tongmai.commons.encounters import selectors as encounters
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents import timeline as record
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.selectors import ResidentSummary
from tongmai.commons.residents.timeline import Entry, Facets, Page, Window
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.selectors import username_of_resident
from tongmai.portal import series
from tongmai.ui.addresses import of_row
from tongmai.ui.words import Tag

LAST_VALUES = 10  # beside the timeline; all of them stand on the page of the courses


@dataclass(frozen=True)
class Step:
    """Something that may be done now, with what it leads to."""

    label: str
    href: str
    icon: str
    consequence: str


@dataclass(frozen=True)
class LastValue:
    """The last value of one course, where it is going, and the small line of the last few."""

    label: str
    value: str
    at: datetime
    turn: str
    path: str
    href: str
    is_outside: bool = False
    is_critical: bool = False


@dataclass(frozen=True)
class Sent:
    """One referral in a list of the resident's."""

    title: str
    route: str
    tag: Tag
    at: datetime
    booked: str
    href: str
    state: str
    is_open: bool


class Month(NamedTuple):
    """The entries of one month, or of what is still to come; `title` "" where they go on from the page before."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class Glance:
    """What a doctor wants to know at once of one resident."""

    head: ResidentSummary
    allergies: list[encounters.AllergyLine] = field(default_factory=list)
    problems: list[encounters.Problem] = field(default_factory=list)
    closed: list[encounters.Problem] = field(default_factory=list)
    medicines: list[encounters.Medicine] = field(default_factory=list)
    values: list[LastValue] = field(default_factory=list)
    referrals: list[Sent] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """The record in time, as it is asked for: by month, or by episode."""

    months: list[Month]
    groups: list[encounters.TimelineGroup]
    facets: Facets
    page: Page | None = None


def head_of(resident_id: UUID, *, by: Actor) -> ResidentSummary:
    """Return the head of the page: what may be shown of a person who was found."""
    return residents.summary(resident_id, by.today)


def of(opened: OpenedRecord, *, by: Actor) -> Glance:
    """Return what of an opened record does not depend on what its page is narrowed by."""
    resident_id, view = opened.resident.id, opened.view
    listed = encounters.problem_list(resident_id, view)
    return Glance(
        head=head_of(resident_id, by=by),
        allergies=encounters.allergies_of(resident_id),
        problems=[each for each in listed if each.closed_on is None],
        closed=[each for each in listed if each.closed_on is not None],
        medicines=encounters.long_term_medicines(resident_id, by.today, view),
        values=last_values(opened, by=by),
        referrals=[each for each in sent(resident_id, by=by) if each.is_open],
    )


def story(
    opened: OpenedRecord, *, by: Actor, window: Window, by_episode: bool = False, is_counted: bool = True
) -> Story:
    """Return a page of an opened record in time, with how many entries there are of what where that is asked."""
    if by_episode:
        window = replace(window, kinds=(record.Kind.ENCOUNTER,))
    facets = record.facets(opened, by=by, window=window) if is_counted else Facets(0, {})
    if by_episode:
        return Story([], encounters.timeline(opened, by=by, window=window), facets)
    page = record.page(opened, by=by, window=window)
    return Story(by_month(page.entries, now=by.now, after=window.after), [], facets, page)


def by_month(entries: Sequence[Entry], *, now: datetime, after: record.Cursor | None) -> list[Month]:
    """Return entries, the latest first, by month; the month that the page before ended in gets no title again."""
    said = _month(after.at, now) if after else ""
    months: list[Month] = []
    for entry in entries:
        title = _month(entry.at, now)
        if title != said or not months:
            months.append(Month(title if title != said else "", []))
            said = title
        months[-1].entries.append(entry)
    return months


def _month(at: datetime, now: datetime) -> str:
    if at > now:
        return _("接下来")
    local = timezone.localtime(at)
    return _("%(year)s 年 %(month)s 月") % {"year": local.year, "month": local.month}


def last_values(opened: OpenedRecord, *, by: Actor, most: int = LAST_VALUES) -> list[LastValue]:
    """Return the last value of each course, those that doctors follow first."""
    address = of_row("portal:resident-values", opened.resident.id)
    return [
        LastValue(
            label=each.label,
            value=f"{each.last.text} {each.unit}".strip(),
            at=each.last.at,
            turn=series.turn(each),
            path=series.small(each),
            href=f"{address}?value={each.key}",
            is_outside=each.last.is_outside,
            is_critical=each.last.is_critical,
        )
        for each in series.readable(series.lately(opened), opened, by=by)[:most]
    ]


def sent(resident_id: UUID, *, by: Actor) -> list[Sent]:
    """Return the resident's referrals that `by` may see, the latest first; only staff get links to their pages."""
    return [
        Sent(
            title=f"{referral_words.DIRECTIONS[row.direction]} · {row.diagnosis_name}",
            route=f"{row.sender} → {row.receiver} {row.department}".strip(),
            tag=referral_words.tag(row.state),
            at=row.submitted_at or row.created_at,
            booked=row.booked_place,
            href=reverse("referrals:detail", args=[row.id]) if by.may(Action.SEE_REFERRALS) else "",
            state=row.state,
            is_open=row.state in OPEN_STATES or row.state == "draft",
        )
        for row in referrals.of_resident(resident_id, by=by)
    ]


# Pages that are told the resident in their query; the others have her in their address.
_ASKED_FOR = {"capacity:desk", "referrals:new"}


def steps(head: ResidentSummary, *, by: Actor) -> list[Step]:
    """Return what `by` may do for this resident now, in the order in which it is usually done."""
    registers = by.may(Action.REGISTER_RESIDENT)
    account = _("重新发放居民密码") if registers and username_of_resident(head.id) else _("开通居民账号")
    offered = (
        (Action.WRITE_RECORD, _("开始就诊"), "stethoscope", "encounters:start", _("记录本次门诊、上门或远程就诊")),
        (Action.WRITE_REFERRAL, _("上转"), "arrow-up-right", "referrals:new", _("填写转诊单，选择接收机构和预留号源")),
        (Action.BOOK, _("预约"), "calendar-plus", "capacity:desk", _("为居民预约门诊、检查或床位")),
        (Action.SIGN_CONTRACTS, _("家医签约"), "heart-handshake", "family_doctors:new", _("与本团队签订服务协议")),
        (Action.REGISTER_RESIDENT, _("核对身份信息"), "id", "residents:identity", _("证件、卡、电话、监护人和地址")),
        (
            Action.REGISTER_RESIDENT,
            account,
            "key",
            "residents:account",
            _("核对证件后，让居民能看自己的档案"),
        ),
    )
    found = []
    for action, label, icon, name, consequence in offered:
        if not by.may(action) or (head.died_on and name != "residents:identity"):
            continue
        href = f"{reverse(name)}?resident={head.id}" if name in _ASKED_FOR else reverse(name, args=[head.id])
        found.append(Step(label, href, icon, consequence))
    return found
