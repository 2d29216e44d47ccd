"""The JSON API of recognition: the same services and reads as the pages."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from tongmai.commons.recognition import asking, selectors, services
from tongmai.commons.recognition import schemas as s
from tongmai.commons.recognition.choices import Standing
from tongmai.commons.recognition.selectors import By
from tongmai.commons.recognition.services import EvaluationEntry, Wish
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_
from tongmai.ui.api import Text

router = Router(tags=["recognition"])
MOST_DAYS = 3 * 366


@router.get("/recognition/check/", response=s.CheckOut)
@may(Action.RECOGNISE)
def recognition_check(request: HttpRequest, resident_id: UUID, item_code: Text(40, least=1)) -> Any:
    """Return the existing results of something that is about to be ordered: those that count, and why others do not."""
    found = asking.check(resident_id, item_code=item_code, by=request.actor)
    services.note_shown(resident_id, found=found, by=request.actor)
    return {
        "item_code": found.item.code if found.item else None,
        "item": found.item.name if found.item else None,
        "offers": list(found.offers),
        "others": list(found.others),
        "decision_id": found.decided.decision_id if found.decided else None,
    }


@router.post("/recognition/askings/", response={204: None})
@may(Action.RECOGNISE)
def ask_for_recognition(request: HttpRequest, sent: s.AskingIn) -> Any:
    """Say that the patient is in front of the caller, who is about to order an item; without another basis asked before it."""
    services.ask(sent.resident_id, item_code=sent.item_code, by=request.actor)
    return Status(204, None)


@router.post("/recognition/decisions/", response={201: s.DecisionOut})
@may(Action.RECOGNISE)
def decide_recognition(request: HttpRequest, sent: s.DecisionIn) -> Any:
    """Recognise a result, or note why the examination is done anew."""
    said = sent.dict()
    resident_id = said.pop("resident_id")
    wish = Wish(**(said | {"reason": said["reason"] or ""}))
    return Status(201, services.decide(resident_id, wish=wish, by=request.actor))


@router.post("/recognition/decisions/{decision_id}/undo", response=s.DecisionOut)
@may(Action.RECOGNISE)
def undo_recognition(request: HttpRequest, decision_id: UUID) -> Any:
    """Take a recognition back, within the minutes that the policy gives."""
    return services.undo(decision_id, by=request.actor)


@router.get("/recognition/items/", response=list[s.ItemOut])
@may(Action.SEE_RECOGNITION, Action.RECOGNISE)
def recognised_items(request: HttpRequest) -> Any:
    """Return the list of recognised items."""
    return [
        {
            "code": line.row.code, "name": line.row.name, "category": line.row.category, "window_days": line.window.int,
            "needs_data": line.row.needs_data, "dose_usv": line.row.dose_usv,
        }
        for line in selectors.item_lines(by=request.actor)
    ]  # fmt: skip


@router.get("/recognition/marks/", response=list[s.MarkOut])
@may(Action.SEE_RECOGNITION)
def recognition_marks(
    request: HttpRequest, org_id: UUID | None = None, item_code: Text(40) = "", standing: Standing | None = None
) -> Any:
    """Return the marks of the facilities in reach."""
    return selectors.mark_lines(by=request.actor, org_id=org_id, item_code=item_code, standing=standing or "")


@router.post("/recognition/marks/", response={201: s.EvaluationOut})
@may(Action.MANAGE_RECOGNITION)
def enter_evaluation(request: HttpRequest, sent: s.EvaluationIn) -> Any:
    """Write down how a facility's item was evaluated."""
    said = sent.dict()
    org_id = said.pop("org_id")
    entry = EvaluationEntry(**(said | {"areas": tuple(said["areas"])}))
    return Status(201, services.enter_evaluation(org_id, entry=entry, by=request.actor))


@router.get("/recognition/figures/", response=list[s.FigureOut])
@may(Action.SEE_RECOGNITION)
def recognition_figures(request: HttpRequest, first: s.Day, last: s.Day, apart: By = By.ORG) -> Any:
    """Return what was shown, recognised and examined anyway from the first day to the last, both included."""
    if first > last or (last - first).days > MOST_DAYS:
        raise InvalidInput(field="first", problem=N_("起止日期不对，最多三年"))
    return selectors.figures(by=request.actor, first=first, ends_before=last + timedelta(days=1), apart=apart)
