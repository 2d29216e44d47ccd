"""The reasons for which somebody may open a person's record, and who knows of each (filled by config/bases.py)."""

from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, QuerySet

from tongmai.commons.residents.models import Resident
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.text import N_

# Answers at once, or by rows of which one is enough.
Provider = Callable[[Actor, UUID], "bool | QuerySet"]


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

_providers: dict[Basis, list[Provider]] = {}


def provide(basis: Basis) -> Callable[[Provider], Provider]:
    """Register the decorated `(actor, resident_id) -> bool or queryset` as one that knows whether `basis` holds."""

    def register(provider: Provider) -> Provider:
        known = _providers.setdefault(basis, [])
        if provider not in known:
            known.append(provider)
        return provider

    return register


def basis_of(by: Actor, resident_id: UUID) -> Basis | None:
    """Return the strongest reason that `by` has to open this person's record; None when there is none.

    One query, whatever the number of reasons: this is asked before every record is opened.
    """
    offered = [(basis, provider(by, resident_id)) for basis in Basis for provider in _providers.get(basis, [])]
    asked = [rows for _, rows in offered if isinstance(rows, QuerySet)]
    answers = iter(_have_rows(asked, resident_id))
    held = [(basis, next(answers) if isinstance(known, QuerySet) else known) for basis, known in offered]
    return next((basis for basis, holds in held if holds), None)


def _have_rows(asked: list[QuerySet], resident_id: UUID) -> tuple[bool, ...]:
    if not asked:
        return ()
    row = Resident.objects.filter(id=resident_id).values_list(*(Exists(rows) for rows in asked)).first()
    return row or (False,) * len(asked)


def provided() -> dict[Basis, int]:
    """Return how many providers each basis has, for the manual and its test."""
    return {basis: len(_providers.get(basis, [])) for basis in Basis}
