"""Reads a resident's existing reports as the rules take them.  A resident has few; each read goes by her alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from tongmai.commons.recognition import items, kept, rules
from tongmai.commons.recognition.choices import Outcome
from tongmai.commons.recognition.models import Evaluation, Item
from tongmai.commons.results.models import Observation, Report
from tongmai.commons.results.quantities import quantity_of
from tongmai.foundation.terminology import selectors as terminology
from tongmai.foundation.terminology.choices import CodeSet
from tongmai.foundation.terminology.selectors import Key
from tongmai.kernel.months import local_day

MOST = 60  # reports of one category that are looked at, the latest first
LONGEST_CODE = 60  # of a local code; a name stands for one that is missing
_GONE = ("cancelled", "registered")
_COLUMNS = (
    "id", "org_id", "org__short_name", "category", "status", "name", "code", "system", "specimen", "order_number",
    "collected_at", "issued_at",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A report with what the rules need of it."""

    id: UUID
    org_id: UUID
    org: str
    name: str
    issued_at: datetime | None
    result: rules.Result


def lines(
    resident_id: UUID, row: Item, *, seen: Q, since: datetime, own_org_id: UUID | None, on: date,
    report_id: UUID | None = None,
) -> list[Line]:  # fmt: skip
    """Return the person's reports of the item's category since then, the latest first; those without a date too."""
    lately = Q(issued_at__gte=since) | Q(issued_at__isnull=True)
    rows = Report.objects.filter(seen, lately, resident_id=resident_id, category=row.category)
    rows = rows.filter(id=report_id) if report_id else rows
    found = list(rows.exclude(status__in=_GONE).order_by("-issued_at", "id").values(*_COLUMNS)[:MOST])
    if not found:
        return []
    data = kept.of(row.category, resident_id, {each["order_number"] for each in found}) if row.needs_data else {}
    values = {} if row.needs_data else _values({each["id"]: each["specimen"] for each in found})
    charges = _charges(found, on) if row.same_charges else {}
    return [_line(each, own_org_id, data.get(each["order_number"]), values, charges) for each in found]


def evaluations(item_code: str, org_ids: Collection[UUID]) -> dict[UUID, list[rules.Evaluated]]:
    """Return how the item of these facilities was evaluated, by facility."""
    names = ("org_id", "area_name", "areas", "outcome", "evaluated_on", "ends_before", "id")
    found: dict[UUID, list[rules.Evaluated]] = {}
    rows = Evaluation.objects.filter(item_id=item_code, org_id__in=org_ids).order_by()
    for org_id, area, areas, outcome, evaluated_on, ends_before, order in rows.values_list(*names):
        each = evaluated(area, areas, outcome, evaluated_on, ends_before, order)
        found.setdefault(org_id, []).append(each)
    return found


def evaluated(area: str, areas: str, outcome: str, on: date, ends_before: date | None, order: int) -> rules.Evaluated:
    """Return one evaluation as the rules take it."""
    return rules.Evaluated(f"{area}HR", tuple(areas.split()) or ("",), Outcome(outcome), on, ends_before, order)


def since(by_now: datetime, days: int) -> datetime:
    """Return from when on reports are read: a day more than asked, since days are counted in the reporting zone."""
    return by_now - timedelta(days=days + 1)


def _line(each: dict, own_org_id: UUID | None, data, values: dict, charges: dict) -> Line:
    taken_at = each["collected_at"] or each["issued_at"]
    system, (n_values, quantities) = each["system"].strip().lower(), values.get(each["id"], (0, frozenset()))
    result = rules.Result(
        category=each["category"], status=each["status"], name=each["name"], code=each["code"],
        taken_on=local_day(taken_at) if taken_at else None,
        issued_on=local_day(each["issued_at"]) if each["issued_at"] else None,
        is_ours=system in items.OURS, is_loinc=system in items.LOINC, charge_code=charges.get(each["id"], ""),
        quantities=quantities, n_values=n_values, kept=data, is_own=each["org_id"] == own_org_id,
    )  # fmt: skip
    return Line(each["id"], each["org_id"], each["org__short_name"], each["name"], each["issued_at"], result)


def _values(specimens: dict[UUID, str]) -> dict[UUID, tuple[int, frozenset[str]]]:
    """Count the values of the current version of each report, and say which quantities are among them."""
    rows = Observation.objects.filter(report_id__in=specimens, version=F("report__version")).exclude(text="")
    held: dict[UUID, list] = {}
    for report_id, code, system, name in rows.order_by().values_list("report_id", "code", "system", "name"):
        known = quantity_of(code=code, system=system, name=name, specimen=specimens[report_id])
        held.setdefault(report_id, []).append(known)
    return {
        report_id: (len(known), frozenset(each.key for each in known if each is not None))
        for report_id, known in held.items()
    }


def _charges(found: Sequence[dict], on: date) -> dict[UUID, str]:
    """Return what the local codes of reports mean in the community's list of charges."""
    keys = {
        each["id"]: Key(each["org_id"], CodeSet.CHARGES, each["system"], each["code"] or each["name"][:LONGEST_CODE])
        for each in found
    }
    meant = terminology.meanings(keys.values(), on)
    return {row_id: meant[key].code for row_id, key in keys.items() if key in meant}
