"""What the resident's page shows, put together from what each app knows of her."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.care.referrals import presenters as referral_words
from tongmai.care.referrals import selectors as referrals
from tongmai.commons.capacity import selectors as capacity
from tongmai.commons.capacity.selectors.bookings import BookingFacts
from tongmai.commons.encounters import rules as record_rules
from tongmai.commons.encounters import selectors as encounters
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.selectors import ResidentSummary
from tongmai.commons.results import presenters as result_words
from tongmai.commons.results import selectors as results
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.selectors import username_of_resident
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag


@dataclass(frozen=True)
class Step:
    """Something that may be done now, with what it leads to."""

    label: str
    href: str
    icon: str
    consequence: str


@dataclass(frozen=True)
class LastValue:
    """The last measured value of one kind, in the unit that people use."""

    label: str
    value: str
    at: datetime


@dataclass(frozen=True)
class Sent:
    """One referral in a list of the resident's."""

    title: str
    route: str
    tag: Tag
    at: datetime
    booked: str
    href: str


@dataclass(frozen=True)
class Found:
    """One report, order or document of another system in a line; `href` is "" for what is only ordered."""

    title: str
    tag: Tag
    at: datetime
    org: str
    href: str
    n_abnormal: int = 0
    is_critical: bool = False


@dataclass(frozen=True)
class Chart:
    """One resident as this actor may see her."""

    head: ResidentSummary
    allergies: list[encounters.AllergyLine] = field(default_factory=list)
    problems: list[encounters.Problem] = field(default_factory=list)
    medicines: list[encounters.Medicine] = field(default_factory=list)
    values: list[LastValue] = field(default_factory=list)
    groups: list[encounters.TimelineGroup] = field(default_factory=list)
    hrefs: dict[UUID, str] = field(default_factory=dict)
    results: list[Found] = field(default_factory=list)
    documents: list[Found] = field(default_factory=list)
    bookings: list[BookingFacts] = field(default_factory=list)
    referrals: list[Sent] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def head_of(resident_id: UUID, *, by: Actor) -> ResidentSummary:
    """Return the head of the page: what may be shown of a person who was found."""
    return residents.summary(resident_id, by.today)


def of(opened: OpenedRecord, *, by: Actor) -> Chart:
    """Return the page of an opened record."""
    resident_id = opened.resident.id
    head = head_of(resident_id, by=by)
    groups = encounters.timeline(resident_id)
    return Chart(
        head=head,
        allergies=encounters.allergies_of(resident_id),
        problems=encounters.problems(resident_id),
        medicines=encounters.long_term_medicines(resident_id, by.today),
        values=[_last(value) for value in encounters.key_values(resident_id)],
        groups=groups,
        hrefs={
            line.encounter_id: reverse("encounters:detail", args=[line.encounter_id])
            for group in groups
            for line in group.lines
        },
        results=found(resident_id),
        documents=documents(resident_id),
        bookings=capacity.bookings_of_resident(resident_id, by=by, coming_only=True),
        referrals=sent(resident_id, by=by),
        steps=_steps(head, by=by),
    )


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
        )
        for row in referrals.of_resident(resident_id, by=by)
    ]


def found(resident_id: UUID) -> list[Found]:
    """Return what is ordered and what was reported, the latest first."""
    waiting = [
        Found(row.name, Tag(_("已申请"), "blue"), row.at, row.org, "") for row in results.open_requests_of(resident_id)
    ]
    reported = [
        Found(
            row.name, result_words.report_tag(row.status), row.at, row.org, reverse("results:report", args=[row.id]),
            row.n_abnormal, row.is_critical,
        )
        for row in results.reports_of(resident_id)
    ]  # fmt: skip
    return sorted([*waiting, *reported], key=lambda line: line.at, reverse=True)


def documents(resident_id: UUID) -> list[Found]:
    """Return the documents that other systems brought, the latest first."""
    return [
        Found(
            row.title,
            result_words.document_tag(row.status),
            row.at,
            row.org,
            reverse("results:document", args=[row.id]),
        )
        for row in results.documents_of(resident_id)
    ]


# Stored unit → (divisor, unit that is read).
_READ_AS = {
    "systolic": (1, "mmHg"),
    "pulse": (1, N_("次/分")),
    "temperature": (1, "°C"),
    "respiratory_rate": (1, N_("次/分")),
    "spo2": (1, "%"),
    "weight_g": (1000, "kg"),
    "height_mm": (10, "cm"),
    "glucose": (1, "mmol/L"),
}


def _last(value: encounters.KeyValue) -> LastValue:
    divisor, unit = _READ_AS[value.field]
    amount = f"{value.value / divisor:g}" + (f"/{value.second:g}" if value.second is not None else "")
    label = _("血压") if value.field == "systolic" else _(record_rules.VITAL_NAMES[value.field])
    return LastValue(label, f"{amount} {_(unit)}", value.recorded_at)


# Pages that are told the resident in their query; the others have her in their address.
_ASKED_FOR = {"capacity:desk", "referrals:new"}


def _steps(head: ResidentSummary, *, by: Actor) -> list[Step]:
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
    steps = []
    for action, label, icon, name, consequence in offered:
        if not by.may(action) or (head.died_on and name != "residents:identity"):
            continue
        href = f"{reverse(name)}?resident={head.id}" if name in _ASKED_FOR else reverse(name, args=[head.id])
        steps.append(Step(label, href, icon, consequence))
    return steps
