"""What the resident's page shows, put together from what each app knows of her."""

from dataclasses import dataclass, field
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from tongmai.commons.capacity import selectors as capacity
from tongmai.commons.capacity.selectors.bookings import BookingFacts
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.selectors import ResidentSummary
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action


@dataclass(frozen=True)
class Step:
    """Something that may be done now, with what it leads to."""

    label: str
    href: str
    icon: str
    consequence: str


@dataclass(frozen=True)
class Chart:
    """One resident as this actor may see her."""

    head: ResidentSummary
    bookings: list[BookingFacts] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def head_of(resident_id: UUID, *, by: Actor) -> ResidentSummary:
    """Return the head of the page: what may be shown of a person who was found."""
    return residents.summary(resident_id, by.today)


def of(opened: OpenedRecord, *, by: Actor) -> Chart:
    """Return the page of an opened record."""
    resident_id = opened.resident.id
    return Chart(
        head=head_of(resident_id, by=by),
        bookings=capacity.bookings_of_resident(resident_id, by=by, coming_only=True),
        steps=_steps(resident_id, by=by),
    )


def _steps(resident_id: UUID, *, by: Actor) -> list[Step]:
    """Return what `by` may do for this resident now, in the order in which it is usually done."""
    offered = (
        (Action.WRITE_RECORD, _("开始就诊"), "stethoscope", "encounters:start", _("记录本次门诊、上门或远程就诊")),
        (Action.WRITE_REFERRAL, _("上转"), "arrow-up-right", "referrals:new", _("填写转诊单，选择接收机构和预留号源")),
        (Action.BOOK, _("预约"), "calendar-plus", "capacity:book", _("为居民预约门诊、检查或床位")),
        (Action.SIGN_CONTRACTS, _("家医签约"), "heart-handshake", "family_doctors:new", _("与本团队签订服务协议")),
        (Action.REGISTER_RESIDENT, _("核对身份信息"), "id", "residents:identity", _("证件、卡、电话、监护人和地址")),
    )
    steps = []
    for action, label, icon, name, consequence in offered:
        if not by.may(action):
            continue
        try:
            href = reverse(name, args=[resident_id])
        except NoReverseMatch:
            continue
        steps.append(Step(label, href, icon, consequence))
    return steps
