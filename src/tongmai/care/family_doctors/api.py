"""The JSON API of family doctors: the same services and reads as the pages."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tongmai.care.family_doctors import access, selectors, services
from tongmai.care.family_doctors import schemas as s
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Page, Text, check_version, not_in_address, paginate, with_etag

router = Router(tags=["family doctors"])


@router.get("/family-doctor-teams/", response=list[s.TeamOut])
@may(Action.SIGN_CONTRACTS)
def teams(request: HttpRequest) -> Any:
    """Return the teams of the caller's organisation, and those she is in."""
    return [
        {
            "id": each.team.id,
            "org_id": each.team.org_id,
            "name": each.team.name,
            "leader_id": each.team.leader_id,
            "phone": each.team.phone,
            "members": [
                {
                    "id": m.id,
                    "staff_id": m.staff_id,
                    "name": m.staff.name,
                    "part": m.part,
                    "starts_on": m.starts_on,
                    "ends_before": m.ends_before,
                }
                for m in each.members
            ],
            "n_contracts": each.n_contracts,
            "n_expiring": each.n_expiring,
        }
        for each in selectors.teams(by=request.actor)
    ]


@router.post("/family-doctor-teams/", response={201: dict[str, UUID]})
@may(Action.SIGN_CONTRACTS)
def found_team(request: HttpRequest, sent: s.TeamIn) -> Any:
    """Found a team at the caller's organisation."""
    return Status(201, {"id": services.found_team(by=request.actor, **sent.dict()).id})


@router.post("/family-doctor-teams/{team_id}/members/", response={201: dict[str, UUID]})
@may(Action.SIGN_CONTRACTS)
def add_member(request: HttpRequest, team_id: UUID, sent: s.MemberIn) -> Any:
    """Add somebody to a team from today on."""
    return Status(201, {"id": services.add_member(team_id=team_id, by=request.actor, **sent.dict()).id})


@router.delete("/family-doctor-teams/{team_id}/members/{membership_id}", response={204: None})
@may(Action.SIGN_CONTRACTS)
def end_member(request: HttpRequest, team_id: UUID, membership_id: UUID) -> Any:
    """Let a member's time in a team end."""
    services.end_member(team_id=team_id, membership_id=membership_id, by=request.actor)
    return Status(204, None)


@router.get("/contracts/", response=Page[s.RowOut])
@may(Action.SIGN_CONTRACTS)
def contracts(
    request: HttpRequest,
    tag: Text(20) = "",
    show: Text(12) = "active",
    cursor: Text(600) | None = None,
    limit: int = 50,
) -> Any:
    """Return the contracts of the caller's teams, the soonest to end first."""
    not_in_address(request, "q")
    return _listed(request, cursor, limit, tag=tag, show=show)


@router.post("/contracts/search/", response=Page[s.RowOut])
@may(Action.SIGN_CONTRACTS)
def search_contracts(request: HttpRequest, sought: s.ContractsSoughtIn) -> Any:
    """Return the same, narrowed by a name, number or phone.  A POST, so that none stands in an address."""
    return _listed(request, sought.cursor, sought.limit, q=sought.q, tag=sought.tag, show=sought.show)


@router.post("/contracts/", response={201: s.ContractOut})
@may(Action.SIGN_CONTRACTS)
def prepare(request: HttpRequest, response: HttpResponse, sent: s.PrepareIn) -> Any:
    """Write a contract to be signed."""
    return Status(201, _answer(request, response, services.prepare(by=request.actor, **sent.dict()).id))


@router.get("/contracts/{contract_id}", response=s.ContractOut)
@may(Action.SIGN_CONTRACTS)
def contract(request: HttpRequest, response: HttpResponse, contract_id: UUID) -> Any:
    """Return one contract; its ETag is the version."""
    return _answer(request, response, contract_id)


@router.post("/contracts/{contract_id}/sign", response=s.ContractOut)
@may(Action.SIGN_CONTRACTS)
def sign(request: HttpRequest, response: HttpResponse, contract_id: UUID, sent: s.ConsentIn) -> Any:
    """Sign a prepared contract."""
    seen = _seen(request, contract_id)
    services.sign(contract_id=contract_id, consent=sent.consent(), by=request.actor, seen_version=seen)
    return _answer(request, response, contract_id)


@router.post("/contracts/{contract_id}/renew", response={201: s.ContractOut})
@may(Action.SIGN_CONTRACTS)
def renew(request: HttpRequest, response: HttpResponse, contract_id: UUID, sent: s.RenewIn) -> Any:
    """Sign the contract that follows; the answer is the new one."""
    seen = _seen(request, contract_id)
    made = services.renew(
        contract_id=contract_id,
        consent=sent.consent(),
        years=sent.years,
        doctor_id=sent.doctor_id,
        by=request.actor,
        seen_version=seen,
    )
    return Status(201, _answer(request, response, made.id))


@router.post("/contracts/{contract_id}/amend", response=s.ContractOut)
@may(Action.SIGN_CONTRACTS)
def amend_contract(request: HttpRequest, response: HttpResponse, contract_id: UUID, sent: s.AmendIn) -> Any:
    """Put right what was written down of an active contract."""
    services.amend(contract_id=contract_id, **sent.dict(), by=request.actor, seen_version=_seen(request, contract_id))
    return _answer(request, response, contract_id)


@router.post("/contracts/{contract_id}/terminate", response=s.ContractOut)
@may(Action.SIGN_CONTRACTS)
def terminate(request: HttpRequest, response: HttpResponse, contract_id: UUID, sent: s.ReasonIn) -> Any:
    """End a contract before its time."""
    seen = _seen(request, contract_id)
    services.terminate(contract_id=contract_id, reason=sent.reason, by=request.actor, seen_version=seen)
    return _answer(request, response, contract_id)


@router.post("/contracts/{contract_id}/discard", response=s.ContractOut)
@may(Action.SIGN_CONTRACTS)
def discard(request: HttpRequest, response: HttpResponse, contract_id: UUID) -> Any:
    """Throw away a contract that was not signed."""
    seen = _seen(request, contract_id)
    services.discard(contract_id=contract_id, by=request.actor, seen_version=seen)
    return _answer(request, response, contract_id)


def _listed(request: HttpRequest, cursor: str | None, limit: int, **narrowed: str) -> dict:
    rows = selectors.contracts(by=request.actor, **narrowed).select_related("team", "doctor")
    found, onward = paginate(rows, cursor, limit, ("ends_before", "id"))
    return {"items": selectors.rows_of(found, by=request.actor), "next_cursor": onward}


def _seen(request: HttpRequest, contract_id: UUID) -> int:
    found = access.get(contract_id, by=request.actor)
    check_version(request, found)
    return found.version


def _answer(request: HttpRequest, response: HttpResponse, contract_id: UUID) -> dict:
    found = access.get(contract_id, by=request.actor)
    with_etag(response, found.version)
    names = [name for name in s.ContractOut.model_fields if name != "steps"]
    steps = [str(step) for step in access.possible_steps(found, by=request.actor)]
    return {name: getattr(found, name) for name in names} | {"steps": steps}
