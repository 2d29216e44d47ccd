"""At the order screen: what exists already, one of the results, the decision to recognise it, the way back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.recognition import asking, forms, items, opening, presenters, services
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound
from tongmai.ui.http import fragment, go, page

LONGEST = 40


@require_safe
@may(Action.RECOGNISE)
def offers(request: HttpRequest) -> HttpResponse:
    """What exists of `?item=` for `?resident=`: the part of an order screen, loaded when the item was chosen."""
    resident_id = _resident(request)
    return fragment(request, "recognition/_offers.html", _shown(request, resident_id, _item(request)))


@require_safe
@may(Action.RECOGNISE)
def check(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """The same as a page of its own, with what can be ordered to choose from."""
    item_code = _item(request)
    is_open = asking.is_open(resident_id, item_code=item_code, by=request.actor)
    context = {"item": items.of_order(item_code, request.actor.today), "item_code": item_code, "is_open": is_open}
    if item_code and is_open:
        context |= _shown(request, resident_id, item_code)
    choices = [(each.code, each.name) for each in catalog.examination_items(request.actor.today)]
    head = residents.summary(resident_id, request.actor.today)
    context |= {
        "choices": choices, "head": head, "resident_id": resident_id,
        "asking_open": policy.value("recognition.asking_open", on=request.actor.today, at=request.actor.org_id),
    }  # fmt: skip
    return page(request, "recognition/check.html", context)


@require_POST
@may(Action.RECOGNISE)
def ask(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Who has no other reason to open the record says that the patient is in front of her, and what she is about to order."""
    item_code = request.POST.get("item", "").replace("\x00", "")[:LONGEST]
    services.ask(resident_id, item_code=item_code, by=request.actor)
    return go(request, _back(resident_id, item_code))


@require_safe
@may(Action.RECOGNISE)
def report(request: HttpRequest, resident_id: UUID, report_id: UUID) -> HttpResponse:
    """One result that counts, opened for recognition: values and where to find the images."""
    found, basis = opening.open_offered(resident_id, report_id, item_code=_item(request), by=request.actor)
    return page(request, "results/report.html", opening.shown(found, basis, by=request.actor))


@require_POST
@may(Action.RECOGNISE)
def recognise(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    form = forms.Recognise(request.POST)
    item_code = request.POST.get("recognition_item", "").replace("\x00", "")[:LONGEST]
    if form.carries_out(lambda: services.decide(resident_id, wish=form.wish(), by=request.actor)):
        return go(request, _back(resident_id, item_code), _("已互认，不用重复检查；患者可以在自己的页面看到。"))
    context = _shown(request, resident_id, item_code)
    context |= {"form": form, "choices": [], "resident_id": resident_id, "is_open": True}
    context["head"] = residents.summary(resident_id, request.actor.today)
    return page(request, "recognition/check.html", context, status=422)


@require_POST
@may(Action.RECOGNISE)
def undo(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    decision = services.undo(decision_id, by=request.actor)
    return go(request, _back(decision.resident_id, decision.item_id), _("已撤销互认。"))


def _shown(request: HttpRequest, resident_id: UUID, item_code: str) -> dict:
    found = asking.check(resident_id, item_code=item_code, by=request.actor)
    services.note_shown(resident_id, found=found, by=request.actor)
    return presenters.checked(found, resident_id, item_code) | {"encounter": request.GET.get("encounter", "")[:36]}


def _back(resident_id: UUID, item_code: str) -> str:
    return f"{reverse('recognition:check', args=[resident_id])}?item={item_code}"


def _item(request: HttpRequest) -> str:
    return request.GET.get("item", "").replace("\x00", "")[:LONGEST]


def _resident(request: HttpRequest) -> UUID:
    try:
        return UUID(request.GET.get("resident", ""))
    except ValueError:
        raise NotFound() from None
