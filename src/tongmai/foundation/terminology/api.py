"""Local codes for programs: the same list and decisions as the pages."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.terminology import selectors, services, suggesting
from tongmai.foundation.terminology.choices import MEANT, CodeSet, Relation, Standing
from tongmai.ui.api import MOST, Page, Text, check_version, paginate, version_named, with_etag

router = Router(tags=["terminology"])


class LocalCodeOut(Schema):
    """A member's own code.  `standing` says how it is understood; `unified_code` and `unified_name` are what it means
    today, empty where it means nothing; `relation` is how the unified code stands to the local one."""

    id: UUID
    org_id: UUID
    code_set: str
    system: str
    code: str
    name: str
    n_seen: int
    first_seen_at: datetime
    last_seen_at: datetime
    standing: str
    unified_code: str
    unified_name: str
    relation: str
    version: int


class DecisionOut(Schema):
    relation: str
    code: str
    name: str
    note: str
    at: datetime
    by_name: str


class SuggestionOut(Schema):
    """A code that may be meant; `why` is same-code, same-name, same-sound, alike or category, `score` 0–1."""

    code: str
    name: str
    why: str
    score: float


class LocalCodePageOut(LocalCodeOut):
    """One code with what it may mean, and every decision about it, the latest first."""

    example: str
    suggestions: list[SuggestionOut]
    decisions: list[DecisionOut]


class ShareOut(Schema):
    """How much of a member's codes of one set is understood, in codes and in times they were seen."""

    org_id: UUID
    org: str
    code_set: str
    n_codes: int
    n_settled: int
    n_seen: int
    n_seen_settled: int
    n_waiting: int


class CodesAsked(Schema):
    """`standing`: one of the standings, or `waiting` for all that a person should look at."""

    org_id: UUID | None = None
    code_set: CodeSet | None = None
    standing: Literal["", "waiting"] | Standing = ""
    q: Text(60) = ""
    cursor: Text(400) = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class DecisionIn(Schema):
    """What a local code means.  `relation` none: the unified set has nothing for it; then there is no code."""

    relation: Relation = Relation.EQUIVALENT
    unified_code: Text(32) = ""
    note: Text(200) = ""


@router.get("local-codes/", response=Page[LocalCodeOut], summary="Members' own codes, those seen most often first")
@may(Action.SETTLE_CODES)
def local_codes(request: HttpRequest, asked: Query[CodesAsked]) -> Any:
    rows = selectors.local_codes(
        by=request.actor, org_id=asked.org_id, code_set=asked.code_set or "", standing=asked.standing, query=asked.q
    )
    found, following = paginate(rows, asked.cursor or None, asked.limit, ("n_seen", "id"), newest_first=True)
    return {"items": [_line(row) for row in found], "next_cursor": following}


@router.get("local-codes/shares/", response=list[ShareOut], summary="How much of each member's codes is understood")
@may(Action.SETTLE_CODES)
def code_shares(request: HttpRequest) -> Any:
    return selectors.shares(by=request.actor)


@router.get("local-codes/{uuid:local_code_id}/", response=LocalCodePageOut, summary="One code with suggestions")
@may(Action.SETTLE_CODES)
def local_code(request: HttpRequest, response: HttpResponse, local_code_id: UUID) -> Any:
    """Return one code; its ETag is the version that a decision must name."""
    return _page(request, response, local_code_id)


@router.put("local-codes/{uuid:local_code_id}/mapping/", response=LocalCodePageOut, summary="Say what a code means")
@may(Action.SETTLE_CODES)
def map_local_code(request: HttpRequest, response: HttpResponse, local_code_id: UUID, given: DecisionIn) -> Any:
    """Decide.  Wants If-Match."""
    check_version(request, selectors.one(local_code_id, by=request.actor))
    facts: dict[str, Any] = {"note": given.note, "version": version_named(request), "by": request.actor}
    if given.relation == Relation.NONE:
        services.no_counterpart(local_code_id, **facts)
    else:
        services.map_code(local_code_id, unified_code=given.unified_code, relation=given.relation, **facts)
    return _page(request, response, local_code_id)


@router.delete("local-codes/{uuid:local_code_id}/mapping/", response=LocalCodePageOut, summary="Take a decision back")
@may(Action.SETTLE_CODES)
def unmap_local_code(request: HttpRequest, response: HttpResponse, local_code_id: UUID) -> Any:
    """Take back what was decided.  Wants If-Match."""
    check_version(request, selectors.one(local_code_id, by=request.actor))
    services.unmap(local_code_id, version=version_named(request), by=request.actor)
    return _page(request, response, local_code_id)


def _page(request: HttpRequest, response: HttpResponse, local_code_id: UUID) -> dict[str, Any]:
    by = request.actor
    found = selectors.one(local_code_id, by=by)
    with_etag(response, found.version)
    return _line(found) | {
        "example": found.example,
        "suggestions": suggesting.suggestions(found.code_set, found.code, found.name, by.today),
        "decisions": selectors.history(local_code_id, by=by),
    }


def _line(row: Any) -> dict[str, Any]:
    is_meant = row.standing in MEANT
    own = ("id", "org_id", "code_set", "system", "code", "name", "n_seen", "first_seen_at", "last_seen_at", "standing")
    return {name: getattr(row, name) for name in own} | {
        "unified_code": row.meant_code if is_meant else "",
        "unified_name": row.meant_name if is_meant else "",
        "relation": row.relation or (Relation.EQUIVALENT if is_meant else ""),
        "version": row.version,
    }
