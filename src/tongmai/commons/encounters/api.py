"""The JSON API of the record: the same services and doors as the pages."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from tongmai.commons.encounters import access, selectors, services, unified
from tongmai.commons.encounters import schemas as s
from tongmai.commons.residents import timeline as record_timeline
from tongmai.commons.residents.access import open_record
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.api import check_version, with_etag

router = Router(tags=["encounters"])


@router.get("/residents/{uuid:resident_id}/record/", response=s.RecordOut)
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def record(request: HttpRequest, resident_id: UUID) -> Any:
    """Open a person's record at a glance; it is logged."""
    opened = open_record(resident_id, by=request.actor, what="record")
    return {
        "basis": str(opened.basis),
        "problems": selectors.problems(resident_id, opened.view),
        "allergies": selectors.allergies_of(resident_id),
        "medications": selectors.medicines_of(resident_id, request.actor.today, opened.view),
        "key_values": selectors.key_values(resident_id, opened.view),
        "timeline": selectors.timeline(opened, by=request.actor),
    }


@router.get("/residents/{uuid:resident_id}/timeline/", response=s.TimelineOut)
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def timeline(request: HttpRequest, resident_id: UUID, asked: Query[s.TimelineIn]) -> Any:
    """Return a page of a person's record across all facilities and kinds; it is logged."""
    return _timeline(request, resident_id, asked.window())


@router.post("/residents/{uuid:resident_id}/timeline/search/", response=s.TimelineOut)
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def search_timeline(request: HttpRequest, resident_id: UUID, body: s.TimelineSearchIn) -> Any:
    """Return the same of entries whose title holds some words."""
    return _timeline(request, resident_id, body.window(body.q))


def _timeline(request: HttpRequest, resident_id: UUID, window: record_timeline.Window) -> dict[str, Any]:
    opened = open_record(resident_id, by=request.actor, what="timeline")
    facets = record_timeline.facets(opened, by=request.actor, window=window)
    page = record_timeline.page(opened, by=request.actor, window=window)
    return {
        "basis": str(opened.basis),
        "n": facets.n,
        "kinds": facets.kinds,
        "orgs": [{"org_id": org_id, "org": org, "n": n} for org_id, org, n in facets.orgs],
        "entries": [_as_told_to(request.actor, entry) for entry in page.entries],
        "next": page.after.written() if page.after else None,
    }


def _as_told_to(by: Actor, entry: record_timeline.Entry) -> record_timeline.Entry:
    """Whether a result is alarming a resident hears from her doctor first; the report itself says when she may read it."""
    return replace(entry, n_abnormal=0, is_critical=False) if by.role == Role.RESIDENT else entry


@router.get("/encounters/", response=list[s.OpenVisitOut])
@may(Action.WRITE_RECORD)
def open_visits(request: HttpRequest, mine: bool = True) -> Any:
    """Return the planned and begun encounters of the caller, or of her organisation; at most 100."""
    return selectors.open_visits(by=request.actor, mine=mine)


@router.post("/residents/{uuid:resident_id}/visits/", response={201: s.EncounterOut})
@may(Action.WRITE_RECORD)
def start_visit(request: HttpRequest, response: HttpResponse, resident_id: UUID, body: s.VisitIn) -> Any:
    """Begin a visit now."""
    return _made(response, services.start_visit(resident_id, by=request.actor, **body.dict()))


@router.post("/residents/{uuid:resident_id}/planned-visits/", response={201: s.EncounterOut})
@may(Action.WRITE_RECORD)
def plan_visit(request: HttpRequest, response: HttpResponse, resident_id: UUID, body: s.PlanIn) -> Any:
    return _made(response, services.plan_visit(resident_id, by=request.actor, **body.dict()))


@router.post("/residents/{uuid:resident_id}/stays/", response={201: s.EncounterOut})
@may(Action.WRITE_RECORD)
def admit(request: HttpRequest, response: HttpResponse, resident_id: UUID, body: s.AdmitIn) -> Any:
    """Begin a stay."""
    return _made(response, services.admit(resident_id, by=request.actor, **body.dict()))


@router.get("/encounters/{uuid:encounter_id}/", response=s.EncounterPageOut)
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def detail(request: HttpRequest, response: HttpResponse, encounter_id: UUID) -> Any:
    """Open the record at one encounter; it is logged."""
    encounter, _opened = access.read(encounter_id, by=request.actor)
    page = selectors.encounter_page(encounter)
    with_etag(response, encounter.version)
    return {
        "encounter": encounter,
        "diagnoses": unified.told(page.diagnoses, unified.meanings_of(encounter, page.diagnoses, request.actor.today)),
        "vitals": page.vitals,
        "notes": page.notes,
        "steps": [str(step) for step in access.steps_open_to(encounter, by=request.actor)],
    }


@router.post("/encounters/{uuid:encounter_id}/start/", response=s.EncounterOut)
@may(Action.WRITE_RECORD)
def start(request: HttpRequest, response: HttpResponse, encounter_id: UUID) -> Any:
    return _moved(response, services.start(encounter_id, by=request.actor))


