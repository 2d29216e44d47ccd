"""The members' systems for programs: the same board, pages and services as people have."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from tongmai.exchange import connections, quality
from tongmai.exchange.connections import Connection
from tongmai.exchange.services import sources
from tongmai.exchange.services.sources import Details
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Text, check_version, with_etag

router = Router(tags=["exchange"])


class ConnectionLine(Schema):
    """One system at a glance.  Rates are 0–1; `lag_seconds` is the middle of its last messages; null: not known."""

    id: UUID
    name: str
    org_id: UUID
    org: str
    application: str
    facility: str
    is_active: bool
    last_at: datetime | None
    n_hour: int
    n_day: int
    n_held: int
    n_rejected_day: int
    lag_seconds: float | None
    completeness: float | None


class ExampleOut(Schema):
    """A message that leaves the field out; its content is for who may read messages."""

    message_id: UUID
    control_id: str


class FieldOut(Schema):
    """How often one field was there where it should be, among the last messages."""

    field: str
    n_asked: int
    n_present: int
    rate: float
    examples: list[ExampleOut]


class ConnectionOut(ConnectionLine):
    """One system with what is entered of it, and every field's score."""

    version: int
    address: str
    certificate: str
    answers_on: str
    registered_at: datetime
    fields: list[FieldOut]


class ScoreOut(Schema):
    """Of `n` messages: shares 0–1 of complete, accepted at the first try, and timely ones; `points` 0–100 by weight."""

    n: int
    complete: float | None
    accepted: float | None
    timely: float | None
    points: int | None


class MonthScore(ScoreOut):
    month: str


class QualityLine(ScoreOut):
    """The data of one facility; `worst`: the field that lacks most often, empty where none does."""

    org_id: UUID
    name: str
    systems: list[str]
    worst: str


class QualityOut(QualityLine):
    """The same with every field and month, and messages that waited or were refused, or came late."""

    fields: list[FieldOut]
    months: list[MonthScore]
    refused: list[ExampleOut]
    late: list[ExampleOut]


class UnknownSender(Schema):
    """A sender that nobody has entered: its messages wait."""

    application: str
    facility: str
    n: int
    last_at: datetime


class BoardOut(Schema):
    """The systems, the busiest of the day first, and who sends without being entered."""

    connections: list[ConnectionLine]
    unknown: list[UnknownSender]


class ConnectionIn(Schema):
    """What is entered of a system.  `facility` * speaks for all of the application; empty `address` and `certificate` ask for none."""

    application: Text(180, 1)
    facility: Text(180) = ""
    name: Text(80, 1)
    org_id: UUID
    address: Text(43) = ""
    certificate: Text(120) = ""
    answers_on: Literal["applied", "received"] = "applied"
    is_active: bool = True


@router.get("connections/", response=BoardOut, summary="The members' systems, and senders that nobody has entered")
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def board(request: HttpRequest) -> Any:
    by = request.actor
    return {
        "connections": [_line(each) for each in connections.board(by=by)],
        "unknown": [asdict(each) for each in connections.unknown_senders(by=by)],
    }


@router.post("connections/", response={201: ConnectionOut}, summary="Enter a system")
@may(Action.MANAGE_CONNECTIONS)
def register_connection(request: HttpRequest, response: HttpResponse, given: ConnectionIn) -> Any:
    made = sources.register(details=Details(**given.dict()), by=request.actor)
    return Status(201, _one(made.id, request, response))


@router.get("connections/{uuid:system_id}/", response=ConnectionOut, summary="One system with every field's score")
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def connection(request: HttpRequest, response: HttpResponse, system_id: UUID) -> Any:
    """Return one system; its ETag is the version that a change must name."""
    return _one(system_id, request, response)


@router.put("connections/{uuid:system_id}/", response=ConnectionOut, summary="Change what is entered of a system")
@may(Action.MANAGE_CONNECTIONS)
def change_connection(request: HttpRequest, response: HttpResponse, system_id: UUID, given: ConnectionIn) -> Any:
    seen = _seen(system_id, request)
    sources.change(system_id=system_id, details=Details(**given.dict()), version=seen, by=request.actor)
    return _one(system_id, request, response)


@router.post(
    "connections/{uuid:system_id}/stop/", response=ConnectionOut, summary="Switch a system off: its messages wait"
)
@may(Action.MANAGE_CONNECTIONS)
def stop_connection(request: HttpRequest, response: HttpResponse, system_id: UUID) -> Any:
    return _switched(request, response, system_id, is_active=False)


@router.post("connections/{uuid:system_id}/go-on/", response=ConnectionOut, summary="Switch a system on again")
@may(Action.MANAGE_CONNECTIONS)
def resume_connection(request: HttpRequest, response: HttpResponse, system_id: UUID) -> Any:
    return _switched(request, response, system_id, is_active=True)


@router.get("data-quality/", response=list[QualityLine], summary="The score of each facility's data, the worst first")
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def data_quality(request: HttpRequest) -> Any:
    return [_quality(each) for each in quality.facilities(by=request.actor)]


@router.get("data-quality/{uuid:org_id}/", response=QualityOut, summary="One facility's score with fields and months")
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def data_quality_of(request: HttpRequest, org_id: UUID) -> Any:
    found = quality.facility(org_id, by=request.actor)
    months = [{"month": str(month)} | asdict(score) for month, score in found.months]
    told = {"fields": [_field(each) for each in found.fields], "months": months}
    return _quality(found.facility) | told | {
        "refused": _examples(found.refused), "late": _examples(found.late),
    }  # fmt: skip


def _quality(each: quality.Facility) -> dict[str, Any]:
    return asdict(each.score) | {
        "org_id": each.org_id, "name": each.name, "systems": list(each.systems), "worst": each.worst,
    }  # fmt: skip


def _examples(examples: Iterable[tuple[UUID, str]]) -> list[dict[str, Any]]:
    return [{"message_id": message_id, "control_id": control_id} for message_id, control_id in examples]


def _switched(request: HttpRequest, response: HttpResponse, system_id: UUID, *, is_active: bool) -> Any:
    seen = _seen(system_id, request)
    sources.switch(system_id=system_id, is_active=is_active, version=seen, by=request.actor)
    return _one(system_id, request, response)


def _seen(system_id: UUID, request: HttpRequest) -> int:
    """Return the present version, of which If-Match says that the caller has seen it."""
    system = connections.system(system_id, by=request.actor)
    check_version(request, system)
    return system.version


def _one(system_id: UUID, request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    system, found = connections.connection(system_id, by=request.actor)
    with_etag(response, system.version)
    entered = {
        name: getattr(system, name) for name in ("version", "address", "certificate", "answers_on", "registered_at")
    }
    return _line(found) | entered | {"fields": [_field(each) for each in found.fields]}


def _line(each: Connection) -> dict[str, Any]:
    told = {name: getattr(each, name) for name in ConnectionLine.model_fields if name != "lag_seconds"}
    return told | {"lag_seconds": each.lag.total_seconds() if each.lag is not None else None}


def _field(each: connections.FieldScore) -> dict[str, Any]:
    return asdict(each) | {"rate": each.rate, "examples": _examples(each.examples)}
