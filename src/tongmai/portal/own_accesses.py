"""Who opened my record and why, in plain words; each can be asked about."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongmai.commons.resident_requests import presenters as request_words
from tongmai.commons.resident_requests import selectors as requests
from tongmai.commons.resident_requests import services as request_services
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.portal import own_frame, own_words
from tongmai.ui.jinja import query
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice, Listing

PERIODS = {"month": 31, "year": 366}  # days
MOST_ORGS = 30


@require_safe
@may(Action.SEE_OWN)
def accesses(request: HttpRequest, resident_id: UUID | None = None) -> HttpResponse:
    """The list, narrowed by period, organisation and kind; what is on its first page is read from now on."""
    actor = request.actor
    person_id, frame = own_frame.whose(request, resident_id)
    rows = residents.access_rows(person_id, by=actor)
    period, kind, org_id = _asked(request)
    shown = _narrowed(rows, actor, period, kind, org_id)
    listing = page_of(request, shown, size=20)
    new_after = min((row.id for row in requests.looked_since(person_id, by=actor)), default=0)
    context = {
        "listing": Listing(
            [own_words.looked(row, by=actor) for row in listing.rows],
            listing.previous_href, listing.next_href, listing.said,
        ),
        "new_after": new_after,
        "disputes": {
            log_id: (line, request_words.dispute_tag(line.state))
            for log_id, line in requests.disputed_accesses(person_id, by=actor).items()
        },
        "periods": _chips(request, "period", [("", _("全部时间")), ("month", _("近一月")), ("year", _("近一年"))]),
        "kinds": _chips(
            request, "kind", [("", _("别人查看的")), ("emergency", _("紧急查阅")), ("all", _("包括我自己"))]
        ),
        "orgs": _orgs(rows, actor),
        "org_id": org_id,
        "period": period,
        "kind": kind,
    }  # fmt: skip
    response = own_frame.shown(request, "portal/own_accesses.html", frame, context)
    request_services.note_read(person_id, by=actor)
    return response


def _asked(request: HttpRequest) -> tuple[str, str, UUID | None]:
    """Return period, kind and organisation; anything unusable narrows nothing."""
    period, kind, org = (request.GET.get(name, "")[:40] for name in ("period", "kind", "org"))
    try:
        org_id = UUID(org) if org else None
    except ValueError:
        org_id = None
    return (period if period in PERIODS else ""), (kind if kind in {"emergency", "all"} else ""), org_id


def _narrowed(rows, actor, period: str, kind: str, org_id: UUID | None):
    if period:
        rows = rows.filter(at__gte=actor.now - timedelta(days=PERIODS[period]))
    if kind == "emergency":
        rows = rows.filter(basis="emergency")
    elif kind == "":
        rows = rows.exclude(by_user_id=actor.user_id)
    return rows.filter(by_org_id=org_id) if org_id else rows


def _orgs(rows, actor) -> list[tuple[str, str]]:
    """The organisations that looked, by name."""
    found = rows.exclude(by_org_id=None).order_by().values_list("by_org_id", "by_org_name").distinct()[:MOST_ORGS]
    return sorted({str(org_id): name for org_id, name in found}.items(), key=lambda pair: pair[1])


def _chips(request: HttpRequest, name: str, choices: list[tuple[str, str]]) -> list[Choice]:
    return [Choice(value, label, href=query(request, page="", **{name: value})) for value, label in choices]
