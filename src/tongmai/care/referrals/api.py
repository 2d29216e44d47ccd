"""The JSON API of referrals: the same services and reads as the pages."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tongmai.care.referrals import access, catalogue_lines, fast, history, presenters, selectors, services, stepping
from tongmai.care.referrals import schemas as s
from tongmai.care.referrals.states import Urgency
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import together
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound
from tongmai.ui.api import (
    MOST,
    Page,
    Text,
    answered,
    check_version,
    items_of,
    not_in_address,
    paginate,
    version_named,
    with_etag,
)

router = Router(tags=["referrals"])


@router.get("/referrals/", response=Page[s.RowOut])
@may(Action.SEE_REFERRALS)
def referrals(
    request: HttpRequest,
    box: Text(12) = "",
    group: Text(12) = "all",
    direction: s.Direction | None = None,
    urgency: Urgency | None = None,
    state: Text(12) = "",
    only_slot_issue: bool = False,
    cursor: Text(600) | None = None,
    limit: int = 50,
) -> Any:
    """Return the referrals that the caller's organisation sees, the most recently created first."""
    not_in_address(request, "q")
    filters = selectors.Filters(
        box=box, group=group, direction=direction or "", urgency=urgency or "", state=state,
        only_slot_issue=only_slot_issue,
    )  # fmt: skip
    return _listed(request, filters, cursor, limit)


@router.post("/referrals/search/", response=Page[s.RowOut])
@may(Action.SEE_REFERRALS)
def search_referrals(request: HttpRequest, sought: s.ReferralsSoughtIn) -> Any:
    """Return the same, narrowed by a name, number or phone.  A POST, so that none stands in an address."""
    return _listed(request, sought.filters(), sought.cursor, sought.limit)


@router.post("/referrals/", response={201: s.ReferralOut})
@may(Action.WRITE_REFERRAL)
def write(request: HttpRequest, response: HttpResponse, sent: s.NewUpIn) -> Any:
    """Begin an up-referral: a draft."""
    saved = services.save_draft(
        content=sent.content(), by=request.actor, resident_id=sent.resident_id, consent_given=sent.given()
    )
    return Status(201, _answer(request, response, saved.id))


@router.post("/referrals/emergencies", response={201: s.ReferralOut})
@may(Action.WRITE_REFERRAL)
def emergency(request: HttpRequest, response: HttpResponse, sent: s.EmergencyIn) -> Any:
    """Write down somebody who has arrived as an emergency without paper."""
    saved = services.admit_emergency(
        resident_id=sent.resident_id, sender_id=sent.sender_id, content=sent.content(), by=request.actor
    )
    return Status(201, _answer(request, response, saved.id))


@router.post("/referrals/down", response={201: s.ReferralOut})
@may(Action.WRITE_REFERRAL, Action.COORDINATE_REFERRALS)
def write_down(request: HttpRequest, response: HttpResponse, sent: s.NewDownIn) -> Any:
    """Begin a down-referral with its plan, from an up-referral or from an encounter: a draft."""
    saved = services.send_down(
        plan=sent.plan(),
        by=request.actor,
        up_id=sent.up_id,
        encounter_id=sent.encounter_id,
        consent_given=sent.given(),
    )
    return Status(201, _answer(request, response, saved.id))


@router.get("/referrals/advice", response=list[s.AdviceOut])
@may(Action.SEE_REFERRALS)
def advice(request: HttpRequest, diagnosis_code: Text(20, 1)) -> Any:
    """Return what the catalogue says of a diagnosis at the level of the caller's organisation."""
    return catalogue_lines.advice(diagnosis_code, by=request.actor)


@router.get("/referrals/late", response=list[s.RowOut])
@may(Action.COORDINATE_REFERRALS)
def late(request: HttpRequest) -> Any:
    """Return what waits longer than its limit in the alliances that the caller's hospital leads."""
    return fast.late(by=request.actor)


