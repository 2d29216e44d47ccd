"""Keeping and removing views; both answer with the list."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongmai.foundation.orgs.guards import signed_in
from tongmai.foundation.saved_views import services
from tongmai.ui.http import done, go

_LONGEST_QUERY = 1_000


@require_POST
@signed_in
def save(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows under a name."""
    asked = QueryDict(request.POST.get("asked", "")[:_LONGEST_QUERY])
    list_name = request.POST.get("list", "")[:40]
    kept = services.save(list_name=list_name, name=request.POST.get("name", ""), asked=asked, by=request.actor)
    return go(request, f"{reverse(list_name)}?{kept.query}", _("已保存视图：%(name)s") % {"name": kept.name})


@require_POST
@signed_in
def remove(request: HttpRequest, view_id: UUID) -> HttpResponse:
    return done(request, services.remove(view_id=view_id, by=request.actor), message=_("已删除视图。"))