@router.post("/encounters/{uuid:encounter_id}/finish/", response=s.EncounterOut)
@may(Action.WRITE_RECORD)
def finish(request: HttpRequest, response: HttpResponse, encounter_id: UUID, body: s.FinishIn) -> Any:
    """End a visit.  Wants If-Match."""
    version = _seen(request, encounter_id)
    ended = services.finish(encounter_id, by=request.actor, disposition=body.disposition, version=version)
    return _moved(response, ended)


@router.post("/encounters/{uuid:encounter_id}/discharge/", response=s.EncounterOut)
@may(Action.WRITE_RECORD)
def discharge(request: HttpRequest, response: HttpResponse, encounter_id: UUID, body: s.DischargeIn) -> Any:
    """End a stay with its summary.  Wants If-Match."""
    version = _seen(request, encounter_id)
    return _moved(response, services.discharge(encounter_id, by=request.actor, version=version, **body.dict()))


@router.post("/encounters/{uuid:encounter_id}/cancel/", response=s.EncounterOut)
@may(Action.WRITE_RECORD)
def cancel(request: HttpRequest, response: HttpResponse, encounter_id: UUID, body: s.ReasonIn) -> Any:
    """Cancel an encounter.  Wants If-Match."""
    version = _seen(request, encounter_id)
    return _moved(response, services.cancel(encounter_id, by=request.actor, reason=body.reason, version=version))


@router.post("/encounters/{uuid:encounter_id}/reopen/", response=s.EncounterOut)
@may(Action.WRITE_RECORD)
def reopen_encounter(request: HttpRequest, response: HttpResponse, encounter_id: UUID, body: s.ReasonIn) -> Any:
    return _moved(response, services.reopen(encounter_id, by=request.actor, reason=body.reason))


@router.put("/encounters/{uuid:encounter_id}/diagnoses/", response=list[s.DiagnosisOut])
@may(Action.WRITE_RECORD)
def record_diagnoses(request: HttpRequest, encounter_id: UUID, body: s.DiagnosesIn) -> Any:
    """Write the diagnoses, the main one first."""
    entries = [services.DiagnosisEntry(entry.code, entry.certainty) for entry in body.diagnoses]
    return services.record_diagnoses(encounter_id, by=request.actor, diagnoses=entries)


@router.post("/encounters/{uuid:encounter_id}/vitals/", response={201: s.VitalsOut})
@may(Action.WRITE_RECORD)
def record_vitals(request: HttpRequest, encounter_id: UUID, body: s.VitalsIn) -> Any:
    return Status(201, services.record_vitals(encounter_id, by=request.actor, **body.dict()))


@router.post("/vitals/{uuid:vitals_id}/withdraw/", response=s.VitalsOut)
@may(Action.WRITE_RECORD)
def withdraw_vitals(request: HttpRequest, vitals_id: UUID, body: s.ReasonIn) -> Any:
    return services.withdraw_vitals(vitals_id, by=request.actor, reason=body.reason)


@router.post("/encounters/{uuid:encounter_id}/notes/", response={201: s.MadeOut})
@may(Action.WRITE_RECORD)
def write_note(request: HttpRequest, encounter_id: UUID, body: s.NoteIn) -> Any:
    return Status(201, services.write_note(encounter_id, by=request.actor, **body.dict()))


@router.post("/notes/{uuid:note_id}/versions/", response={201: s.MadeOut})
@may(Action.WRITE_RECORD)
def amend_note(request: HttpRequest, note_id: UUID, body: s.AmendNoteIn) -> Any:
    """Write a further version of a note; the earlier words stay."""
    return Status(201, services.amend_note(note_id, by=request.actor, **body.dict()))


@router.post("/residents/{uuid:resident_id}/allergies/", response={201: s.AllergyOut})
@may(Action.WRITE_RECORD)
def add_allergy(request: HttpRequest, resident_id: UUID, body: s.AllergyIn) -> Any:
    return Status(201, services.add_allergy(resident_id, by=request.actor, **body.dict()))


@router.post("/allergies/{uuid:allergy_id}/refute/", response=s.AllergyOut)
@may(Action.WRITE_RECORD)
def refute_allergy(request: HttpRequest, allergy_id: UUID, body: s.ReasonIn) -> Any:
    return services.refute_allergy(allergy_id, by=request.actor, reason=body.reason)


@router.post("/residents/{uuid:resident_id}/medications/", response={201: s.MedicationOut})
@may(Action.WRITE_RECORD)
def record_medication(request: HttpRequest, resident_id: UUID, body: s.MedicationIn) -> Any:
    return Status(201, services.record_medication(resident_id, by=request.actor, **body.dict()))


@router.post("/medications/{uuid:medication_id}/stop/", response=s.MedicationOut)
@may(Action.WRITE_RECORD)
def stop_medication(request: HttpRequest, medication_id: UUID, body: s.ReasonIn) -> Any:
    return services.stop_medication(medication_id, by=request.actor, reason=body.reason)


def _seen(request: HttpRequest, encounter_id: UUID) -> int:
    """The version that the caller saw, checked here for the message and by the service for what comes between."""
    encounter = access.get(encounter_id, by=request.actor, lock=False)
    check_version(request, encounter)
    return encounter.version


def _made(response: HttpResponse, encounter: Any) -> Status:
    with_etag(response, encounter.version)
    return Status(201, encounter)


def _moved(response: HttpResponse, encounter: Any) -> Any:
    with_etag(response, encounter.version)
    return encounter
