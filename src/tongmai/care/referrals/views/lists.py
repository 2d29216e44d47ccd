"""Lists: the board, its export, and what waits too long."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongmai.care.referrals import fast, presenters, selectors
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui import searching, sorting
from tongmai.ui.http import page, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice, Listing, when

EXPORTED = 5_000


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.SEE_REFERRALS)
def board(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return searching.keep(request, "q")
    filters = _filters(request)
    listing, rows = _listed(request, filters)
    lines = [presenters.line(row, request.actor.now) for row in rows]
    context = {
        "filters": filters,
        "listing": Listing(lines, listing.previous_href, listing.next_href, listing.said),
        "groups": _groups(request),
        "boxes": _boxes(request),
        "directions": [Choice("", _("全部")), *(Choice(k, str(v)) for k, v in presenters.DIRECTIONS.items())],
        "now": request.actor.now,
    }
    return page(request, "referrals/list.html", context)


@require_safe
@may(Action.SEE_REFERRALS)
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, as Excel."""
    filters = _filters(request)
    if filters.sort.column == "due":
        found = selectors.queue(filters, by=request.actor, most=EXPORTED)
    else:
        found = selectors.rows_of(selectors.board(filters, by=request.actor)[:EXPORTED], by=request.actor)
    head = [
        _("单号"),
        _("方向"),
        _("状态"),
        _("紧急程度"),
        _("居民"),
        _("诊断"),
        _("发起机构"),
        _("接收机构"),
        _("预约"),
        _("更新时间"),
    ]
    rows = (
        [
            row.number,
            str(presenters.DIRECTIONS[row.direction]),
            presenters.tag(row.state).text,
            presenters.urgency_tag(row.urgency).text,
            row.resident_name,
            f"{row.diagnosis_code} {row.diagnosis_name}",
            row.sender,
            row.receiver,
            row.booked_place,
            when(row.state_since),
        ]
        for row in found
    )
    return xlsx_response(f"{_('转诊')}-{request.actor.today}.xlsx", head, rows)


@require_safe
@may(Action.COORDINATE_REFERRALS)
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits too long in the alliances that the actor's hospital leads."""
    lines = [presenters.line(row, request.actor.now) for row in fast.late(by=request.actor)]
    return page(request, "referrals/waiting.html", {"lines": lines, "now": request.actor.now})


def _listed(request: HttpRequest, filters: selectors.Filters) -> tuple[Listing, list[selectors.Row]]:
    """One page: what waits for an answer in the order of the queue, all else the latest first, or as asked for."""
    by_due = filters.sort.column == "due"
    if by_due or filters.group == "waiting" and not filters.sort.column:
        listing = page_of(request, selectors.queue(filters, by=request.actor))
        return listing, listing.rows
    listing = page_of(request, fast.Board(filters, by=request.actor))
    return listing, selectors.rows_from(listing.rows, by=request.actor)


def _filters(request: HttpRequest) -> selectors.Filters:
    """Read the filters from the address, which is therefore the saved view; the words are kept apart."""
    asked = searching.asked(request, "q")
    known = {"up", "down"}
    return selectors.Filters(
        box=asked.get("box", ""),
        group=asked.get("group", "open"),
        direction=asked["direction"] if asked.get("direction") in known else "",
        urgency=asked["urgency"] if asked.get("urgency") in {"routine", "urgent", "emergency"} else "",
        state=asked.get("state", "").replace("\x00", "")[:12],
        q=asked["q"],
        only_slot_issue=asked.get("slot") == "1",
        sort=sorting.asked(request, [*selectors.COLUMNS, "due"]),
    )


def _groups(request: HttpRequest) -> list[Choice]:
    words = {
        "open": _("进行中"), "waiting": _("待答复"), "coming": _("待到诊"), "here": _("在诊与随访"), "done": _("已结束"), "all": _("全部"),
    }  # fmt: skip
    counted = fast.counts(by=request.actor)
    return [Choice(name, label, counted.get(name)) for name, label in words.items()]


def _boxes(request: HttpRequest) -> list[Choice]:
    boxes = [Choice("", _("全部")), Choice("sent", _("本机构发出")), Choice("received", _("本机构接收"))]
    if request.actor.level == "township":
        boxes.append(Choice("review", _("待本机构审核")))
    if request.actor.may(Action.COORDINATE_REFERRALS):
        boxes.append(Choice("coordinate", _("本医联体")))
    return boxes
