"""Messages for programs: the same services as the pages."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from tongmai.exchange import formats, presenters, selectors
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.services import meanings, messages
from tongmai.exchange.states import MessageState
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_
from tongmai.ui.api import Page, Text, paginate, version_named, with_etag

router = Router(tags=["exchange"])

Limit = Annotated[int, Field(ge=1, le=200)]


class MessageLine(Schema):
    id: UUID
    state: str
    kind: str
    control_id: str
    application: str
    facility: str
    received_at: datetime
    referral_id: UUID | None
    format: Literal["hl7v2", "cda"]
    reasons: list[str]  # what its last try found wrong: the `what` of its faults


class FaultOut(Schema):
    """`code` is of HL7 table 0357, `location` like PID-3(2).1; `what` is stable, the words are the reader's."""

    code: str
    location: str
    what: str
    problem: str
    remedy: str


class MessageOut(MessageLine):
    """`text` is what is read, `original` what came where a person has corrected it, else empty."""

    version: int
    outcome: str
    text: str
    original: str
    resident_id: UUID | None
    sender_id: UUID | None
    receiver_id: UUID | None
    steps: list[str]
    faults: list[FaultOut]


class MessagesAsked(Schema):
    """`what`: the held ones whose last try found this wrong."""

    state: MessageState | None = None
    what: Text(24) = ""
    cursor: Text(400) = ""
    limit: Limit = 50


class ReasonOut(Schema):
    """What keeps `n` messages waiting."""

    what: str
    n: int
    problem: str
    remedy: str


class AllIn(Schema):
    what: Text(24, 1)


class AllOut(Schema):
    """How many went in, and how many still wait."""

    n_in: int
    n_held: int


class TextIn(Schema):
    """A corrected text in place of a message's own; what came is kept beside it."""

    text: Annotated[str, Field(min_length=1, max_length=1_000_000, pattern=r"^[^\x00]*$")]
    why: Text(200, 1)


class MessageIn(Schema):
    """One HL7 v2 message, segments ended by any line end; or one shared document (CDA) as text."""

    text: Annotated[str, Field(min_length=1, max_length=1_000_000, pattern=r"^[^\x00]*$")]
    file_name: Text(200) = ""


class CorrectionIn(Schema):
    """What is left out stays as it is."""

    resident_id: UUID | None = None
    sender_id: UUID | None = None
    receiver_id: UUID | None = None
    diagnosis_code: Text(20) = ""
    direction: Literal["", "up", "down"] = ""
    reason: Text(500) = ""
    down_group: Text(16) = ""
    discharge_summary: Text(5_000) = ""
    arrangements: Text(2_000) = ""
    remember: bool = False  # the organisations chosen are what the sender's texts mean from now on


class PersonIn(Schema):
    """What is left out is taken from the message."""

    name: Text(60) = ""
    sex: Literal["", "male", "female"] = ""
    born_on: date | None = None
    id_kind: Text(24) = "citizen_id"
    id_number: Text(40) = ""
    id_issuer: Text(32) = ""


class MeaningIn(Schema):
    """`system`: application/facility as its messages name them, or the application alone."""

    system: Text(361, 1)
    text: Text(180, 1)
    org_id: UUID


class MeaningOut(Schema):
    id: UUID
    system: str
    text: str
    org_id: UUID
    chosen_at: datetime


class MeaningsAsked(Schema):
    cursor: Text(400) = ""
    limit: Limit = 50


class RefusalIn(Schema):
    reason: Text(300, 1)


@router.get("messages/", response=Page[MessageLine], summary="Received messages, newest first")
@may(Action.SEE_MESSAGES)
def all_messages(request: HttpRequest, asked: Query[MessagesAsked]):
    rows = selectors.messages(by=request.actor, state=asked.state or "", what=asked.what)
    items, following = paginate(rows, asked.cursor or None, asked.limit, ("received_at", "id"), newest_first=True)
    reasons = selectors.reasons_of(row["id"] for row in items)
    return {"items": [row | {"reasons": reasons.get(row["id"], [])} for row in items], "next_cursor": following}


@router.get(
    "messages/reasons/", response=list[ReasonOut], summary="What keeps messages waiting, the most frequent first"
)
@may(Action.SEE_MESSAGES)
def held_reasons(request: HttpRequest):
    return presenters.reason_rows(selectors.held_reasons(by=request.actor))


@router.post("messages/try-all/", response=AllOut, summary="Try again what waits for one reason, at most 200 at once")
@may(Action.SEE_MESSAGES)
def try_all_messages(request: HttpRequest, given: AllIn):
    n_in, n_held = messages.try_all(what=given.what, by=request.actor)
    return {"n_in": n_in, "n_held": n_held}


