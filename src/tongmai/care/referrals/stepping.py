"""One door for programs to all steps: which service a step's name means, and what it is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongmai.care.referrals import access, services
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.services import Given
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Said:
    """What a caller says with a step; each step takes what it needs of it."""

    reason: str = ""
    pool_ids: Sequence[UUID] = ()
    receiver_id: UUID | None = None
    department_id: UUID | None = None
    summary: str = ""
    consent: Given | None = None


def take(step: str, *, referral: Referral, by: Actor, seen_version: int | None, said: Said) -> Referral:
    """Take the step of that name.  The referral is as the caller saw it; the step itself reads it anew, locked.

    Raises:
        StepNotAllowed: the name is not among the steps that `by` may take now.
        Whatever the service of the step raises.
    """
    if step not in {str(each) for each in access.possible_steps(referral, by=by)} or step not in _STEPS:
        raise StepNotAllowed(state=referral.state, step=step)
    return _STEPS[step](referral, said, {"referral_id": referral.id, "by": by, "seen_version": seen_version})


# Steps by which nobody comes into or out of sight, whose services find the referral themselves, locked, compare the
# version and refuse this very step: about these nothing need be asked first.
SURE = frozenset({"accept", "decline", "return", "approve", "send_back", "treat", "close"})


def take_sure(step: str, *, referral_id: UUID, by: Actor, seen_version: int, said: Said) -> Referral:
    """Take one of the steps of `SURE` without reading the referral first.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        Whatever the service of the step raises.
    """
    assert step in SURE, step
    return _STEPS[step](None, said, {"referral_id": referral_id, "by": by, "seen_version": seen_version})


def _with_reason(service: Callable, name: str = "reason") -> Callable:
    return lambda referral, said, base: service(**base, **{name: said.reason})


def _plain(service: Callable) -> Callable:
    return lambda referral, said, base: service(**base)


def _submit(referral: Referral, said: Said, base: dict[str, Any]) -> Referral:
    return services.submit(**base) if referral.direction == "up" else services.submit_down(**base)


def _accept(referral: Any, said: Said, base: dict[str, Any]) -> Referral:
    facts = base | {"note": said.reason, "department_id": said.department_id}
    if said.pool_ids:
        return services.accept_and_book(**facts, pool_ids=list(said.pool_ids))
    return services.accept(**facts)


def _book(referral: Referral, said: Said, base: dict[str, Any]) -> Referral:
    return services.book(**base, pool_ids=list(said.pool_ids))


def _reschedule(referral: Referral, said: Said, base: dict[str, Any]) -> Referral:
    return services.reschedule(**base, pool_ids=list(said.pool_ids), reason=said.reason)


def _redirect(referral: Referral, said: Said, base: dict[str, Any]) -> Referral:
    if said.receiver_id is None:
        raise InvalidInput(field="receiver_id", problem=N_("请选择新的接收机构"))
    return services.redirect(**base, receiver_id=said.receiver_id, reason=said.reason)


def _paperwork(referral: Referral, said: Said, base: dict[str, Any]) -> Referral:
    given = said.consent or Given(relation="", how="")
    return services.complete_paperwork(**base, summary=said.summary, consent_given=given)


def _consent(referral: Referral, said: Said, base: dict[str, Any]) -> Referral:
    return services.record_consent(**base, consent_given=said.consent or Given(relation="", how=""))


_STEPS: dict[str, Callable[[Any, Said, dict[str, Any]], Referral]] = {
    "ask_review": _submit,
    "submit": _submit,
    "send_emergency": _submit,
    "approve": _with_reason(services.approve_review, "note"),
    "send_back": _with_reason(services.send_back),
    "accept": _accept,
    "decline": _with_reason(services.decline),
    "return": _with_reason(services.return_for_information),
    "redirect": _redirect,
    "reassign": _redirect,
    "book": _book,
    "reschedule": _reschedule,
    "arrive": _plain(services.arrive),
    "miss": _plain(services.miss),
    "treat": _with_reason(services.treat, "note"),
    "close": _with_reason(services.close, "note"),
    "withdraw": _with_reason(services.withdraw),
    "complete_paperwork": _paperwork,
    "record_consent": _consent,
    "receive": _plain(services.receive),
    "finish": _with_reason(services.finish, "note"),
}