@router.get("/referrals/flow", response=list[s.FlowOut])
@may(Action.SEE_FLOW)
def flow(request: HttpRequest, starts_on: s.Day, ends_before: s.Day) -> Any:
    """Return how many referrals went from level to level, sent in [starts_on, ends_before)."""
    return selectors.flow(starts_on, ends_before, by=request.actor)


@router.get("/referrals/{referral_id}", response=s.ReferralOut)
@may(Action.SEE_REFERRALS)
def referral(request: HttpRequest, response: HttpResponse, referral_id: UUID) -> Any:
    """Return one referral with the steps that the caller may take now."""
    return _answer(request, response, referral_id)


@router.put("/referrals/{referral_id}", response=s.ReferralOut)
@may(Action.WRITE_REFERRAL)
def change(request: HttpRequest, response: HttpResponse, referral_id: UUID, sent: s.UpIn) -> Any:
    """Change a draft or a returned up-referral."""
    seen = _seen(request, referral_id)
    services.save_draft(
        content=sent.content(),
        by=request.actor,
        referral_id=referral_id,
        consent_given=sent.given(),
        seen_version=seen,
    )
    return _answer(request, response, referral_id)


@router.put("/referrals/{referral_id}/plan", response=s.ReferralOut)
@may(Action.WRITE_REFERRAL, Action.COORDINATE_REFERRALS)
def change_plan(request: HttpRequest, response: HttpResponse, referral_id: UUID, sent: s.DownIn) -> Any:
    """Change a draft or a returned down-referral: its plan is replaced as a whole."""
    seen = _seen(request, referral_id)
    services.send_down(
        plan=sent.plan(), by=request.actor, referral_id=referral_id, consent_given=sent.given(), seen_version=seen
    )
    return _answer(request, response, referral_id)


@router.post("/referrals/{referral_id}/steps/{step}", response=s.ReferralOut)
@may(Action.SEE_REFERRALS)
def take_referral_step(
    request: HttpRequest, response: HttpResponse, referral_id: UUID, step: Text(20), sent: s.StepIn
) -> Any:
    """Take one of the steps that the referral offers.  If-Match names the version seen."""
    said, seen = _said(sent), version_named(request)
    if step in stepping.SURE and seen is not None:
        with together():
            taken = stepping.take_sure(step, referral_id=referral_id, by=request.actor, seen_version=seen, said=said)
            _log(request, taken, sides=access.sides_of(taken, by=request.actor))
        found = selectors.detail_of(taken, by=request.actor, transitions=history.steps(referral_id))
        return _at_once(request, found) if taken.direction == "up" else _shown(request, response, found)
    found = _found(request, referral_id)
    stepping.take(step, referral=found, by=request.actor, seen_version=found.version, said=said)
    return _answer(request, response, referral_id, may_be_gone=True)


@router.post("/referrals/{referral_id}/noted", response=s.ReferralOut)
@may(Action.SEE_REFERRALS)
def noted(request: HttpRequest, response: HttpResponse, referral_id: UUID) -> Any:
    """The sender has taken note of a refusal."""
    services.note_decline(referral_id=referral_id, by=request.actor)
    return _answer(request, response, referral_id)


@router.post("/follow-ups/{follow_up_id}", response=s.FollowUpOut)
@may(Action.SEE_REFERRALS)
def record_follow_up(request: HttpRequest, follow_up_id: UUID, sent: s.FollowUpIn) -> Any:
    """Record what a follow-up found."""
    return services.record_follow_up(follow_up_id=follow_up_id, findings=sent.findings(), by=request.actor)


@router.get("/referral-catalogues/{alliance_id}", response=Page[s.LineOut])
@may(Action.SEE_REFERRALS, Action.MANAGE_REFERRAL_CATALOGUE)
def catalogue(
    request: HttpRequest,
    alliance_id: UUID,
    q: Text(40) = "",
    level: Text(12) = "",
    guidance: Text(8) = "",
    cursor: Text(600) | None = None,
    limit: int = 100,
) -> Any:
    """Return the lines in force of an alliance's referral disease catalogue."""
    rows = catalogue_lines.lines(alliance_id, by=request.actor, q=q, level=level, guidance=guidance)
    items, onward = paginate(rows, cursor, limit, ("icd10_prefix", "level", "guidance", "id"))
    return {"items": items, "next_cursor": onward}


