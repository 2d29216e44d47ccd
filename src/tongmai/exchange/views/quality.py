"""Pages of the quality of what facilities send: all of them, and one with its fields, months and examples."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongmai.exchange import connection_words, quality, quality_words
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import page, xlsx_response


@require_safe
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def all_facilities(request: HttpRequest) -> HttpResponse:
    lines = [quality_words.facility_line(each) for each in quality.facilities(by=request.actor)]
    return page(request, "exchange/quality.html", {"lines": lines})


@require_safe
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def facility(request: HttpRequest, org_id: UUID) -> HttpResponse:
    found = quality.facility(org_id, by=request.actor)
    context = {
        "line": quality_words.facility_line(found.facility),
        "org_id": org_id,
        "within": found.rules.within,
        "parts": quality_words.parts(found),
        "scores": [connection_words.score_line(each) for each in found.fields],
        "months": quality_words.month_lines(found),
        "reads": request.actor.may(Action.SEE_MESSAGES),
    }
    return page(request, "exchange/quality_of.html", context)


@require_safe
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def export(request: HttpRequest, org_id: UUID) -> HttpResponse:
    found = quality.facility(org_id, by=request.actor)
    name = _("数据质量 %(org)s.xlsx") % {"org": found.facility.name}
    return xlsx_response(name, quality_words.sheet_head(), quality_words.sheet_rows(found))
