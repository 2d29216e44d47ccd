"""Lists of residents, and their export."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongmai.commons.residents import choices, selectors
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui import searching, sorting
from tongmai.ui.http import page, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice

EXPORTED = 5_000  # rows of one file; a list that is longer is narrowed first


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the list is narrowed by; anything unusable means no narrowing."""
    address = searching.asked(request, "q")
    given = {name: address.get(name, "").replace("\x00", "")[:60] for name in ("whose", "group", "village", "q")}
    groups = {"elderly", "child", *dict(choices.GROUPS)}
    return {
        "whose": given["whose"] if given["whose"] in (selectors.TEAM, selectors.ALL) else selectors.AREA,
        "group": given["group"] if given["group"] in groups else "",
        "village_code": given["village"] if given["village"].isascii() and given["village"].isdigit() else "",
        "q": given["q"],
        "sort": sorting.asked(request, selectors.COLUMNS),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.SEARCH_RESIDENTS)
def residents(request: HttpRequest) -> HttpResponse:
    """Those of my area, under contract with us, or all whom I may find."""
    if request.method == "POST":
        return searching.keep(request, "q")
    actor, asked = request.actor, _asked(request)
    listing = page_of(request, selectors.residents_of(by=actor, **asked))
    context = {
        "asked": asked,
        "listing": listing,
        "rows": selectors.listed(listing.rows, by=actor),
        "may_register": actor.may(Action.REGISTER_RESIDENT),
        "may_match": actor.may(Action.MATCH_RESIDENTS),
        "whose": [
            Choice(selectors.AREA, _("本辖区")),
            Choice(selectors.TEAM, _("签约居民")),
            Choice(selectors.ALL, _("全部")),
        ],
        "groups": [
            Choice("", _("全部人群")),
            Choice("elderly", _("老年人")),
            Choice("child", _("0–6 岁儿童")),
            *(Choice(value, str(label)) for value, label in choices.GROUPS),
        ],
        "places": selectors.places_of(actor),
        "exported": EXPORTED,
    }
    return page(request, "residents/list.html", context)


@require_safe
@may(Action.SEARCH_RESIDENTS)
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a file: masked numbers only, at most `EXPORTED` rows."""
    actor, asked = request.actor, _asked(request)
    found = list(selectors.residents_of(by=actor, **asked)[:EXPORTED])
    rows = selectors.listed(found, by=actor)
    head = [_("姓名"), _("性别"), _("年龄"), _("证件号码"), _("乡镇"), _("村（居）"), _("电话"), _("人群")]
    return xlsx_response(
        _("居民名单") + f"-{actor.today:%Y%m%d}.xlsx",
        head,
        (
            (
                row.name,
                row.sex,
                row.age_text,
                row.id_masked,
                row.town,
                row.village,
                row.phone,
                "、".join(row.group_names),
            )
            for row in rows
        ),
    )
