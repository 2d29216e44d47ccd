"""The groups a person belongs to."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongmai.commons.residents import access, forms, presenters, selectors, services
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.WRITE_RECORD)
def groups(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    actor = request.actor
    form = forms.AddTag(request.POST or None)
    if request.method == "POST" and form.carries_out(
        lambda: services.add_tag(resident_id, by=actor, **form.cleaned_data)
    ):  # fmt: skip
        return done(request, "residents:groups", resident_id, message=_("已登记人群。"))
    opened = access.open_record(resident_id, by=actor, what="tags")
    context = {
        "form": form,
        "head": selectors.summary(resident_id, actor.today),
        "tags": selectors.tags_of(resident_id),
        "basis": presenters.basis(opened.basis),
        "elderly": policy.value("residents.elderly_age", on=actor.today),
        "child": policy.value("residents.child_before", on=actor.today),
        "today": actor.today,
    }
    return page(request, "residents/groups.html", context, status=422 if form.errors else 200)


@require_POST
@may(Action.WRITE_RECORD)
def end_tag(request: HttpRequest, tag_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    ended = services.end_tag(tag_id, by=request.actor, reason=reason)
    return done(request, "residents:groups", ended.resident_id, message=_("已结束。"))
