"""Requests to be entered as somebody's guardian."""

import re
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.resident_requests import access, states
from tongmai.commons.resident_requests.errors import WardAskedAlready, WardUnknown
from tongmai.commons.resident_requests.events import WardAsked, WardRequestMoved
from tongmai.commons.resident_requests.models import WardRequest, WardTransition
from tongmai.commons.resident_requests.states import WARDS, WardState, WardStep
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import rules as resident_rules
from tongmai.commons.residents import services as people
from tongmai.commons.residents.models import Identifier
from tongmai.commons.residents.models.contact import Relation
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.citizen_id import normalised
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.kernel.text import N_

_LIKE_A_CITIZENS = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")
RELATIONS = tuple(
    relation for relation in Relation if relation not in (Relation.SELF, Relation.NEIGHBOUR, Relation.COMMITTEE)
)


def ask_for_ward(*, by: Actor, name: str, number: str, relation: str, note: str = "") -> WardRequest:
    """Ask to be entered as somebody's guardian; whether we know that person is not told.

    Raises:
        NotPermitted: not a resident.  InvalidInput: no name, no usable number, her own number.
        WardAskedAlready: it is under way.
    """
    require(by, Action.SEE_OWN)
    herself = residents.get(by.resident_id, by=by)
    value = _number(number, by)
    if not name.strip():
        raise InvalidInput(field="name", problem=N_("请填写家庭成员的姓名"))
    if relation not in RELATIONS:
        raise InvalidInput(field="relation", problem=N_("请选择您与该成员的关系"))
    if Identifier.objects.filter(resident=herself, value=value).exists():
        raise InvalidInput(field="number", problem=N_("这是您自己的证件号码"))
    within = policy.value("resident_requests.ward_within", on=by.today).timedelta()
    try:
        with transaction.atomic():
            request = WardRequest.objects.create(
                resident=herself, ward_name=name.strip()[:60], ward_number=value, relation=relation,
                note=note.strip()[:200], county_code=herself.county_code, asked_at=by.now, asked_by_id=by.user_id,
                due_at=by.now + within,
            )  # fmt: skip
            _remember(request, "ask", by, "")
            asked = WardAsked(resident_id=herself.id, ward_request_id=request.id)
            audit.record(asked, by=by, subject_id=request.id)
    except IntegrityError:
        raise WardAskedAlready() from None
    return request


@transaction.atomic
def accept_ward(ward_request_id: UUID, *, by: Actor) -> WardRequest:
    """Enter the asking resident as guardian, after her papers were seen; the ward is found by name and number.

    Raises:
        NotFound: absent, or of another county.
        StepNotAllowed: decided already.  WardUnknown: nobody has this name and number.
        Conflict: such a guardian is entered already.
    """
    request = access.ward_request(ward_request_id, by=by, lock=True)
    _check(request, WardStep.ACCEPT, by)
    found = Identifier.objects.filter(
        residents.reach(by, "resident__"), value=request.ward_number, is_current=True,
        resident__name=request.ward_name, resident__merged_into=None,
    ).first()  # fmt: skip
    if found is None:
        raise WardUnknown(field="number")
    request.guardian = people.add_guardian(
        found.resident_id, by=by, name=request.resident.name, relation=request.relation,
        guardian_resident_id=request.resident_id,
    )  # fmt: skip
    return _decide(request, WardStep.ACCEPT, by, "")


@transaction.atomic
def refuse_ward(ward_request_id: UUID, *, by: Actor, reason: str) -> WardRequest:
    """Refuse a request; the resident reads why.

    Raises:
        NotFound: absent, or of another county.
        StepNotAllowed: decided already.  InvalidInput: no reason.
    """
    request = access.ward_request(ward_request_id, by=by, lock=True)
    _check(request, WardStep.REFUSE, by)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    return _decide(request, WardStep.REFUSE, by, reason.strip()[:200])


@transaction.atomic
def withdraw_ward_request(ward_request_id: UUID, *, by: Actor) -> WardRequest:
    """Take a request back.  Raises NotFound: not hers; StepNotAllowed: decided already."""
    request = access.ward_request(ward_request_id, by=by, lock=True)
    _check(request, WardStep.WITHDRAW, by)
    return _decide(request, WardStep.WITHDRAW, by, "")


def _check(request: WardRequest, step: WardStep, by: Actor) -> None:
    states.after_ward(WardState(request.state), step)
    if not WARDS.may(step, sides=access.sides(by), role=by.role):
        raise StepNotAllowed(state=request.state, step=step)


def _decide(request: WardRequest, step: WardStep, by: Actor, reason: str) -> WardRequest:
    """The one place where a request changes state."""
    request.state = states.after_ward(WardState(request.state), step)
    request.decided_at, request.decided_by_id, request.reason = by.now, by.user_id, reason
    request.version += 1
    request.save(update_fields=["state", "decided_at", "decided_by", "reason", "guardian", "version"])
    _remember(request, step, by, reason)
    moved = WardRequestMoved(resident_id=request.resident_id, ward_request_id=request.id, step=str(step))
    audit.record(moved, by=by, subject_id=request.id)
    return request


def _remember(request: WardRequest, step: str, by: Actor, reason: str) -> None:
    WardTransition.objects.create(
        request=request, step=step, to_state=request.state, reason=reason, at=by.now, by_user_id=by.user_id,
        by_name=by.name,
    )  # fmt: skip


def _number(text: str, by: Actor) -> str:
    """A citizen's number, or that of a birth certificate for a child who has none yet."""
    value = normalised(text)
    if _LIKE_A_CITIZENS.fullmatch(value):
        return resident_rules.number("citizen_id", value, today=by.today).value
    return resident_rules.number("birth_certificate", value).value
