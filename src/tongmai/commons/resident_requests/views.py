"""Pages of those who answer: one dispute, one request to be entered as a guardian."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongmai.commons.resident_requests import forms, presenters, selectors, services
from tongmai.commons.resident_requests.states import DisputeStep
from tongmai.commons.residents import bases
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.http import done, page


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.ANSWER_DISPUTES)
def dispute(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Read what the resident says and answer it.  An administrator sees the access, never the record."""
    by = request.actor
    found = selectors.dispute(dispute_id, by=by)
    form = forms.Settle(request.POST or None)

    def act():
        step = DisputeStep(form.cleaned_data["step"])
        return services.settle(dispute_id, by=by, step=step, said=form.cleaned_data["said"])

    if request.method == "POST" and form.carries_out(act):
        return done(request, "portal:home", message=_("已答复，居民可在自己的页面看到。"))
    context = {
        "found": found,
        "form": form,
        "tag": presenters.dispute_tag(found.line.state),
        "kind": presenters.kind(found.line.kind),
        "history": presenters.history(found.history),
        "is_audit": by.may(Action.READ_AUDIT),
        "basis": _(bases.LABELS[bases.Basis(found.looked.basis)]) if found.looked else "",
        "role": str(Role(found.looked.by_role).label) if found.looked else "",
        "now": by.now,
    }
    return page(request, "resident_requests/dispute.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.MATCH_RESIDENTS)
def ward_request(request: HttpRequest, ward_request_id: UUID) -> HttpResponse:
    """Look at the papers of somebody who asks to be entered as a guardian, and decide."""
    by = request.actor
    line = selectors.ward_request(ward_request_id, by=by)
    form = forms.DecideWard(request.POST or None)

    def act():
        if form.cleaned_data["decision"] == "accept":
            return services.accept_ward(ward_request_id, by=by)
        return services.refuse_ward(ward_request_id, by=by, reason=form.cleaned_data["reason"])

    if request.method == "POST" and form.carries_out(act):
        return done(request, "portal:home", message=_("已办理，居民可在自己的页面看到。"))
    context = {
        "line": line,
        "found": selectors.ward_found(line, by=by),
        "form": form,
        "tag": presenters.ward_tag(line.state),
        "now": by.now,
    }
    return page(request, "resident_requests/ward.html", context, status=422 if form.errors else 200)
