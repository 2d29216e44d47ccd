"""Uploading: first a look, then keeping.  And what nobody is sure of."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.ecg import access, drawing, forms, orders, presenters, selectors, services, uploads
from tongmai.commons.ecg.errors import UnknownOrder
from tongmai.commons.ecg.orders import Ordered
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import selectors as people
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui import searching
from tongmai.ui.http import done, fragment, page


@require_http_methods(["GET", "POST"])
@may(Action.PERFORM_EXAMINATION)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose whose and which files; what they hold is shown before anything is kept."""
    initial = {"order_number": request.GET.get("order", "")[:16], "resident_id": request.GET.get("resident", "")}
    if request.method != "POST":
        return _form(request, forms.Upload(initial=initial))
    form = forms.Upload(request.POST, request.FILES)
    if not form.carries_out(lambda: _looked(form, request.actor)):
        return _form(request, form, status=422)
    return page(request, "ecg/looked.html", form.result)


@require_POST
@may(Action.PERFORM_EXAMINATION)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what was looked at."""
    form = forms.Whose(request.POST)
    if not form.is_valid():
        return _form(request, forms.Upload(request.POST), status=422)
    person, ordered = _whose(form, request.actor)
    kept = [
        services.receive(
            uploads.unpacked(each), resident_id=person.id, order_number=ordered.order_number if ordered else "",
            org_id=request.actor.org_id, received_from="upload", by=request.actor,
        )
        for each in request.POST.getlist("file")[: uploads.MOST_FILES]
    ]  # fmt: skip
    n_held = sum(each.resident_id is None for each in kept)
    if n_held:
        said = ngettext("%(n)s 份记录与居民不符，等待核对", "%(n)s 份记录与居民不符，等待核对", n_held) % {"n": n_held}
        return done(request, "ecg:held", message=said)
    said = ngettext("已保存 %(n)s 份心电记录", "已保存 %(n)s 份心电记录", len(kept)) % {"n": len(kept)}
    if len(kept) == 1 and residents.may_open(person.id, by=request.actor):
        return done(request, "ecg:recording", kept[0].id, message=said)
    return done(request, "ecg:upload", message=said)


@require_safe
@may(Action.PERFORM_EXAMINATION)
def held(request: HttpRequest) -> HttpResponse:
    """What nobody is sure of, taken here."""
    rows = [presenters.held_row(each) for each in selectors.held(by=request.actor)]
    return page(request, "ecg/held.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@may(Action.PERFORM_EXAMINATION)
def settle(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Decide whose a held recording is."""
    found = access.to_settle(recording_id, by=request.actor)
    if request.method == "POST":
        form = forms.Settle(request.POST)
        if form.carries_out(lambda: _linked(form, recording_id, request.actor)):
            return done(request, "ecg:held", message=_("已入 %(name)s 的档案") % {"name": form.result.name})
    else:
        form = forms.Settle(initial={"order_number": found.order_number})
    tracing = selectors.tracing_of(found)
    view = drawing.View()
    context = {
        "form": form,
        "r": found,
        "row": presenters.held_row(found),
        "sheet": drawing.draw(tracing, view, label=presenters.label(found, view, tracing.seconds)),
    }
    return page(request, "ecg/settle.html", context, status=422 if form.errors else 200)


@require_POST
@may(Action.PERFORM_EXAMINATION)
def set_aside(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Decide that it is nobody's."""
    form = forms.Reason(request.POST)
    form.is_valid()
    services.set_aside(recording_id, reason=form.cleaned_data.get("reason", ""), by=request.actor)
    return done(request, "ecg:held", message=_("已标为不入档"))


@require_POST
@may(Action.PERFORM_EXAMINATION)
def pick_person(request: HttpRequest) -> HttpResponse:
    """The options of the resident picker: people whom the actor may find."""
    found = people.search(searching.posted(request), by=request.actor, limit=12)
    return fragment(request, "residents/_people.html", {"people": found})


def _whose(form: forms.Whose, by: Actor) -> tuple[Any, Ordered | None]:
    """The person of the order, where it is to be performed here; else the person chosen, for whom there is a basis.

    Raises:
        UnknownOrder: no such order, or not here.  NotFound, BasisNeeded: as in `residents.access.open_record`.
    """
    number, resident_id = form.cleaned_data["order_number"], form.cleaned_data["resident_id"]
    ordered = orders.by_number(number)
    if ordered is not None and ordered.org_id == by.org_id:
        return residents.get(ordered.resident_id, by=by), ordered
    if number:
        raise UnknownOrder(number)
    return residents.open_record(resident_id, by=by, what="ecg").resident, None


def _linked(form: forms.Settle, recording_id: UUID, by: Actor) -> Any:
    person, ordered = _whose(form, by)
    services.link(
        recording_id, resident_id=person.id, order_number=ordered.order_number if ordered else "",
        reason=form.cleaned_data["reason"], by=by,
    )  # fmt: skip
    return person


def _form(request: HttpRequest, form: forms.Upload, status: int = 200) -> HttpResponse:
    chosen = form["resident_id"].value()
    name = _name(chosen, request.actor) if chosen else ""
    context = {"form": form, "name": name, "n_held": selectors.n_held(by=request.actor)}
    return page(request, "ecg/upload.html", context, status=status)


def _name(chosen: object, by: Actor) -> str:
    try:
        found = residents.names_of([UUID(str(chosen))], by=by)
    except ValueError:
        return ""
    return next((person.name for person in found.values()), "")


def _looked(form: forms.Upload, by: Actor) -> dict[str, object]:
    person, ordered = _whose(form, by)
    found = uploads.looked([(each.name, each.read()) for each in form.cleaned_data["files"]])
    number = ordered.order_number if ordered else ""
    return {
        "person": people.summary(person.id, by.today),
        "ordered": ordered,
        "looks": [_look(n, each, person, number) for n, each in enumerate(found)],
        "is_any": any(each.tracing for each in found),
    }


def _look(n: int, each: uploads.Looked, person: Any, order_number: str) -> dict[str, object]:
    if each.tracing is None:
        return {"name": each.name, "error": each.error.said(_) if each.error else ""}
    view = drawing.View()
    doubts = services.doubts_about(each.tracing, person, order_number=order_number)
    return {
        "name": each.name,
        "error": "",
        "facts": presenters.looked(each.tracing),
        "doubts": presenters.doubts_said(" ".join(doubts)),
        "carried": each.carried,
        "sheet": drawing.draw(each.tracing, view, label=each.name, ident=f"look-{n}"),
    }
