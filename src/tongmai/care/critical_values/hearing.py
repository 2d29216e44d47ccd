"""Hearing what others found.  Called by config/subscriptions.py.

Of a report only what can be critical is looked at: pictures and texts when they were flagged, laboratory values always,
with two queries for a report of which nothing is.
"""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation

from tongmai.care.critical_values import recipients, rules, services
from tongmai.care.critical_values.choices import Pattern, Source
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.rules import Found, Hit, RuleKind
from tongmai.care.critical_values.services.raising import Origin, of_the_platform
from tongmai.care.critical_values.settings import limits_at
from tongmai.commons.results.models import Observation, Report
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared

_FIELDS = ("position", "code", "system", "name", "text", "number", "comparator", "unit", "flag", "status")
_ABOUT = ("report__org_id", "report__specimen", "report__resident__sex", "report__resident__born_on", "report__status")


def report_received(*, report_id: UUID, kind: str, version: int, is_critical: bool, by: Actor) -> list[CriticalValue]:
    """Raise what is critical in a version of a report; what an earlier one said and this does not is noted there.

    The same value of the same item is raised once, however often the report is corrected.
    """
    if kind != "laboratory" and not is_critical and version == 1:
        return []
    by = of_the_platform(by)
    hits = _hits(report_id, version, by)
    known = {value.item: value for value in _known(report_id)} if version > 1 else {}
    if not hits and not known:
        return []
    report = Report.objects.select_related("encounter").get(id=report_id)
    still = {hit.item for hit in hits}
    for item, value in known.items():
        if item not in still:
            services.correct(value_id=value.id, text=_says_now(report, value), by=by)
    return [
        _raised(report, version, hit, known.get(hit.item), by) for hit in hits if not _same(hit, known.get(hit.item))
    ]


def finding_marked(
    *, key: str, resident_id: UUID, site_id: UUID, org_id: UUID, order_number: str, code: str, name: str, by: Actor
) -> CriticalValue:
    """Raise an image finding that a reporting doctor chose as critical."""
    hit = Hit(0, code, name, "", "", "", RuleKind.FINDING)
    origin = Origin(Source.FINDING, key, org_id, by.now, order_number=order_number)
    return services.raise_value(
        resident_id, hit=hit, origin=origin, ordered=recipients.Ordered(site_id), by=of_the_platform(by)
    )


def pattern_measured(
    *, recording_id: UUID, resident_id: UUID, site_id: UUID, order_number: str, pattern: str, by: Actor
) -> CriticalValue:
    """Raise a pattern of an electrocardiogram: a computer's suggestion, that nobody has confirmed."""
    with translation.override("zh-hans"):  # what is stored does not follow the language of whoever brought it
        name = str(Pattern(pattern).label) if pattern in Pattern.values else pattern
    hit = Hit(0, pattern, name, "", "", "", RuleKind.ECG)
    origin = Origin(
        Source.ECG, f"ecg:{recording_id}:{pattern}", site_id, by.now, order_number=order_number, recording_id=recording_id
    )  # fmt: skip
    return services.raise_value(
        resident_id, hit=hit, origin=origin, ordered=recipients.Ordered(site_id), by=of_the_platform(by)
    )


def _hits(report_id: UUID, version: int, by: Actor) -> list[Hit]:
    rows = _VALUES.rows(report_id=report_id, version=version)
    if not rows or rows[0]["report__status"] == "cancelled":
        return []
    about = rows[0]
    limits = limits_at(about["report__org_id"], by.today)
    age = rules.age_in_days(about["report__resident__born_on"], by.today)
    found = (Found(**{name: row[name] for name in _FIELDS}, specimen=about["report__specimen"]) for row in rows)
    judged = (rules.judge(each, limits, sex=about["report__resident__sex"], age_days=age) for each in found)
    return [hit for hit in judged if hit is not None]


def _known(report_id: UUID) -> list[CriticalValue]:
    """What earlier versions raised, the latest of each item last."""
    return list(CriticalValue.objects.filter(report_id=report_id).order_by("report_version", "raised_at"))


def _same(hit: Hit, known: CriticalValue | None) -> bool:
    return known is not None and (known.text, known.unit) == (hit.text, hit.unit)


def _raised(report: Report, version: int, hit: Hit, known: CriticalValue | None, by: Actor) -> CriticalValue:
    if known is not None:
        services.correct(value_id=known.id, text=f"{hit.text} {hit.unit}".strip(), by=by)
    origin = Origin(
        Source.REPORT, f"report:{report.id}:{version}:{hit.position}", report.org_id, report.issued_at or by.now,
        report_id=report.id, report_version=version, order_number=report.order_number,
    )  # fmt: skip
    ordered = recipients.of_report(report, by=by)
    return services.raise_value(report.resident_id, hit=hit, origin=origin, ordered=ordered, by=by)


def _says_now(report: Report, value: CriticalValue) -> str:
    """Return what the newest version says of the same thing; blank where it says nothing any more."""
    if report.status == "cancelled":
        return ""
    rows = Observation.objects.filter(report=report, version=report.version, name=value.name).exclude(
        status="cancelled"
    )
    row = rows.order_by("position").values("text", "number", "unit").first()
    return f"{row['text'] or row['number'] or ''} {row['unit']}".strip() if row else ""


def _values(by: None, *, report_id: UUID, version: int) -> QuerySet:
    rows = Observation.objects.filter(report_id=report_id, version=version)
    return rows.order_by("position").values(*_FIELDS, *_ABOUT)


_VALUES = Prepared(_values)
