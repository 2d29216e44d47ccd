"""Messages and imports for programs: the same services as the pages."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from tongmai.exchange import presenters, selectors
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.services import imports, meanings, messages
from tongmai.exchange.states import MessageState
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_
from tongmai.ui.api import Page, Text, paginate

router = Router(tags=["exchange"])
MOST_BYTES = 50 * 1024 * 1024

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


class FaultOut(Schema):
    """`code` is of HL7 table 0357, `location` like PID-3(2).1; `what` is stable, the words are the reader's."""

    code: str
    location: str
    what: str
    problem: str
    remedy: str


class MessageOut(MessageLine):
    resident_id: UUID | None
    sender_id: UUID | None
    receiver_id: UUID | None
    steps: list[str]
    faults: list[FaultOut]


class MessagesAsked(Schema):
    state: MessageState | None = None
    cursor: Text(400) = ""
    limit: Limit = 50


class MessageIn(Schema):
    """One HL7 v2 message; segments may end with any line end."""

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


class ImportIn(Schema):
    kind: Literal["residents", "staff"]
    source: Text(60, 1)


class ImportOut(Schema):
    """`counts`: rows by fate.  While `state` is checking or applying, call go-on until it is not."""

    id: UUID
    kind: str
    source: str
    file_name: str
    state: str
    total_rows: int
    done_rows: int
    created_at: datetime
    counts: dict[str, int]
    steps: list[str]


class RowOut(Schema):
    line: int
    identity: str
    fate: str
    what: str
    reason: str
    remedy: str


class RowsAsked(Schema):
    fate: Literal["", "unknown", "new", "updated", "same", "held", "rejected"] = ""
    cursor: Text(400) = ""
    limit: Limit = 100


@router.get("messages/", response=Page[MessageLine], summary="Received messages, newest first")
@may(Action.SEE_MESSAGES)
def all_messages(request: HttpRequest, asked: Query[MessagesAsked]):
    rows = selectors.messages(by=request.actor, state=asked.state or "")
    items, following = paginate(rows, asked.cursor or None, asked.limit, ("received_at", "id"), newest_first=True)
    return {"items": items, "next_cursor": following}


@router.post("messages/", response={200: MessageOut, 201: MessageOut}, summary="Take in a message (again: 200)")
@may(Action.SEE_MESSAGES)
def take_in_message(request: HttpRequest, given: MessageIn):
    taken, is_new = messages.take_in(given.text.encode(), by=request.actor, file_name=given.file_name)
    return Status(201 if is_new else 200, _message(taken.id, request))


@router.get("messages/{uuid:message_id}/", response=MessageOut, summary="One message, and what was wrong with it")
@may(Action.SEE_MESSAGES)
def message(request: HttpRequest, message_id: UUID):
    return _message(message_id, request)


@router.post("messages/{uuid:message_id}/correct/", response=MessageOut, summary="Settle what is open and try again")
@may(Action.SEE_MESSAGES)
def correct_message(request: HttpRequest, message_id: UUID, given: CorrectionIn):
    settled = Settled(**given.dict(exclude={"remember"}))
    messages.correct(message_id=message_id, by=request.actor, given=settled, remember=given.remember)
    return _message(message_id, request)


@router.post("messages/{uuid:message_id}/again/", response=MessageOut, summary="Try a held message again")
@may(Action.SEE_MESSAGES)
def try_message_again(request: HttpRequest, message_id: UUID):
    messages.try_again(message_id=message_id, by=request.actor)
    return _message(message_id, request)


@router.post("messages/{uuid:message_id}/register/", response=MessageOut, summary="Register its patient and try again")
@may(Action.REGISTER_RESIDENT)
def register_patient(request: HttpRequest, message_id: UUID, given: PersonIn | None = None):
    person = messages.Person(**given.dict()) if given else None
    messages.register_patient(message_id=message_id, by=request.actor, person=person)
    return _message(message_id, request)


@router.post("messages/{uuid:message_id}/reject/", response=MessageOut, summary="Refuse a held message")
@may(Action.SEE_MESSAGES)
def reject_message(request: HttpRequest, message_id: UUID, given: RefusalIn):
    messages.reject(message_id=message_id, by=request.actor, reason=given.reason)
    return _message(message_id, request)


def _message(message_id: UUID, request: HttpRequest) -> dict:
    detail = selectors.message(message_id, by=request.actor)
    return asdict(detail) | {"faults": presenters.fault_rows(detail.faults)}


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


@router.post("imports/", response={201: ImportOut}, summary="Upload a register (CSV or .xlsx) for a dry run")
@may(Action.IMPORT, Action.MANAGE_POSTS)
def start_import(request: HttpRequest, given: Form[ImportIn], file: File[UploadedFile]):
    if file.size > MOST_BYTES:
        raise InvalidInput(field="file", problem=N_("文件过大，请按乡镇拆分后分次导入。"))
    run = imports.start(
        kind=given.kind, source=given.source, file_name=file.name or "", content=file.read(), by=request.actor
    )
    return Status(201, _import(run.id, request))


@router.get("imports/{uuid:run_id}/", response=ImportOut, summary="How far an import is")
@may(Action.IMPORT, Action.MANAGE_POSTS)
def one_import(request: HttpRequest, run_id: UUID):
    return _import(run_id, request)


@router.get("imports/{uuid:run_id}/rows/", response=Page[RowOut], summary="Every row's fate, in the order of the file")
@may(Action.IMPORT, Action.MANAGE_POSTS)
def import_rows(request: HttpRequest, run_id: UUID, asked: Query[RowsAsked]):
    rows = selectors.import_rows(run_id, by=request.actor, fate=asked.fate)
    items, following = paginate(rows, asked.cursor or None, asked.limit, ("line",))
    told = [row | dict(zip(("reason", "remedy"), presenters.row_words(row), strict=True)) for row in items]
    return {"items": told, "next_cursor": following}


@router.post("imports/{uuid:run_id}/go-on/", response=ImportOut, summary="Take the next rows")
@may(Action.IMPORT, Action.MANAGE_POSTS)
def go_on(request: HttpRequest, run_id: UUID):
    imports.go_on(run_id=run_id, by=request.actor)
    return _import(run_id, request)


@router.post("imports/{uuid:run_id}/confirm/", response=ImportOut, summary="Let a checked import be done")
@may(Action.IMPORT, Action.MANAGE_POSTS)
def confirm_import(request: HttpRequest, run_id: UUID):
    imports.confirm(run_id=run_id, by=request.actor)
    return _import(run_id, request)


@router.post("imports/{uuid:run_id}/abandon/", response=ImportOut, summary="Give an import up before it is confirmed")
@may(Action.IMPORT, Action.MANAGE_POSTS)
def abandon_import(request: HttpRequest, run_id: UUID):
    imports.abandon(run_id=run_id, by=request.actor)
    return _import(run_id, request)


def _import(run_id: UUID, request: HttpRequest) -> dict:
    report = selectors.import_report(run_id, by=request.actor)
    return {name: getattr(report, name) for name in ImportOut.model_fields}
