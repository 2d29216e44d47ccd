"""Cards and codes: handed out, reported lost, found, ended."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from tongmai.commons.residents import access
from tongmai.commons.residents.errors import NumberTaken
from tongmai.commons.residents.events import MediumIssued, MediumMoved
from tongmai.commons.residents.models import Medium, MediumTransition
from tongmai.commons.residents.services.keys import rewrite_keys
from tongmai.commons.residents.states import MediumState, MediumStep, after
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.citizen_id import normalised
from tongmai.kernel.errors import InvalidInput, NotFound, VersionConflict
from tongmai.kernel.text import N_

_ENDED = (MediumState.REVOKED, MediumState.REPLACED)


def issue_medium(
    resident_id: UUID, *, by: Actor, kind: str, number: str, valid_before: date | None = None
) -> Medium:  # fmt: skip
    """Hand out a card or code.

    Raises:
        NotFound, NotPermitted: not in reach; this post registers nobody.
        InvalidInput: no number, or a temporary card without an end in the future.
        NumberTaken: this number was handed out before, to whomever and in whatever state it is.
    """
    require(by, Action.REGISTER_RESIDENT)
    text = normalised(number)
    if not 4 <= len(text) <= 64:
        raise InvalidInput(field="number", problem=N_("卡号应为 4–64 位"))
    if valid_before is not None and valid_before <= by.today:
        raise InvalidInput(field="valid_before", problem=N_("有效期应晚于今天"))
    if kind == Medium.Kind.TEMPORARY_CARD and valid_before is None:
        raise InvalidInput(field="valid_before", problem=N_("临时卡须有有效期"))
    try:
        with transaction.atomic():
            return _issue(resident_id, Medium.Kind(kind), text, valid_before, by)
    except IntegrityError:
        raise NumberTaken() from None


@transaction.atomic
def move_medium(medium_id: UUID, step: MediumStep, *, by: Actor, reason: str, version: int | None = None) -> Medium:
    """Take one step in the life of a card or code: report it lost, find it, revoke it, replace it.

    Raises:
        NotFound, NotPermitted; StepNotAllowed: the table has no such row.
        InvalidInput: no reason.  VersionConflict: somebody else moved it since.
    """
    require(by, Action.REGISTER_RESIDENT)
    medium = Medium.objects.filter(access.reach(by, "resident__"), id=medium_id).first()
    if medium is None:
        raise NotFound()
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    seen = medium.version if version is None else version
    state = after(MediumState(medium.state), MediumStep(step))
    ended = {"ended_at": by.now, "ended_by_id": by.user_id} if state in _ENDED else {}
    if not Medium.objects.filter(id=medium.id, version=seen).update(state=state, version=F("version") + 1, **ended):
        raise VersionConflict(seen=seen)
    MediumTransition.objects.create(
        medium=medium, step=step, to_state=state, reason=reason.strip()[:200],
        at=by.now, by_user_id=by.user_id, by_name=by.name,
    )  # fmt: skip
    rewrite_keys(medium.resident_id)
    audit.record(
        MediumMoved(resident_id=medium.resident_id, medium_id=medium.id, step=str(step)),
        by=by,
        subject_id=medium.resident_id,
    )
    medium.refresh_from_db()
    return medium


def _issue(resident_id: UUID, kind: str, number: str, valid_before: date | None, by: Actor) -> Medium:
    resident = access.get(resident_id, by=by, lock=True)
    medium = Medium.objects.create(
        resident=resident, kind=kind, number=number, valid_before=valid_before,
        issued_at=by.now, issued_by_id=by.user_id,
    )  # fmt: skip
    rewrite_keys(resident.id)
    audit.record(
        MediumIssued(resident_id=resident.id, medium_id=medium.id, kind=str(kind)), by=by, subject_id=resident.id
    )
    return medium