@router.post("messages/", response={200: MessageOut, 201: MessageOut}, summary="Take in a message (again: 200)")
@may(Action.SEE_MESSAGES)
def take_in_message(request: HttpRequest, given: MessageIn):
    taken, is_new = messages.take_in(given.text.encode(), by=request.actor, file_name=given.file_name)
    return Status(201 if is_new else 200, _message(taken.id, request))


@router.post(
    "messages/file/", response={200: MessageOut, 201: MessageOut}, summary="Take in a message or document as its bytes"
)
@may(Action.SEE_MESSAGES)
def take_in_file(request: HttpRequest, file: File[UploadedFile]):
    """Take in one file, HL7 v2 or CDA, in whichever character set; `state` and `faults` say what became of it."""
    if file.size > formats.MOST_BYTES:
        raise InvalidInput(field="file", problem=N_("文件过大"))
    taken, is_new = messages.take_in(file.read(), by=request.actor, file_name=file.name or "", channel="api")
    return Status(201 if is_new else 200, _message(taken.id, request))


@router.get("messages/{uuid:message_id}/", response=MessageOut, summary="One message, and what was wrong with it")
@may(Action.SEE_MESSAGES)
def message(request: HttpRequest, response: HttpResponse, message_id: UUID):
    """Return one message; its ETag is the version that a step may name in If-Match."""
    found = _message(message_id, request)
    with_etag(response, found["version"])
    return found


@router.put("messages/{uuid:message_id}/text/", response=MessageOut, summary="Correct the text and try again")
@may(Action.SEE_MESSAGES)
def put_message_text(request: HttpRequest, message_id: UUID, given: TextIn):
    seen = version_named(request)
    messages.put_text(message_id=message_id, text=given.text, reason=given.why, by=request.actor, seen_version=seen)
    return _message(message_id, request)


@router.post("messages/{uuid:message_id}/correct/", response=MessageOut, summary="Settle what is open and try again")
@may(Action.SEE_MESSAGES)
def correct_message(request: HttpRequest, message_id: UUID, given: CorrectionIn):
    settled = Settled(**given.dict(exclude={"remember"}))
    seen = version_named(request)
    messages.correct(message_id=message_id, by=request.actor, given=settled, remember=given.remember, seen_version=seen)
    return _message(message_id, request)


@router.post("messages/{uuid:message_id}/again/", response=MessageOut, summary="Try a held message again")
@may(Action.SEE_MESSAGES)
def try_message_again(request: HttpRequest, message_id: UUID):
    messages.try_again(message_id=message_id, by=request.actor, seen_version=version_named(request))
    return _message(message_id, request)


@router.post("messages/{uuid:message_id}/register/", response=MessageOut, summary="Register its patient and try again")
@may(Action.REGISTER_RESIDENT)
def register_patient(request: HttpRequest, message_id: UUID, given: PersonIn | None = None):
    person = messages.Person(**given.dict()) if given else None
    seen = version_named(request)
    messages.register_patient(message_id=message_id, by=request.actor, person=person, seen_version=seen)
    return _message(message_id, request)


@router.post("messages/{uuid:message_id}/reject/", response=MessageOut, summary="Refuse a held message")
@may(Action.SEE_MESSAGES)
def reject_message(request: HttpRequest, message_id: UUID, given: RefusalIn):
    seen = version_named(request)
    messages.reject(message_id=message_id, by=request.actor, reason=given.reason, seen_version=seen)
    return _message(message_id, request)


def _message(message_id: UUID, request: HttpRequest) -> dict:
    detail = selectors.message(message_id, by=request.actor)
    told = {name: getattr(detail, name) for name in MessageOut.model_fields if hasattr(detail, name)}
    return told | {
        "faults": presenters.fault_rows(detail.faults),
        "reasons": [fault.what for fault in detail.faults],
        "text": detail.text.whole,
        "original": detail.text.original,
    }


@router.get("messages/meanings/", response=Page[MeaningOut], summary="What the texts of source systems mean")
@may(Action.SEE_MESSAGES)
def all_meanings(request: HttpRequest, asked: Query[MeaningsAsked]):
    rows = selectors.meanings(by=request.actor).values(*MeaningOut.model_fields)
    items, following = paginate(rows, asked.cursor or None, asked.limit, ("system", "text"))
    return {"items": items, "next_cursor": following}


@router.post("messages/meanings/", response=MeaningOut, summary="Let a text of a system mean an organisation")
@may(Action.SEE_MESSAGES)
def remember_meaning(request: HttpRequest, given: MeaningIn):
    return meanings.remember(**given.dict(), by=request.actor)


@router.delete("messages/meanings/{uuid:meaning_id}/", response={204: None}, summary="Take back what a text means")
@may(Action.SEE_MESSAGES)
def forget_meaning(request: HttpRequest, meaning_id: UUID):
    meanings.forget(meaning_id=meaning_id, by=request.actor)
    return Status(204, None)
