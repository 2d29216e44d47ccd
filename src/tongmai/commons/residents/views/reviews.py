"""Who is who: two people side by side, and merges that can be undone."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongmai.commons.residents import access, forms, likeness, selectors, services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.text import N_
from tongmai.ui.http import done, page
from tongmai.ui.paging import page_of

SAID = {
    "same": N_("已合并两份档案。需要时可在合并记录中撤销。"),
    "different": N_("已记录：不是同一人。"),
    "later": N_("已留待以后核对。"),
}


@require_safe
@may(Action.MATCH_RESIDENTS)
def reviews(request: HttpRequest) -> HttpResponse:
    listing = page_of(request, selectors.reviews(by=request.actor))
    context = {
        "lines": selectors.review_lines(listing.rows),
        "listing": listing,
        "words": likeness,
        "now": request.actor.now,
    }
    return page(request, "residents/reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.MATCH_RESIDENTS)
def review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    form = forms.Decide(request.POST or None)
    if request.method == "POST" and form.carries_out(lambda: _decide(review_id, form, request.actor)):
        return done(request, "residents:reviews", message=_(SAID[form.cleaned_data["decision"]]))
    context = {
        "found": selectors.review(review_id, by=request.actor),
        "form": form,
        "words": likeness,
        "now": request.actor.now,
        "limits": services.matching_limits(request.actor.today),
    }
    return page(request, "residents/review.html", context, status=422 if form.errors else 200)


@require_safe
@may(Action.MATCH_RESIDENTS)
def merges(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """The merges of a person's entry, and what other systems say of her."""
    opened = access.identity(resident_id, by=request.actor, what="merges")
    context = {
        "head": selectors.summary(opened.resident.id, request.actor.today),
        "merges": selectors.merges_of(opened.resident.id),
        "registrations": selectors.registrations_of(opened.resident.id),
        "now": request.actor.now,
    }
    return page(request, "residents/merges.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.MATCH_RESIDENTS)
def undo(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """What was moved goes back; of what came since, each line is asked about."""
    form = forms.Undo(request.POST or None)
    chosen = set(request.POST.getlist("to_retired"))
    sides = {key: key in chosen for key in request.POST.getlist("shown")}
    if request.method == "POST" and form.carries_out(
        lambda: services.unmerge(merge_id, by=request.actor, reason=form.cleaned_data["reason"], to_retired=sides)
    ):
        said = _("已撤销合并，原有内容各归原处，新内容按您的选择归属。")
        return done(request, "residents:merges", form.result.survivor_id, message=said)
    found = selectors.undoing(merge_id, by=request.actor)
    checked = chosen if form.is_bound else {each.key for each in found.later if each.to_retired}
    context = {"found": found, "form": form, "checked": checked, "now": request.actor.now}
    return page(request, "residents/undo.html", context, status=422 if form.errors else 200)


def _decide(review_id: UUID, form: forms.Decide, by) -> None:
    decision, reason = form.cleaned_data["decision"], form.cleaned_data["reason"]
    if decision == "later":
        services.postpone_review(review_id, by=by, note=reason)
    else:
        services.settle_review(review_id, by=by, verdict=decision, reason=reason)
