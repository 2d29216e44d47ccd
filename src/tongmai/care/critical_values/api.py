"""The JSON API of critical values: the same services and reads as the pages."""

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tongmai.care.critical_values import access, figures, referred, selectors, services
from tongmai.care.critical_values import schemas as s
from tongmai.care.critical_values import settings as in_force
from tongmai.care.critical_values.selectors import Asked
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import StepNotAllowed
from tongmai.ui.api import Page, Text, paginate, with_etag

router = Router(tags=["critical values"])


@router.get("/critical-values/", response=Page[s.CriticalValueOut])
@may(Action.SEE_CRITICAL)
def critical_values(
    request: HttpRequest, show: Text(12) = "all", site_id: UUID | None = None, since: s.Day | None = None,
    before: s.Day | None = None, cursor: Text(600) | None = None, limit: int = 50,
) -> Any:  # fmt: skip
    """Return the register, the newest first; `show`: all, open, late, corrected, closed, drills."""
    rows = selectors.register(by=request.actor, asked=Asked(show, site_id, since, before))
    found, onward = paginate(rows, cursor, limit, ("raised_at", "id"), newest_first=True)
    return {"items": found, "next_cursor": onward}


@router.get("/critical-values/figures", response=list[s.SiteFiguresOut])
@may(Action.SEE_CRITICAL)
def critical_figures(request: HttpRequest, since: s.Day, before: s.Day) -> Any:
    """Return the indicators of a half-open span of days: all sites together, then each."""
    return figures.by_site(since=since, before=before, by=request.actor)


@router.get("/critical-values/limits", response=list[s.LimitOut])
@may(Action.SEE_CRITICAL)
def critical_limits(request: HttpRequest) -> Any:
    """Return the limits that count today at the caller's organisation: its own, its alliances', ours."""
    found = in_force.limits_at(request.actor.org_id, request.actor.today)
    return [asdict(each) | {"low": _said(each.low), "high": _said(each.high)} for each in found]


@router.post("/critical-values/limits", response={201: dict[str, UUID]})
@may(Action.MANAGE_CRITICAL)
def set_critical_limit(request: HttpRequest, sent: s.LimitIn) -> Any:
    """Set a limit of the caller's organisation, or of the alliance that it leads, from a day on."""
    values = sent.dict(exclude={"starts_on", "for_alliance", "low", "high"})
    entered = services.LimitInput(**values, low=_number(sent.low), high=_number(sent.high))
    made = services.set_limit(
        entered=entered, starts_on=sent.starts_on, for_alliance=sent.for_alliance, by=request.actor
    )
    return Status(201, {"id": made.id})


@router.get("/critical-values/{value_id}", response=s.OneOut)
@may(Action.SEE_CRITICAL)
def critical_value(request: HttpRequest, response: HttpResponse, value_id: UUID) -> Any:
    """Return one value with its history; the person's record is opened for it, and that is logged."""
    return _answer(request, response, value_id)


@router.post("/critical-values/{value_id}/steps", response=s.OneOut)
@may(Action.SEE_CRITICAL)
def take_critical_step(request: HttpRequest, response: HttpResponse, value_id: UUID, sent: s.StepIn) -> Any:
    """Take a step: acknowledge, phone, act, close, dismiss, release, reject."""
    step = _STEPS.get(sent.step)
    if step is None:
        raise StepNotAllowed(state="", step=sent.step)
    step(sent, value_id=value_id, by=request.actor)
    return _answer(request, response, value_id)


_STEPS: dict[str, Callable[..., Any]] = {
    "acknowledge": lambda sent, **who: services.acknowledge(read_back=sent.read_back, **who),
    "phone": lambda sent, **who: services.phone(read_back=sent.read_back, to=sent.to, **who),
    "act": lambda sent, **who: services.act(measure=sent.measure or "", text=sent.text, **who),
    "close": lambda sent, **who: services.close(**who),
    "dismiss": lambda sent, **who: services.dismiss(reason=sent.reason, **who),
    "release": lambda sent, **who: services.release(**who),
    "reject": lambda sent, **who: services.reject(reason=sent.reason, **who),
}


def _answer(request: HttpRequest, response: HttpResponse, value_id: UUID) -> dict[str, Any]:
    found, _opened = access.read(value_id, by=request.actor)
    with_etag(response, found.version)
    said = {name: getattr(found, name) for name in s.CriticalValueOut.model_fields}
    steps = [str(step) for step in access.possible_steps(found, by=request.actor)]
    referrals = referred.of(found, by=request.actor)
    return said | {"steps": steps, "history": selectors.history(found), "referrals": referrals}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _said(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"
