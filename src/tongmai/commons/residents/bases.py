"""The reasons for which somebody may open a person's record, and who knows of each (filled by config/bases.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, QuerySet, Value

from tongmai.commons.residents.models import Resident
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import NotPreparable, Prepared
from tongmai.kernel.text import N_

# Answers at once, or by rows of which one is enough.
Provider = Callable[..., "bool | QuerySet"]
Since = Callable[[Actor], datetime]


class Basis(StrEnum):
    """Why a record was opened.  The order is the order in which reasons are looked for: the strongest first."""

    SELF = "self"
    GUARDIAN = "guardian"
    OWN_ENCOUNTER = "own_encounter"
    CONTRACT = "contract"
    REFERRAL_RECEIVED = "referral_received"
    REFERRAL_SENT = "referral_sent"
    BOOKING = "booking"
    RESPONSIBLE_AREA = "responsible_area"
    REGISTRATION = "registration"
    EMERGENCY = "emergency"


LABELS = {
    Basis.SELF: N_("本人"),
    Basis.GUARDIAN: N_("监护人"),
    Basis.OWN_ENCOUNTER: N_("本机构就诊"),
    Basis.CONTRACT: N_("家庭医生签约"),
    Basis.REFERRAL_RECEIVED: N_("接收转诊"),
    Basis.REFERRAL_SENT: N_("发出转诊"),
    Basis.BOOKING: N_("预约"),
    Basis.RESPONSIBLE_AREA: N_("辖区居民"),
    Basis.REGISTRATION: N_("建档登记"),
    Basis.EMERGENCY: N_("紧急查阅"),
}


@dataclass(frozen=True)
class _Offer:
    """A provider and how it is asked.  `since`: the instant of policy from which its rows count."""

    provider: Provider
    is_kept: bool
    since: Since | None

    def __call__(self, by: Actor, resident_id: UUID) -> "bool | QuerySet":
        return self.provider(by, resident_id, **({"since": self.since(by)} if self.since else {}))


_offers: dict[Basis, list[_Offer]] = {}


def provide(basis: Basis, *, kept: bool = False, since: Since | None = None) -> Callable[[Provider], Provider]:
    """Register the decorated `(actor, resident_id) -> bool or queryset` as one that knows whether `basis` holds.

    `kept`: the SQL of its rows is kept (orgs/prepared.py).  Then it passes its values on to a queryset and does nothing
    else with them, and `since(actor)` computes beforehand the instant that it takes as `since`.
    """

    def register(provider: Provider) -> Provider:
        known = _offers.setdefault(basis, [])
        if provider not in [each.provider for each in known]:
            known.append(_Offer(provider, kept, since))
        return provider

    return register


def basis_of(by: Actor, resident_id: UUID) -> Basis | None:
    """Return the strongest reason that `by` has to open this person's record; None when there is none.

    One query for all reasons whose SQL is kept; the others are asked one by one, where nothing stronger holds.  Twin:
    `plain_basis_of`.
    """
    kept = [offer for offer in _in_order() if offer.is_kept]
    instants = {_named(i): offer.since(by) for i, offer in enumerate(kept) if offer.since}
    rows = _HELD.rows(by, resident_id=resident_id, **instants)
    held = dict(zip(kept, rows[0] if rows else (False,) * len(kept), strict=True))
    for basis in Basis:
        for offer in _offers.get(basis, []):
            if held[offer] if offer.is_kept else _holds(offer(by, resident_id)):
                return basis
    return None


def plain_basis_of(by: Actor, resident_id: UUID) -> Basis | None:
    """Return what `basis_of` does: each provider is asked for itself."""
    return next(
        (basis for basis in Basis for offer in _offers.get(basis, []) if _holds(offer(by, resident_id))), None
    )  # fmt: skip


def _in_order() -> list[_Offer]:
    return [offer for basis in Basis for offer in _offers.get(basis, [])]


def _named(i: int) -> str:
    return f"since_{i}"


def _holds(known: "bool | QuerySet") -> bool:
    return known.exists() if isinstance(known, QuerySet) else known


def _held(by: Actor, *, resident_id: UUID, **instants: datetime) -> QuerySet:
    asked: list[Any] = []
    for i, offer in enumerate(each for each in _in_order() if each.is_kept):
        since = {"since": instants[_named(i)]} if offer.since else {}
        known = offer.provider(by, resident_id, **since)
        if known is True:  # of whom?  An answer at once cannot be kept
            raise NotPreparable(f"{offer.provider.__name__} answers at once")
        asked.append(Exists(known) if isinstance(known, QuerySet) else Value(False))
    return Resident.objects.filter(id=resident_id).order_by().values_list(*asked)


_HELD = Prepared(_held)
