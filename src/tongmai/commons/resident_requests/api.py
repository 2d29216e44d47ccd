"""The JSON API of disputes and of requests to be entered as a guardian: for residents, and for those who answer."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tongmai.commons.resident_requests import selectors, services
from tongmai.commons.resident_requests.states import DisputeStep
from tongmai.commons.residents import log_marks
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Text

router = Router(tags=["residents"])
Limit = Annotated[int, Field(ge=1, le=200)]
Said = Text(2_000)


class SettlingIn(StrEnum):
    """How a dispute is answered: explained, put right, or rejected."""

    ANSWER = "answer"
    CORRECT = "correct"
    REJECT = "reject"


class AccessDisputeIn(Schema):
    """She does not know why somebody looked: the `mark` of that line of her access log."""

    mark: Text(200, least=1)
    said: Said


class EntryDisputeIn(Schema):
    """An entry of the record is wrong, or another's."""

    entry_kind: Text(20, least=1)
    entry_id: UUID
    said: Said


class SaidIn(Schema):
    said: Said


class SettleIn(SaidIn):
    step: SettlingIn


class WardIn(Schema):
    """Whose guardian she asks to be entered as; whether we know that person is not told."""

    name: Text(60)
    number: Text(40)
    relation: Text(20)
    note: Text(200) = ""


class ReasonIn(Schema):
    reason: Text(200)


class DisputeOut(Schema):
    """One dispute; of whose it is, the name as it is masked for those who must not know it."""

    id: UUID
    resident_id: UUID
    resident_masked: str
    kind: str
    about: str
    said: str
    state: str
    raised_at: datetime
    due_at: datetime
    answer: str
    answered_at: datetime | None
    org_name: str
    entry_kind: str
    entry_id: UUID | None


class DisputeStepOut(Schema):
    """What was done, what was said with it, and by whom."""

    step: str
    said: str
    at: datetime
    who: str
    org: str


class DisputePageOut(DisputeOut):
    """A dispute with its history and the steps that the caller may take."""

    history: list[DisputeStepOut]
    steps: list[str]


class WardOut(Schema):
    """One request to be entered as a guardian, with the steps that the caller may take."""

    id: UUID
    resident_id: UUID
    resident_name: str
    resident_id_masked: str
    ward_name: str
    ward_number: str
    relation: str
    note: str
    state: str
    asked_at: datetime
    due_at: datetime
    reason: str
    steps: list[str]


@router.get("/residents/{uuid:resident_id}/disputes/", response=list[DisputeOut])
@may(Action.SEE_OWN)
def disputes_of(request: HttpRequest, resident_id: UUID) -> Any:
    """Return what she, or her guardian, disputes in her record, the latest first."""
    return selectors.disputes_of(resident_id, by=request.actor)


@router.post("/residents/{uuid:resident_id}/disputes/access/", response={201: DisputePageOut})
@may(Action.SEE_OWN)
def dispute_access(request: HttpRequest, resident_id: UUID, body: AccessDisputeIn) -> Any:
    """Ask why somebody opened the record; the county's audit administrator answers."""
    log_id = log_marks.marked(body.mark)
    made = services.dispute_access(resident_id, by=request.actor, access_log_id=log_id, said=body.said)
    return Status(201, _page(request, made.id))


@router.post("/residents/{uuid:resident_id}/disputes/entry/", response={201: DisputePageOut})
@may(Action.SEE_OWN)
def dispute_entry(request: HttpRequest, resident_id: UUID, body: EntryDisputeIn) -> Any:
    """Say that an entry is wrong or another's; the organisation that wrote it answers."""
    made = services.dispute_entry(
        resident_id, by=request.actor, entry_kind=body.entry_kind, entry_id=body.entry_id, said=body.said
    )
    return Status(201, _page(request, made.id))


@router.post("/residents/{uuid:resident_id}/disputes/identity/", response={201: DisputePageOut})
@may(Action.SEE_OWN)
def dispute_identity(request: HttpRequest, resident_id: UUID, body: SaidIn) -> Any:
    """Say that name, numbers, phone or address are wrong."""
    made = services.dispute_identity(resident_id, by=request.actor, said=body.said)
    return Status(201, _page(request, made.id))


