"""Marks: which facility's item has one, how it was evaluated, the list of items."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.recognition import access, forms, marks_file, presenters, selectors, services
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.ui.http import done, page, xlsx_response
from tongmai.ui.paging import page_of

LONGEST = 40
MOST_BYTES = 2 * 1024 * 1024


@require_safe
@may(Action.SEE_RECOGNITION)
def marks(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    lines = selectors.mark_lines(by=request.actor, **asked)
    listing = page_of(request, lines)
    context = {
        "rows": presenters.mark_rows(listing.rows),
        "listing": listing,
        "asked": asked,
        "standings": presenters.standing_choices(),
        "items": [(each.code, each.name) for each in selectors.items_of_day(request.actor.today)],
        "valid_for": policy.value("recognition.evaluation_valid", on=request.actor.today, at=request.actor.org_id),
        "may_enter": request.actor.may(Action.MANAGE_RECOGNITION),
    }
    return page(request, "recognition/marks.html", context)


@require_safe
@may(Action.SEE_RECOGNITION)
def marks_sheet(request: HttpRequest) -> HttpResponse:
    """The same lines as an Excel file."""
    lines = selectors.mark_lines(by=request.actor, **_asked(request))
    head = [str(title) for title in presenters.MARK_HEAD]
    return xlsx_response(_("互认标识.xlsx"), head, [presenters.mark_cells(line) for line in lines])


@require_safe
@may(Action.SEE_RECOGNITION)
def history(request: HttpRequest, org_id: UUID, item_code: str) -> HttpResponse:
    """Every evaluation of one facility's item."""
    org = access.facility(org_id, by=request.actor)
    item = selectors.item(item_code)
    rows = presenters.history_rows(selectors.history(org_id, item_code, by=request.actor))
    lines = presenters.mark_rows(selectors.mark_lines(by=request.actor, org_id=org_id, item_code=item_code))
    return page(request, "recognition/history.html", {"org": org, "item": item, "rows": rows, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.MANAGE_RECOGNITION)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter how a facility's item was evaluated."""
    by = request.actor
    form = forms.Evaluate(
        request.POST or None,
        initial={"evaluated_on": by.today, "outcome": "passed", "scope": "county"},
        **_choices(request),
    )
    if request.method == "POST" and form.carries_out(
        lambda: services.enter_evaluation(UUID(form.cleaned_data["org"]), entry=form.entry(), by=by)
    ):  # fmt: skip
        made = form.result
        return done(request, "recognition:history", made.org_id, made.item_id, message=_("已登记评价结果。"))
    context = {"form": form, "valid_for": policy.value("recognition.evaluation_valid", on=by.today, at=by.org_id)}
    return page(request, "recognition/enter.html", context, status=422 if form.errors else 200)


@require_POST
@may(Action.MANAGE_RECOGNITION)
def import_file(request: HttpRequest) -> HttpResponse:
    """Take in a list of evaluations, Excel or CSV; all of it or nothing."""
    file = request.FILES.get("file")
    if file is None or file.size > MOST_BYTES:
        raise InvalidInput(field=_("文件"), problem=_("请选择 2 MB 以内的 Excel 或 CSV 文件"))
    n_new, n_same = marks_file.take_in(file.read(), by=request.actor)
    said = _("已登记 %(new)s 条评价，%(same)s 条原来就有。") % {"new": n_new, "same": n_same}
    return done(request, "recognition:marks", message=said)


@require_safe
@may(Action.MANAGE_RECOGNITION)
def template(request: HttpRequest) -> HttpResponse:
    """The empty list, with an example."""
    return xlsx_response(_("互认项目质量评价清单.xlsx"), marks_file.HEAD, [marks_file.EXAMPLE])


@require_safe
@may(Action.SEE_RECOGNITION, Action.RECOGNISE)
def items(request: HttpRequest) -> HttpResponse:
    """The list of recognised items with what counts as the same, the window and the dose."""
    lines = presenters.item_rows(selectors.item_lines(by=request.actor))
    return page(
        request, "recognition/items.html", {"rows": lines, "may_see": request.actor.may(Action.SEE_RECOGNITION)}
    )


def _choices(request: HttpRequest) -> dict:
    orgs = access.kept_orgs(request.actor).order_by("level", "short_name").values_list("id", "short_name")
    items = [(each.code, each.name) for each in selectors.items_of_day(request.actor.today)]
    return {"orgs": [(str(org_id), name) for org_id, name in orgs], "items": items}


def _asked(request: HttpRequest) -> dict:
    said = {name: request.GET.get(name, "").replace("\x00", "")[:LONGEST] for name in ("item", "standing", "org")}
    try:
        org_id = UUID(said["org"]) if said["org"] else None
    except ValueError:
        org_id = None
    return {"item_code": said["item"], "standing": said["standing"], "org_id": org_id}
