"""My record on a phone: the summary, what happened, results in plain words.  Her own or a ward's; each opening is logged."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongmai.commons.residents import access, marks
from tongmai.commons.residents import timeline as record
from tongmai.commons.residents.timeline import LABELS, Cursor, Entry, Kind, Window
from tongmai.commons.results import access as results
from tongmai.commons.results import doctor_first, presenters, selectors
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.portal import chart, own_frame
from tongmai.ui.jinja import query
from tongmai.ui.words import Choice, Tag, when

# What a resident reads in her record; who looked and what was merged have pages of their own.
SHOWN = (Kind.ENCOUNTER, Kind.REPORT, Kind.DOCUMENT, Kind.REFERRAL, Kind.BOOKING, Kind.CONTRACT, Kind.RECOGNITION)
DISPUTABLE = frozenset({Kind.ENCOUNTER, Kind.REPORT, Kind.DOCUMENT})
PAGE = 20


@require_safe
@may(Action.SEE_OWN)
def own_record(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    actor = request.actor
    person_id, frame = own_frame.whose(request, resident_id)
    opened = access.open_record(person_id, by=actor, what="record")
    kind = request.GET.get("kind", "")
    kinds = (Kind(kind),) if kind in {str(each) for each in SHOWN} else SHOWN
    cursor = Cursor.read(request.GET.get("cursor", ""))
    page = record.page(opened, by=actor, window=Window(kinds, after=cursor, limit=PAGE))
    entries = _as_she_reads(page.entries, person_id, actor)
    chips = [("", _("全部")), *((str(each), _(LABELS[each])) for each in SHOWN)]
    context = {
        "glance": chart.of(opened, by=actor) if cursor is None else None,
        "months": chart.by_month(entries, now=actor.now, after=cursor),
        "kinds": [Choice(value, label, href=query(request, cursor="", kind=value)) for value, label in chips],
        "kind": kind if len(kinds) == 1 else "",
        "labels": {str(each): _(label) for each, label in LABELS.items()},
        "earlier_href": query(request, cursor=page.after.written()) if page.after else "",
        "is_later_page": cursor is not None,
        "disputed": marks.disputed([entry.id for entry in entries] + [person_id]),
        "disputable": {str(each) for each in DISPUTABLE},
    }
    return own_frame.shown(request, "portal/own_record.html", frame, context)


@require_safe
@may(Action.SEE_OWN)
def own_report(request: HttpRequest, resident_id: UUID, report_id: UUID) -> HttpResponse:
    """One report: first what it means, then the values beside their ranges."""
    actor = request.actor
    person_id, frame = own_frame.whose(request, resident_id)
    report, opened = results.read_report(report_id, by=actor)
    values = selectors.values_of(report)
    context = {
        "report": report,
        "category": presenters.category(report.category),
        "tag": presenters.report_tag(report.status),
        "rows": presenters.value_rows(values),
        "meaning": _meaning(report, values),
        "at": report.issued_at or report.received_at,
        "disputed": marks.disputed([report.id]).get(report.id),
        "is_here": opened.resident.id == person_id,
    }
    return own_frame.shown(request, "portal/own_report.html", frame, context)


def _meaning(report, values) -> tuple[str, str]:
    """Return a sentence and its colour: how many values lie outside their range, and what to do."""
    n_outside = sum(1 for row in values if row.flag not in ("", "normal"))
    if report.is_critical:
        return _("有需要医生马上处理的结果。如果还没有人联系您，请立即联系开单的医生或就近就诊。"), "red"
    if n_outside:
        said = _("%(n)s 项不在参考范围内。偏高或偏低不一定是病，请结合医生的意见。") % {"n": n_outside}
        return said, "amber"
    if values and all(row.reference for row in values):
        return _("各项都在参考范围内。"), "green"
    return _("请以报告的结论和医生的意见为准。"), "blue"


def _as_she_reads(entries, person_id: UUID, actor: Actor) -> list[Entry]:
    """Reports lead to her own pages; of one that is held back only its name stands here, and from when on it can be read."""
    report_ids = [entry.id for entry in entries if entry.kind == Kind.REPORT]
    held = doctor_first.held(report_ids, by=actor)
    return [_own_entry(entry, person_id, held) for entry in entries]


def _own_entry(entry: Entry, person_id: UUID, held: dict) -> Entry:
    if entry.kind != Kind.REPORT:
        return entry
    if entry.id not in held:
        return replace(entry, href=reverse("portal:own-report", args=[person_id, entry.id]), is_critical=False)
    until = held[entry.id]
    text = _("%(at)s 起可查看，医生会先向您说明") % {"at": when(until)} if until else _("还没有审核，审核后可查看")
    return replace(
        entry,
        href="",
        n_abnormal=0,
        is_critical=False,
        detail=text,
        tag=Tag(_("等待医生说明") if until else _("未审核"), "grey"),
    )
