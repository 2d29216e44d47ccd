"""Starting, seeing and ending visits."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.encounters import forms, presenters, selectors, services
from tongmai.commons.encounters.views.showing import shown
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import selectors as resident_selectors
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page
from tongmai.ui.words import Choice


@require_safe
@may(Action.WRITE_RECORD)
def visits(request: HttpRequest) -> HttpResponse:
    """What is planned or in progress: mine, or all of my organisation."""
    mine = request.GET.get("whose") != "all"
    rows = selectors.open_visits(by=request.actor, mine=mine)
    context = {
        "rows": [(row, presenters.state_tag(row.state)) for row in rows],
        "whose": "mine" if mine else "all",
        "choices": [Choice("mine", _("我的")), Choice("all", _("本机构"))],
        "now": request.actor.now,
    }
    return page(request, "encounters/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.WRITE_RECORD)
def start(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Begin a visit, or a stay: both forms on one page, each sent by itself."""
    actor = request.actor
    resident = residents.get(resident_id, by=actor)
    departments = [(str(each.id), each.name) for each in orgs.departments(actor.org_id)] if actor.org_id else []
    is_stay = request.POST.get("what") == "stay"
    given = request.POST if request.method == "POST" else None
    visit = forms.Start(None if is_stay else given)
    stay = forms.Admit(given if is_stay else None, departments=departments)
    form, act = (stay, services.admit) if is_stay else (visit, services.start_visit)
    if given is not None and form.carries_out(lambda: act(resident.id, by=actor, **form.cleaned_data)):
        return done(request, "encounters:detail", form.result.id, message=_("已开始就诊。"))
    context = {
        "head": resident_selectors.summary(resident.id, actor.today),
        "allergies": selectors.allergies_of(resident.id) if residents.may_open(resident.id, by=actor) else [],
        "visit": visit,
        "stay": stay,
        "may_admit": bool(departments),
    }
    return page(request, "encounters/start.html", context, status=422 if form.errors else 200)


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def detail(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    return shown(request, encounter_id)


@require_POST
@may(Action.WRITE_RECORD)
def begin(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    """Begin a planned visit."""
    services.start(encounter_id, by=request.actor)
    return done(request, "encounters:detail", encounter_id, message=_("已开始就诊。"))


@require_POST
@may(Action.WRITE_RECORD)
def finish(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    form = forms.Finish(request.POST)
    if not form.carries_out(lambda: services.finish(encounter_id, by=request.actor, **form.cleaned_data)):
        return shown(request, encounter_id, status=422, finish=form)
    return done(request, "encounters:detail", encounter_id, message=_("就诊已结束。"))


@require_POST
@may(Action.WRITE_RECORD)
def discharge(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    form = forms.Discharge(request.POST)
    if not form.carries_out(lambda: services.discharge(encounter_id, by=request.actor, **form.cleaned_data)):
        return shown(request, encounter_id, status=422, discharge=form)
    return done(request, "encounters:detail", encounter_id, message=_("已办理出院。"))


@require_POST
@may(Action.WRITE_RECORD)
def cancel(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    services.cancel(encounter_id, by=request.actor, reason=_reason(request))
    return done(request, "encounters:list", message=_("就诊已取消。"))


@require_POST
@may(Action.WRITE_RECORD)
def reopen(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    services.reopen(encounter_id, by=request.actor, reason=_reason(request))
    return done(request, "encounters:detail", encounter_id, message=_("已重新打开，可以补记。"))


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:200]
