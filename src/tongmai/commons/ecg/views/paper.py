"""The page of one recording."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.ecg import access, drawing, forms, presenters, rules, selectors, services
from tongmai.commons.residents import bases, referring
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.referring import Begun
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, file_response, page

ENDINGS = {"dicom": "dcm", "scp": "scp", "aecg": "xml", "wfdb": "zip", "muse": "xml"}


@require_safe
@may(Action.OPEN_RECORD)
def recording(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Paper, measurements, the device's words; beside it the last one before, where that is asked for."""
    found, opened = access.read(recording_id, by=request.actor)
    tracing = selectors.tracing_of(found)
    paper = forms.Paper(request.GET)
    view = paper.view(list(tracing.leads), tracing.seconds)
    patterns = selectors.patterns_of(found)
    values = selectors.values_of(found)
    earlier = selectors.before(found, opened)
    is_compared = earlier is not None and paper.cleaned_data.get("compare", False)
    band, band_tag = presenters.band(found)
    context = {
        "r": found,
        "head": residents.summary(found.resident_id, request.actor.today),
        "basis": _(bases.LABELS[opened.basis]),
        "format": presenters.FORMATS[found.format],
        "came_from": presenters.came_from(found),
        "view": view,
        "sheet": _sheet(found, tracing, view, "now"),
        "switches": presenters.switches(view, list(tracing.leads), tracing.seconds),
        "band": band,
        "band_tag": band_tag,
        "patterns": presenters.pattern_tags(patterns),
        "is_chest_pain": any(p.code == rules.PatternCode.STEMI_SUSPECTED for p in patterns),
        "may_refer": request.actor.may(Action.WRITE_REFERRAL),
        "may_unlink": request.actor.may(Action.PERFORM_EXAMINATION) and request.actor.org_id == found.org_id,
        "rows": presenters.measurements(values["device"], values["computer"]),
        "levels": selectors.levels_of(found),
        "statements": selectors.statements_of(found),
        "earlier": earlier,
        "is_compared": is_compared,
        "earlier_sheet": _earlier(earlier, view) if is_compared else None,
    }
    return page(request, "ecg/recording.html", context)


@require_safe
@may(Action.OPEN_RECORD)
def recording_file(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """The bytes as they came; always to be saved."""
    found, _opened = access.read(recording_id, by=request.actor)
    return file_response(f"{found.id}.{ENDINGS[found.format]}", bytes(found.content))


@require_POST
@may(Action.PERFORM_EXAMINATION)
def unlink(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Take a recording that was linked wrongly out of the record."""
    form = forms.Reason(request.POST)
    form.is_valid()
    services.unlink(recording_id, reason=form.cleaned_data.get("reason", ""), by=request.actor)
    return done(request, "ecg:held", message=_("已从档案中取出，等待重新核对"))


@require_POST
@may(Action.WRITE_REFERRAL)
def refer(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Begin an emergency referral of the person for chest pain: with a reason, a diagnosis, and this recording enclosed."""
    found, _opened = access.read(recording_id, by=request.actor)
    reason = _("胸痛，%(ecg)s") % {"ecg": presenters.named(found)}
    return referring.begin(request, Begun(found.resident_id, reason, rules.CHEST_PAIN, recording_id=found.id))


def _sheet(found, tracing, view: drawing.View, ident: str) -> drawing.Sheet:
    seconds = min(drawing.LONGEST_S, tracing.seconds)
    return drawing.draw(tracing, view, label=presenters.label(found, view, seconds), ident=f"ecg-{ident}")


def _earlier(earlier, view: drawing.View) -> drawing.Sheet:
    """The one before at the same scale; a lead that it does not have is shown with all the others."""
    tracing = selectors.tracing_of(earlier)
    lead = view.lead if view.lead in tracing.leads else ""
    return _sheet(earlier, tracing, drawing.View(view.layout, view.speed, view.gain, lead), "before")
