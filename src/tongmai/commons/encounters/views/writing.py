"""What is written in an encounter, and about the person on the occasion."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongmai.commons.encounters import access, forms, selectors, services
from tongmai.commons.encounters.views.showing import shown
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page


@require_POST
@may(Action.WRITE_RECORD)
def diagnoses(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    form = forms.Diagnoses(request.POST)
    if "more" in request.POST:  # another row, without scripts; nothing is saved yet
        return shown(request, encounter_id, diagnoses=form)
    if not form.carries_out(
        lambda: services.record_diagnoses(encounter_id, by=request.actor, diagnoses=form.entries())
    ):  # fmt: skip
        return shown(request, encounter_id, status=422, diagnoses=form)
    return done(request, "encounters:detail", encounter_id, message=_("已保存诊断。"))


@require_POST
@may(Action.WRITE_RECORD)
def vitals(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    form = forms.VitalsForm(request.POST)
    if not form.carries_out(lambda: services.record_vitals(encounter_id, by=request.actor, **form.values())):
        return shown(request, encounter_id, status=422, vitals=form)
    return done(request, "encounters:detail", encounter_id, message=_("已保存体征。"))


@require_POST
@may(Action.WRITE_RECORD)
def withdraw_vitals(request: HttpRequest, vitals_id: UUID) -> HttpResponse:
    withdrawn = services.withdraw_vitals(vitals_id, by=request.actor, reason=_reason(request))
    return done(request, "encounters:detail", withdrawn.encounter_id, message=_("已撤回，原值仍可查。"))


@require_POST
@may(Action.WRITE_RECORD)
def note(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    form = forms.NoteForm(request.POST)
    if not form.carries_out(lambda: services.write_note(encounter_id, by=request.actor, **form.cleaned_data)):
        return shown(request, encounter_id, status=422, note=form)
    return done(request, "encounters:detail", encounter_id, message=_("已保存病历。"))


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.WRITE_RECORD)
def amend_note(request: HttpRequest, encounter_id: UUID, note_id: UUID) -> HttpResponse:
    encounter, _opened = access.read(encounter_id, by=request.actor, what="note")
    access.get(encounter_id, by=request.actor, lock=False)
    written = selectors.note_of(encounter_id, note_id)
    initial = {"text": written.text, "version": written.version}
    form = forms.AmendNote(request.POST or None, initial=initial)
    if request.method == "POST" and form.carries_out(
        lambda: services.amend_note(note_id, by=request.actor, **form.cleaned_data)
    ):  # fmt: skip
        return done(request, "encounters:detail", encounter_id, message=_("已修改，原文保留。"))
    context = {"encounter": encounter, "note": written, "form": form}
    return page(request, "encounters/amend.html", context, status=422 if form.errors else 200)


@require_POST
@may(Action.WRITE_RECORD)
def allergy(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    encounter = access.get(encounter_id, by=request.actor, lock=False)
    form = forms.AllergyForm(request.POST, prefix="allergy")
    if not form.carries_out(
        lambda: services.add_allergy(
            encounter.resident_id, by=request.actor, encounter_id=encounter.id, **form.cleaned_data
        )
    ):
        return shown(request, encounter_id, status=422, allergy=form)
    return done(request, "encounters:detail", encounter_id, message=_("已登记过敏。"))


@require_POST
@may(Action.WRITE_RECORD)
def refute_allergy(request: HttpRequest, encounter_id: UUID, allergy_id: UUID) -> HttpResponse:
    services.refute_allergy(allergy_id, by=request.actor, reason=_reason(request))
    return done(request, "encounters:detail", encounter_id, message=_("已排除，原记录保留。"))


@require_POST
@may(Action.WRITE_RECORD)
def medication(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    encounter = access.get(encounter_id, by=request.actor, lock=False)
    form = forms.MedicationForm(request.POST, prefix="medication")
    if not form.carries_out(
        lambda: services.record_medication(
            encounter.resident_id, by=request.actor, encounter_id=encounter.id, **form.cleaned_data
        )
    ):
        return shown(request, encounter_id, status=422, medication=form)
    return done(request, "encounters:detail", encounter_id, message=_("已登记用药。"))


@require_POST
@may(Action.WRITE_RECORD)
def stop_medication(request: HttpRequest, encounter_id: UUID, medication_id: UUID) -> HttpResponse:
    services.stop_medication(medication_id, by=request.actor, reason=_reason(request))
    return done(request, "encounters:detail", encounter_id, message=_("已停药。"))


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:200]
