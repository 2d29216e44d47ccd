"""The record on one page of paper."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongmai.commons.residents import bases
from tongmai.commons.residents import timeline as record
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.timeline import Kind, Window
from tongmai.foundation.orgs.actors import Actor
from tongmai.portal import chart
from tongmai.ui import printing
from tongmai.ui.words import day, when

# How much of each part has room, and how long a line may be; what is left out is counted below the part.
MOST = {"allergies": 6, "problems": 10, "medicines": 12, "values": 10, "visits": 5, "referrals": 4}
LONGEST = (28, 18, 18, 13)  # letters of each cell


def summary(opened: OpenedRecord, *, by: Actor) -> bytes:
    """Return the summary of an opened record as PDF, always one page."""
    glance = chart.of(opened, by=by)
    visits = record.page(opened, by=by, window=Window((Kind.ENCOUNTER,), until=by.now, limit=MOST["visits"]))
    head, basis = glance.head, _(bases.LABELS[opened.basis])
    doctor = head.family_doctor
    data = {
        "institution": by.org_name or head.town,
        "title": _("健康档案摘要"),
        "number": _("依据：%(basis)s") % {"basis": basis},
        "printed": _("打印于 %(at)s · %(who)s") % {"at": when(by.now), "who": by.name},
        "facts": [
            [_("居民"), _short(f"{head.name} {head.sex_text} {head.age_text}")],
            [_("证件号码"), head.id_masked or "—"],
            [_("住址"), _short(f"{head.town}{head.village}") or "—"],
            [_("医保"), head.insurance or _("未登记")],
            [
                _("家庭医生"),
                _short(f"{doctor.staff_name or doctor.team_name} {doctor.org_name}") if doctor else _("未签约"),
            ],
            [_("人群"), _short("、".join(head.group_names)) or "—"],
        ],
        "parts": list(_parts(glance, visits.entries)),
        "note": _("只含本平台已有、查阅者有权看到的内容；不代替原始病历。"),
    }
    return printing.pdf("portal/summary.typ", data)


def _parts(glance: chart.Glance, visits: Sequence[record.Entry]) -> Iterable[dict[str, Any]]:
    """Yield each part: title, rows of cells, and what to say where there are none or more."""
    allergies = [
        [each.substance, each.severity_text, each.reaction, day(each.recorded_at)] for each in glance.allergies
    ]
    yield _part(_("过敏"), "allergies", allergies, none=_("没有记录过敏"))
    problems = [
        [each.name, each.code, _("长期") if each.is_chronic else "", _("%(day)s 起") % {"day": day(each.since)}]
        for each in glance.problems
    ]
    yield _part(_("问题"), "problems", problems, none=_("没有未结的问题"))
    medicines = [
        [each.name, each.dose, each.frequency, _("%(day)s 起") % {"day": day(each.starts_on)}]
        for each in glance.medicines
    ]
    yield _part(_("长期用药"), "medicines", medicines, none=_("没有记录长期用药"))
    values = [
        [each.label, each.value, " ".join((each.turn, _("异常") if each.is_outside else "")).strip(), day(each.at)]
        for each in glance.values
    ]
    yield _part(_("关键指标"), "values", values, none=_("还没有测量记录"))
    seen = [[entry.title, entry.detail, entry.org, day(entry.at)] for entry in visits]
    yield _part(_("最近就诊"), "visits", seen, none=_("还没有就诊记录"))
    sent = [[each.title, each.route, each.tag.text, day(each.at)] for each in glance.referrals]
    yield _part(_("未结的转诊"), "referrals", sent, none=_("没有"))


def _part(title: str, name: str, rows: list[list[str]], *, none: str) -> dict[str, Any]:
    n_more = len(rows) - MOST[name]
    more = (
        ngettext("另有 %(num)s 项，见档案", "另有 %(num)s 项，见档案", n_more) % {"num": n_more} if n_more > 0 else ""
    )
    shown = [[_short(cell, most) for cell, most in zip(row, LONGEST, strict=True)] for row in rows[: MOST[name]]]
    return {"title": title, "rows": shown, "note": more if rows else none}


def _short(text: str, most: int = LONGEST[0]) -> str:
    """Return a text of at most so many letters: what stands in the record may be long, the paper is not."""
    said = " ".join(text.split())
    return said if len(said) <= most else f"{said[: most - 1]}…"