@router.get("/disputes/", response=list[DisputeOut])
@may(Action.ANSWER_DISPUTES)
def disputes_waiting(request: HttpRequest, limit: Limit = 50) -> Any:
    """Return the disputes that wait for the caller's answer, the most urgent first."""
    return selectors.disputes_waiting(by=request.actor, limit=limit)


@router.get("/disputes/{uuid:dispute_id}/", response=DisputePageOut)
@may(Action.ANSWER_DISPUTES, Action.SEE_OWN)
def dispute(request: HttpRequest, dispute_id: UUID) -> Any:
    """Return one dispute, to whose it is and to who answers."""
    return _page(request, dispute_id)


@router.post("/disputes/{uuid:dispute_id}/settle/", response=DisputePageOut)
@may(Action.ANSWER_DISPUTES)
def settle_dispute(request: HttpRequest, dispute_id: UUID, body: SettleIn) -> Any:
    """Answer it; the resident reads what is said."""
    services.settle(dispute_id, by=request.actor, step=DisputeStep(body.step), said=body.said)
    return _page(request, dispute_id)


@router.post("/disputes/{uuid:dispute_id}/reopen/", response=DisputePageOut)
@may(Action.SEE_OWN)
def reopen_dispute(request: HttpRequest, dispute_id: UUID, body: SaidIn) -> Any:
    """Say, once, that the answer is not enough."""
    services.reopen(dispute_id, by=request.actor, said=body.said)
    return _page(request, dispute_id)


@router.post("/disputes/{uuid:dispute_id}/withdraw/", response=DisputePageOut)
@may(Action.SEE_OWN)
def withdraw_dispute(request: HttpRequest, dispute_id: UUID) -> Any:
    """Take it back."""
    services.withdraw(dispute_id, by=request.actor)
    return _page(request, dispute_id)


@router.get("/ward-requests/", response=list[WardOut])
@may(Action.SEE_OWN, Action.MATCH_RESIDENTS)
def ward_requests(request: HttpRequest, open_only: bool = False, limit: Limit = 50) -> Any:
    """Return her own requests to a resident, those of the county to its registrars."""
    return selectors.ward_requests(by=request.actor, open_only=open_only, limit=limit)


@router.post("/ward-requests/", response={201: WardOut})
@may(Action.SEE_OWN)
def ask_for_ward(request: HttpRequest, body: WardIn) -> Any:
    """Ask to be entered as somebody's guardian; a registrar looks at the papers."""
    made = services.ask_for_ward(by=request.actor, **body.dict())
    return Status(201, selectors.ward_request(made.id, by=request.actor))


@router.get("/ward-requests/{uuid:ward_request_id}/", response=WardOut)
@may(Action.SEE_OWN, Action.MATCH_RESIDENTS)
def ward_request(request: HttpRequest, ward_request_id: UUID) -> Any:
    return selectors.ward_request(ward_request_id, by=request.actor)


@router.post("/ward-requests/{uuid:ward_request_id}/accept/", response=WardOut)
@may(Action.MATCH_RESIDENTS)
def accept_ward(request: HttpRequest, ward_request_id: UUID) -> Any:
    """Enter the asking resident as guardian, after her papers were seen."""
    services.accept_ward(ward_request_id, by=request.actor)
    return selectors.ward_request(ward_request_id, by=request.actor)


@router.post("/ward-requests/{uuid:ward_request_id}/refuse/", response=WardOut)
@may(Action.MATCH_RESIDENTS)
def refuse_ward(request: HttpRequest, ward_request_id: UUID, body: ReasonIn) -> Any:
    """Refuse a request; the resident reads why."""
    services.refuse_ward(ward_request_id, by=request.actor, reason=body.reason)
    return selectors.ward_request(ward_request_id, by=request.actor)


@router.post("/ward-requests/{uuid:ward_request_id}/withdraw/", response=WardOut)
@may(Action.SEE_OWN)
def withdraw_ward(request: HttpRequest, ward_request_id: UUID) -> Any:
    """Take a request back."""
    services.withdraw_ward_request(ward_request_id, by=request.actor)
    return selectors.ward_request(ward_request_id, by=request.actor)


def _page(request: HttpRequest, dispute_id: UUID) -> dict[str, Any]:
    found = selectors.dispute(dispute_id, by=request.actor)
    return {**vars(found.line), "history": found.history, "steps": found.steps}
