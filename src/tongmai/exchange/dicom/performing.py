"""MPPS: what a device says of an examination while it performs it."""

from datetime import datetime
from typing import Any

from django.db import DatabaseError, close_old_connections
from pydicom.dataset import Dataset
from pynetdicom.events import Event

from tongmai.commons.imaging import services
from tongmai.commons.imaging.archive import is_uid
from tongmai.exchange.dicom.calling import Caller
from tongmai.exchange.dicom.storing_worker import actor
from tongmai.kernel.errors import NotFound, StepNotAllowed
from tongmai.kernel.ids import new_id
from tongmai.kernel.months import REPORTING_ZONE

DONE, FAILED, INVALID_VALUE, NO_SUCH, NOT_NOW, MISSING = 0x0000, 0x0110, 0x0106, 0x0112, 0x0110, 0x0120
STATES = {"IN PROGRESS": "in_progress", "COMPLETED": "completed", "DISCONTINUED": "discontinued"}


def create(event: Event, caller: Caller) -> tuple[int, Dataset | None]:
    """Answer N-CREATE: an examination begins."""
    said = event.attribute_list
    uid = str(event.request.AffectedSOPInstanceUID or "") or f"2.25.{new_id().int}"
    state = STATES.get(str(said.get("PerformedProcedureStepStatus", "")))
    if state != "in_progress" or not is_uid(uid):
        return INVALID_VALUE, None
    step = said.ScheduledStepAttributesSequence[0] if said.get("ScheduledStepAttributesSequence") else Dataset()
    facts = {
        "state": state, "order_number": str(step.get("AccessionNumber") or "").strip()[:16],
        "study_uid": str(step.get("StudyInstanceUID") or "")[:64], "modality": str(said.get("Modality") or "")[:16],
        "started_at": _instant(said, "PerformedProcedureStepStart"),
    }  # fmt: skip
    return _noted(caller, uid, facts, is_new=True, answer=said)


def change(event: Event, caller: Caller) -> tuple[int, Dataset | None]:
    """Answer N-SET: it goes on, is completed, or broken off."""
    said = event.modification_list
    facts: dict[str, Any] = {}
    if status := str(said.get("PerformedProcedureStepStatus") or ""):
        if status not in STATES:
            return INVALID_VALUE, None
        facts["state"] = STATES[status]
        facts["reason"] = _reason(said) if status == "DISCONTINUED" else ""
    if ended := _instant(said, "PerformedProcedureStepEnd"):
        facts["ended_at"] = ended
    if series := said.get("PerformedSeriesSequence"):
        facts["n_instances"] = sum(len(each.get("ReferencedImageSequence") or ()) for each in series)
    return _noted(caller, str(event.request.RequestedSOPInstanceUID), facts, is_new=False, answer=said)


def _noted(
    caller: Caller, uid: str, facts: dict[str, Any], *, is_new: bool, answer: Dataset
) -> tuple[int, Dataset | None]:
    try:
        services.note_step(caller.id, sop_uid=uid, facts=facts, is_new=is_new, by=actor())
    except NotFound:
        return NO_SUCH, None
    except (StepNotAllowed, DatabaseError):
        return NOT_NOW, None
    finally:
        close_old_connections()
    return DONE, answer


def _reason(said: Dataset) -> str:
    """Return why an examination was broken off; a device that gives only a code is quoted with it."""
    codes = said.get("PerformedProcedureStepDiscontinuationReasonCodeSequence") or [Dataset()]
    words = str(codes[0].get("CodeMeaning") or "") or str(codes[0].get("CodeValue") or "")
    words = words or str(said.get("CommentsOnThePerformedProcedureStep") or "")
    return words.strip()[:120]


def _instant(said: Dataset, stem: str) -> datetime | None:
    text = f"{said.get(stem + 'Date') or ''}{str(said.get(stem + 'Time') or '')[:6]:0<6}"
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=REPORTING_ZONE)
    except ValueError:
        return None
