"""Ordering an examination: first what, then why, with what it asks before it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongmai.care.diagnostics import errors, forms, presenters, rules, services
from tongmai.commons.recognition.forms import Anyway as AnywaySaid
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page


@require_http_methods(["GET", "POST"])
@may(Action.ORDER_EXAMINATION)
def new(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Choose an item (`?item=`), then write the order; an open order of the same item is shown instead of a second."""
    opened = residents.open_record(resident_id, by=request.actor, what="examination")
    person = resident_facts.summary(opened.resident.id, request.actor.today)
    code = request.GET.get("item", "").replace("\x00", "")[:32]
    if not code:
        words = request.GET.get("q", "").replace("\x00", "")[:40]
        context = {"person": person, "groups": _groups(request, words), "q": words} | _from(request)
        return page(request, "diagnostics/choose.html", context)
    item = catalog.examination_item(code, request.actor.today)
    form = forms.Order(
        request.POST or None,
        initial={"site_id": str(request.actor.org_id), "priority": "routine"},
        checks=rules.asked_of(item.checks, sex=opened.resident.sex),
        sites=_sites(request),
    )
    if request.method == "POST" and form.carries_out(lambda: _place(request, resident_id, item.code, form)):
        order = form.result
        return done(request, "diagnostics:detail", order.id, message=_("已开单：%(number)s") % {"number": order.number})
    if isinstance(form.refused, errors.AlreadyOrdered):
        facts = form.refused.facts
        said = _("已有未完成的申请 %(number)s，不再重复开单") % {"number": facts["number"]}
        return done(request, "diagnostics:detail", UUID(facts["order_id"]), message=said)
    context = {"person": person, "item": item, "form": form, **_from(request)}
    return page(request, "diagnostics/order.html", context, status=422 if form.errors else 200)


def _place(request: HttpRequest, resident_id: UUID, code: str, form: forms.Order):
    said = AnywaySaid(request.POST).said()
    anyway = services.Anyway(**said) if said else None
    wanted = form.wanted(item_code=code, encounter_id=_from(request)["encounter_id"], anyway=anyway)
    return services.place(resident_id, wanted=wanted, by=request.actor)


def _from(request: HttpRequest) -> dict[str, UUID | None]:
    try:
        return {"encounter_id": UUID(request.GET.get("encounter", ""))}
    except ValueError:
        return {"encounter_id": None}


def _groups(request: HttpRequest, words: str) -> list[tuple[str, list]]:
    """What may be ordered, by kind; with words what matches them, the best match first."""
    found = catalog.examination_items(request.actor.today, query=words)
    kinds = {
        str(label): [each for each in found if each.category == kind] for kind, label in presenters.CATEGORIES.items()
    }
    return [(label, items) for label, items in kinds.items() if items]


def _sites(request: HttpRequest) -> list[tuple[str, str]]:
    """The own organisation first, then those above it in the chain and in its alliance."""
    own = request.actor.org_id
    above = [(str(each.org.id), each.org.name) for each in orgs.upper_orgs(own, request.actor.today)] if own else []
    return [(str(own), request.actor.org_name), *above]
