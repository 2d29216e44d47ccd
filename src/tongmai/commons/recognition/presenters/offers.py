"""Existing results at the order screen."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.recognition.asking import Check, Offer
from tongmai.commons.recognition.choices import Strength
from tongmai.commons.recognition.presenters.words import REASONS, strength_tag, why_said
from tongmai.ui.words import Tag, day


@dataclass(frozen=True)
class OfferView:
    """One existing result in words.  `left`: how long it still counts; `because`: why it does not count further."""

    report_id: UUID
    name: str
    org: str
    taken_on: str
    mark: str
    tag: Tag
    left: str
    because: tuple[str, ...]
    href: str
    is_binding: bool


def offer_view(offer: Offer, resident_id: UUID, item_code: str) -> OfferView:
    """Return an existing result in words, with the way to look at it."""
    href = reverse("recognition:report", args=[resident_id, offer.report_id])
    return OfferView(
        report_id=offer.report_id, name=offer.name, org=offer.org, taken_on=day(offer.taken_on), mark=offer.mark,
        tag=strength_tag(offer.strength), left=_left(offer), because=_because(offer),
        href=f"{href}?item={item_code}" if offer.strength != Strength.NOT else "",
        is_binding=offer.strength == Strength.MUST,
    )  # fmt: skip


def checked(found: Check, resident_id: UUID, item_code: str) -> dict[str, Any]:
    """Return what the part of the order screen shows (templates/recognition/_offers.html)."""

    def views(offers: tuple[Offer, ...]) -> list[OfferView]:
        return [offer_view(each, resident_id, item_code) for each in offers]

    offers = views(found.offers)
    return {
        "item": found.item,
        "item_code": item_code,
        "resident_id": resident_id,
        "offers": offers,
        "others": views(found.others),
        "is_binding": any(each.is_binding for each in offers),
        "decided": found.decided,
        "standalone": False,
        "anyway": None,
        "reasons": [(str(reason), str(word)) for reason, word in REASONS.items()],
    }


def _left(offer: Offer) -> str:
    if offer.last_day is None or offer.strength == Strength.NOT:
        return ""
    if offer.days_left == 0:
        return _("今天是最后一天")
    return _("还可互认 %(n)s 天，至 %(day)s") % {"n": offer.days_left, "day": day(offer.last_day)}


def _because(offer: Offer) -> tuple[str, ...]:
    if offer.strength == Strength.MUST:
        return (_("标有%(mark)s，在互认范围内：不影响诊疗的应予互认（第十六条）") % {"mark": offer.mark},)
    return tuple(why_said(each, failed_on=day(offer.failed_on)) for each in offer.why)
