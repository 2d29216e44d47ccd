"""The desk: booking a public place for whoever stands there, and one booking with its history."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.capacity import forms, presenters, selectors, services, terms
from tongmai.commons.capacity.states import Kind, Step
from tongmai.commons.residents import access as people
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.months import local_day
from tongmai.ui import searching
from tongmai.ui.http import done, fragment, page

DAYS = 14


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.BOOK)
def desk(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _book(request)
    return _desk(request)


def _book(request: HttpRequest) -> HttpResponse:
    form = forms.Book(request.POST)
    if not form.is_valid():
        return _desk(request, status=422, form=form)
    data = form.cleaned_data
    booking = services.book_at_desk(
        pool_ids=data["pools"], resident_id=data["resident_id"], emergency=data["emergency"], by=request.actor
    )
    return done(request, "capacity:booking", booking.id, message=_("预约成功。"))


def _desk(request: HttpRequest, status: int = 200, form: forms.Book | None = None) -> HttpResponse:
    by = request.actor
    asked = forms.DeskFilter(request.GET).asked()
    offering = selectors.offering_orgs(by=by)
    org_id = asked["org"] or (offering[0][0] if offering else by.org_id)
    kind = Kind(asked["kind"] or Kind.CLINIC)
    from_day = max(asked["from_day"] or by.today, by.today)
    wanted = {
        "org_id": org_id,
        "days": terms.horizon_days(at=org_id, on=by.today),
        "for_family_doctor": False,
        "department_code": asked["department"] or "",
        "by": by,
    }
    person = people.get(asked["resident"], by=by) if asked["resident"] else None
    context = {
        **_places(kind, wanted, from_day=from_day, nights=asked["nights"] or 1),
        "departments": selectors.board(org_id, from_day=by.today, days=1, by=by, kind=kind).departments,
        "offering": offering,
        "org_id": org_id,
        "kind": kind,
        "kinds": presenters.kind_choices(with_all=False),
        "asked": asked,
        "person": person,
        "bans": selectors.bans(by=by, resident_id=person.id) if person else [],
        "share": terms.reserved_share(at=org_id, on=by.today),
        "form": form or forms.Book(),
    }
    return page(request, "capacity/desk.html", context, status=status)


def _places(kind: Kind, wanted: dict[str, Any], *, from_day: date, nights: int, own=()) -> dict[str, Any]:
    """The places to choose from: of beds a table of nights, else a list."""
    if kind == Kind.BED:
        stays = presenters.stay_table(from_day=from_day, nights=nights, own_pools=own, **wanted)
        return {"stays": stays, "choices": stays.has_any}
    return {"stays": None, "choices": presenters.free_choices(kind, wanted | {"from_day": from_day})}


@require_POST
@may(Action.BOOK)
def pick_person(request: HttpRequest) -> HttpResponse:
    """The options of the resident picker."""
    found = residents.search(searching.posted(request), by=request.actor, limit=12)
    return fragment(request, "residents/_people.html", {"people": found})


@require_safe
@may(Action.SEE_CAPACITY)
def booking(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    return _booking(request, booking_id)


def _booking(request: HttpRequest, booking_id: UUID, status: int = 200, form: forms.Move | None = None) -> HttpResponse:
    by = request.actor
    view = selectors.booking(booking_id, by=by)
    facts = view.facts
    may_move = Step.RESCHEDULE in selectors.steps_at_desk(view.steps, facts.source_kind)
    wanted = {
        "org_id": facts.org_id,
        "days": DAYS,
        "for_family_doctor": facts.share_wanted == "reserved",
        "by": by,
    }
    asked = forms.Stay(request.GET).asked(today=by.today, first=local_day(facts.starts_at), nights=facts.n_places)
    if facts.kind != Kind.BED:
        asked["from_day"] = by.today
    context = {
        "booking": facts,
        "person": view,
        "state": presenters.state_tag(facts.state),
        "facts": presenters.booking_facts(facts),
        "history": presenters.history_entries(selectors.history(booking_id, by=by)),
        "steps": presenters.steps_in_place(view.steps, facts.source_kind),
        **(_places(Kind(facts.kind), wanted, own=facts.pool_ids, **asked) if may_move else {"choices": []}),
        "may_move": may_move,
        "source_href": presenters.source_href(facts.source_kind, facts.source_id, by=by),
        "arrive_href": presenters.arrive_href(facts.source_kind, facts.source_id, view.steps, by=by),
        "form": form or forms.Move(),
    }
    return page(request, "capacity/booking.html", context, status=status)


@require_POST
@may(Action.SEE_CAPACITY)
def move(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    form = forms.Move(request.POST)
    if not form.is_valid():
        return _booking(request, booking_id, 422, form)
    services.reschedule_at_desk(
        booking_id=booking_id,
        pool_ids=form.cleaned_data["pools"],
        reason=form.cleaned_data["reason"],
        by=request.actor,
    )
    return done(request, "capacity:booking", booking_id, message=_("已改期。"))
