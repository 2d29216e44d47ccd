"""The resident's page: opened only for a reason, and the reason is shown."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.capacity import selectors as capacity
from tongmai.commons.residents import access, bases, marks, selectors
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.timeline import LABELS, MOST
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.portal import chart, forms, narrowing, paper, series
from tongmai.ui import searching
from tongmai.ui.http import done, fragment, page, pdf_response


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.OPEN_RECORD, Action.SEE_OWN, Action.REGISTER_RESIDENT)
def resident(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """The record, where there is a reason to look; else the way to give one.  Who only registers is led to the identity."""
    actor = request.actor
    if actor.may(Action.REGISTER_RESIDENT) and not actor.may(Action.OPEN_RECORD):
        return redirect("residents:identity", access.get(resident_id, by=actor).id)
    if actor.role == Role.RESIDENT:  # she has pages of her own
        return redirect("portal:own-record", access.get(resident_id, by=actor).id)
    if request.method == "POST":  # words to look for in the record: no address holds them
        access.get(resident_id, by=actor)
        return searching.keep(request, "q")
    here = narrowing.asked(request)
    is_part = bool(request.htmx and here.cursor and not request.htmx.boosted)
    opened = access.open_where_there_is_reason(resident_id, by=actor, what="timeline" if is_part else "record")
    if opened is None:
        return _no_reason(request, resident_id, forms.BreakGlass())
    window = here.window(actor.today)
    story = chart.story(opened, by=actor, window=window, by_episode=here.by_episode, is_counted=not is_part)
    disputed = marks.disputed([*_shown(story), opened.resident.id])
    context = {
        "story": story,
        "disputed": disputed,
        "now": actor.now,
        "kind_labels": {str(kind): _(label) for kind, label in LABELS.items()},
        "earlier_href": narrowing.earlier(request, story.page.after if story.page else None),
    }
    if is_part:
        return fragment(request, "portal/_resident_months.html", context)
    glance = chart.of(opened, by=actor)
    context |= _opened(opened, disputed) | {
        "chart": glance,
        "bookings": capacity.bookings_of_resident(resident_id, by=actor, coming_only=True),
        "steps": chart.steps(glance.head, by=actor),
        "here": here,
        "kinds": narrowing.kinds(request, story.facets, here),
        "periods": narrowing.periods(request, "month", "year"),
        "orders": narrowing.orders(request),
        "most_encounters": MOST,
    }
    return page(request, "portal/resident.html", context)


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def values(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """What was measured over time: the courses as pictures, or one of them with its table."""
    actor, here = request.actor, narrowing.asked(request)
    opened = access.open_record(resident_id, by=actor, what="values")
    since, until = here.span(actor.today)
    found = series.readable(series.courses(opened, since=since, until=until), opened, by=actor)
    chosen = next((each for each in found if each.key == request.GET.get("value", "")), None)
    drawn = [chosen] if chosen else found[: series.SHOWN]
    context = _opened(opened, marks.disputed([opened.resident.id])) | {
        "head": chart.head_of(opened.resident.id, by=actor),
        "here": here,
        "chosen": chosen,
        "courses": [(each, series.drawn(each)) for each in drawn],
        "others": [] if chosen else found[series.SHOWN :],
        "periods": narrowing.periods(request, "year", "years"),
        "most_rows": series.MOST_ROWS,
        "now": actor.now,
    }
    return page(request, "portal/resident_values.html", context)


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def summary(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """One page of paper: what somebody who meets her for the first time has to know."""
    opened = access.open_record(resident_id, by=request.actor, what="summary")
    return pdf_response(f"{opened.resident.id}.pdf", paper.summary(opened, by=request.actor))


def _shown(story: chart.Story) -> list[UUID]:
    """The entries on the page."""
    entries = [entry.id for month in story.months for entry in month.entries]
    return entries + [line.encounter_id for group in story.groups for line in group.lines]


def _opened(opened: access.OpenedRecord, disputed: dict[UUID, marks.Dispute]) -> dict[str, Any]:
    """What each page of an opened record says of the opening."""
    return {
        "basis": _(bases.LABELS[opened.basis]),
        "reason": opened.reason,
        "n_merged": selectors.n_merged_into(opened.resident.id),
        "n_withheld": opened.view.n_withheld,
        "disputed_identity": disputed.get(opened.resident.id),
    }


@require_POST
@may(Action.BREAK_GLASS)
def break_glass(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Open a record in an emergency: for a reason that others will read."""
    form = forms.BreakGlass(request.POST)
    if not form.is_valid():
        return _no_reason(request, resident_id, form, status=422)
    residents.break_glass(resident_id, by=request.actor, reason=form.cleaned_data["reason"])
    return done(request, "portal:resident", resident_id, message=_("已记录紧急查阅，并通知其家庭医生和管理者。"))


def _no_reason(request: HttpRequest, resident_id: UUID, form: forms.BreakGlass, status: int = 403) -> HttpResponse:
    actor = request.actor
    found = access.get(resident_id, by=actor)
    context = {
        "head": chart.head_of(found.id, by=actor),
        "form": form,
        "may_break_glass": actor.may(Action.BREAK_GLASS),
        "lasts": policy.value("access.break_glass", on=actor.today, at=actor.org_id),
    }
    return page(request, "portal/no_reason.html", context, status=status)