@router.post("/referral-catalogues/{alliance_id}/lines/", response={201: s.LineOut})
@may(Action.MANAGE_REFERRAL_CATALOGUE)
def set_line(request: HttpRequest, alliance_id: UUID, sent: s.LineIn) -> Any:
    """Add a line from today on, or replace the one of the same level, prefix and guidance."""
    return Status(201, services.set_line(alliance_id=alliance_id, line=sent.line(), by=request.actor))


@router.delete("/referral-catalogue-lines/{entry_id}", response={204: None})
@may(Action.MANAGE_REFERRAL_CATALOGUE)
def end_line(request: HttpRequest, entry_id: UUID) -> Any:
    """Take a line out of the catalogue from today on."""
    services.end_line(entry_id=entry_id, by=request.actor)
    return Status(204, None)


def _listed(request: HttpRequest, filters: selectors.Filters, cursor: str | None, limit: int) -> HttpResponse:
    """One page; the first is the hot one."""
    by = request.actor
    if cursor is None:
        found = fast.newest(filters, max(1, min(limit, MOST)) + 1, by=by)
        values, onward = paginate(found, None, limit, lambda row: [row["created_at"], row["id"]])
    else:
        rows = selectors.with_values(selectors.board(filters, by=by))
        values, onward = paginate(rows, cursor, limit, ("created_at", "id"), newest_first=True)
    return answered({"items": _items(selectors.rows_from(values, by=by)), "next_cursor": onward})


_items = items_of(s.RowOut)


def _said(sent: s.StepIn) -> stepping.Said:
    return stepping.Said(
        reason=sent.reason,
        pool_ids=sent.pool_ids,
        receiver_id=sent.receiver_id,
        department_id=sent.department_id,
        summary=sent.summary,
        consent=sent.consent.given() if sent.consent else None,
    )


def _found(request: HttpRequest, referral_id: UUID) -> Any:
    """Return the referral, of which the caller has seen the present version: If-Match names it."""
    found = access.get(referral_id, by=request.actor)
    check_version(request, found)
    return found


def _seen(request: HttpRequest, referral_id: UUID) -> int:
    return _found(request, referral_id).version


def _answer(request: HttpRequest, response: HttpResponse, referral_id: UUID, *, may_be_gone: bool = False) -> dict:
    """Return one referral as it is now; who has sent it on sees it for the last time in the answer of that step."""
    try:
        found = selectors.detail(referral_id, by=request.actor)
    except NotFound:
        if not may_be_gone:
            raise
        found = selectors.sent_on(referral_id, by=request.actor)
    _log(request, found.referral, sides=found.sides)
    return _shown(request, response, found)


def _log(request: HttpRequest, referral: Any, *, sides: frozenset[str]) -> None:
    is_received = "receiver" in sides or "reviewer" in sides
    basis = "referral_received" if is_received else "referral_sent"
    audit.log_access(resident_id=referral.resident_id, by=request.actor, basis=basis, what="referral")


def _at_once(request: HttpRequest, found: selectors.Detail) -> HttpResponse:
    """The same of an up-referral without going through the schema; tests/test_api.py compares the two."""
    said = presenters.representation(found, reads_case=request.actor.may(Action.OPEN_RECORD))
    response = answered({name: said[name] for name in _ANSWER})
    with_etag(response, found.referral.version)
    return response


_ANSWER = tuple(s.ReferralOut.model_fields)


def _shown(request: HttpRequest, response: HttpResponse, found: selectors.Detail) -> dict:
    with_etag(response, found.referral.version)
    return presenters.representation(found, reads_case=request.actor.may(Action.OPEN_RECORD))
