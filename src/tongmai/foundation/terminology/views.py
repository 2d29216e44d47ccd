"""Pages of the members' codes: which of them wait, what one of them may mean, how much is understood."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.terminology import forms, presenters, selectors, services, sheets, suggesting
from tongmai.foundation.terminology.choices import CodeSet, Relation, Standing
from tongmai.kernel.errors import NotFound
from tongmai.ui.http import done, fragment, page, xlsx_response
from tongmai.ui.paging import page_of

PICKED = 12
MOST_QUERY = 60


@require_safe
@may(Action.SETTLE_CODES)
def all_codes(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    listing = page_of(request, selectors.local_codes(by=request.actor, **_filters(asked)))
    context = {
        "lines": [presenters.line(row) for row in listing.rows],
        "listing": listing,
        "asked": asked,
        "members": [(str(key), name) for key, name in selectors.members(by=request.actor)],
        "sets": [(each.value, _(word)) for each, word in presenters.SETS.items()],
        "chips": presenters.standing_chips(),
    }
    return page(request, "terminology/list.html", context)


@require_safe
@may(Action.SETTLE_CODES)
def shares(request: HttpRequest) -> HttpResponse:
    lines = [presenters.share_line(row) for row in selectors.shares(by=request.actor)]
    return page(request, "terminology/shares.html", {"lines": lines})


@require_safe
@may(Action.SETTLE_CODES)
def sheet(request: HttpRequest) -> HttpResponse:
    """What the list shows, as a table to fill in: with suggestions, and with columns that the import knows."""
    rows = selectors.local_codes(by=request.actor, **_filters(_asked(request)))
    return xlsx_response(_("编码对照表.xlsx"), sheets.HEAD, sheets.rows(rows[: sheets.MOST], on=request.actor.today))


@require_safe
@may(Action.SETTLE_CODES)
def pick(request: HttpRequest, code_set: str) -> HttpResponse:
    if code_set not in list(CodeSet):
        raise NotFound()
    found = selectors.search_set(code_set, _text(request, "q"), request.actor.today, PICKED)
    return fragment(request, "terminology/_options.html", {"options": found})


@require_safe
@may(Action.SETTLE_CODES)
def code(request: HttpRequest, local_code_id: UUID) -> HttpResponse:
    return _shown(request, local_code_id, None)


@require_POST
@may(Action.SETTLE_CODES)
def decide(request: HttpRequest, local_code_id: UUID) -> HttpResponse:
    local = selectors.one(local_code_id, by=request.actor)
    form = forms.Decide(request.POST)

    def act() -> Any:
        given = form.cleaned_data
        facts = {"note": given["note"], "version": given["version"], "by": request.actor}
        if given["relation"] == Relation.NONE:
            return services.no_counterpart(local_code_id, **facts)
        return services.map_code(local_code_id, unified_code=given["meant"], relation=given["relation"], **facts)

    if not form.carries_out(act):
        return _shown(request, local_code_id, form, status=422)
    following = selectors.next_waiting(local, by=request.actor) if "next" in request.POST else None
    if following is not None:
        said = _("已保存 %(code)s，这是下一个。") % {"code": local.code}
        return done(request, "terminology:code", following, message=said)
    return done(request, "terminology:code", local_code_id, message=_("已保存。"))


@require_POST
@may(Action.SETTLE_CODES)
def take_back(request: HttpRequest, local_code_id: UUID) -> HttpResponse:
    form = forms.TakeBack(request.POST)

    def act() -> Any:
        given = form.cleaned_data
        return services.unmap(local_code_id, by=request.actor, note=given["note"], version=given["version"])

    if not form.carries_out(act):
        return _shown(request, local_code_id, form, status=422)
    return done(request, "terminology:code", local_code_id, message=_("已取消对照。"))


def _shown(request: HttpRequest, local_code_id: UUID, form: Any, status: int = 200) -> HttpResponse:
    by = request.actor
    local = selectors.one(local_code_id, by=by)
    deciding = form if isinstance(form, forms.Decide) else None
    found = suggesting.suggestions(local.code_set, local.code, local.name, by.today)
    context = {
        "local": local,
        "line": presenters.line(local),
        "refused": form,
        # Whoever is refused because somebody was faster sees what is true now, and decides on that.
        "form": deciding or forms.Decide(initial={"relation": local.relation or Relation.EQUIVALENT.value}),
        "chosen": deciding["suggested"].value() if deciding else "",
        "suggestions": presenters.suggestion_lines(found),
        "history": [presenters.history_line(row) for row in selectors.history(local_code_id, by=by)],
        "is_decided": bool(local.relation),
    }
    return page(request, "terminology/code.html", context, status=status)


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; what it cannot mean is left out."""
    standing, code_set = _text(request, "standing") or selectors.WAITS, _text(request, "set")
    known = {selectors.WAITS, "all", *Standing}
    return {
        "org": _text(request, "org"),
        "set": code_set if code_set in list(CodeSet) else "",
        "standing": standing if standing in known else selectors.WAITS,
        "q": _text(request, "q"),
    }


def _filters(asked: dict[str, str]) -> dict[str, Any]:
    try:
        org_id = UUID(asked["org"]) if asked["org"] else None
    except ValueError:
        org_id = None
    standing = "" if asked["standing"] == "all" else asked["standing"]
    return {"org_id": org_id, "code_set": asked["set"], "standing": standing, "query": asked["q"]}


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:MOST_QUERY].strip()
