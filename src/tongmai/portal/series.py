"""What was measured, by a doctor or a laboratory, as courses over time: the same thing in the same unit is one course."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from hashlib import blake2s
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tongmai.commons.encounters import rules as record_rules
from tongmai.commons.encounters import selectors as encounters
from tongmai.commons.encounters.selectors import Measurement
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.results import doctor_first, quantities
from tongmai.commons.results import numbers as results
from tongmai.commons.results import presenters as result_words
from tongmai.commons.results.numbers import Number
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.text import N_
from tongmai.ui import plots
from tongmai.ui.addresses import of_row
from tongmai.ui.words import Tag, day

# Stored vital → (kind of course, divisor, unit that is read).
_VITALS = {
    "glucose": ("glucose", 1, "mmol/L"),
    "weight_g": ("weight", 1000, "kg"),
    "pulse": ("pulse", 1, N_("次/分")),
    "spo2": ("spo2", 1, "%"),
    "temperature": ("temperature", 1, "℃"),
    "respiratory_rate": ("respiratory_rate", 1, N_("次/分")),
}
_LABELS = {
    "pressure": N_("血压"), "weight": N_("体重"), "bmi": N_("体重指数"), "pulse": N_("脉搏"), "spo2": N_("血氧饱和度"),
    "temperature": N_("体温"), "respiratory_rate": N_("呼吸"), **{each.key: each.label for each in quantities.QUANTITIES},
}  # fmt: skip
_ORDER = ["pressure", "glucose", "hba1c", "weight", "bmi", "creatinine", "egfr"]
_ORDER += [each.key for each in quantities.QUANTITIES if each.key not in _ORDER]
_ORDER += ["pulse", "spo2", "temperature", "respiratory_rate"]
SHOWN = 12  # courses drawn at once; the others are named
MOST_ROWS = 500  # of the table beside one course
_FEW_VALUES = 12  # of the small line beside a last value


@dataclass(frozen=True)
class Value:
    """One value of a course.  Of thousands a few hundred are shown: what is read of one is made when it is asked for."""

    at: datetime
    number: Decimal
    second: Decimal | None  # the lower one of a pressure
    org: str
    visit_id: UUID | None = None  # where it was measured
    found: Number | None = None  # by a laboratory
    note: str = ""

    @property
    def text(self) -> str:
        if self.second is not None:
            return f"{self.number:g}/{self.second:g}"
        return f"{self.found.comparator if self.found else ''}{_said(self.number)}"

    @property
    def href(self) -> str:
        if self.found is not None:
            return of_row("results:report", self.found.report_id)
        return of_row("encounters:detail", self.visit_id)

    @property
    def tag(self) -> Tag | None:
        return result_words.flag_tag(self.found.flag) if self.found else None

    @property
    def reference(self) -> str:
        return self.found.reference if self.found else ""

    @property
    def is_outside(self) -> bool:
        found = self.found
        return found is not None and quantities.is_outside(
            found.number, comparator=found.comparator, reference=found.reference, flag=found.flag
        )

    @property
    def is_critical(self) -> bool:
        return self.found is not None and self.found.flag.startswith("critical")


@dataclass
class Series:
    """A course: the values of one thing in one unit, the latest first."""

    key: str  # stands in addresses: says nothing by itself
    kind: str
    label: str
    unit: str
    values: list[Value] = field(default_factory=list)

    @property
    def last(self) -> Value:
        return self.values[0]

    @property
    def n_outside(self) -> int:
        return sum(value.is_outside for value in self.values)

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        """Return what is normal by the latest reference that says so."""
        found = (quantities.limits_of(value.reference) for value in self.values if value.reference)
        return next((each for each in found if each != (None, None)), (None, None))


def courses(opened: OpenedRecord, *, since: datetime | None = None, until: datetime | None = None) -> list[Series]:
    """Return all courses of an opened record within a span, those that doctors follow first."""
    resident_id, view = opened.resident.id, opened.view
    measured = encounters.measurements(resident_id, view, since=since, until=until)
    return _ordered(_vitals(measured), _found(results.numbers(resident_id, view, since=since, until=until)))


def lately(opened: OpenedRecord) -> list[Series]:
    """Return the courses of the last measurements and reports: for what was found last, and where it is going."""
    resident_id, view = opened.resident.id, opened.view
    measured = encounters.measurements(resident_id, view, most=encounters.VALUES_READ)
    return _ordered(_vitals(measured), _found(results.last_numbers(resident_id, view)))


def readable(found: list[Series], opened: OpenedRecord, *, by: Actor) -> list[Series]:
    """Return the courses without what a resident does not read yet (results/doctor_first.py); others read all."""
    if by.role != Role.RESIDENT:
        return found
    held = doctor_first.held_of(opened.resident.id, by=by)
    left = [
        replace(
            each, values=[value for value in each.values if value.found is None or value.found.report_id not in held]
        )
        for each in found
    ]
    return [each for each in left if each.values]


def drawn(series: Series) -> plots.Plot:
    """Return the picture of a course; a pressure is two lines."""
    low, high = series.limits
    values = list(reversed(series.values))
    lines = [_line(series.label if series.kind != "pressure" else _("收缩压"), values, "number")]
    if series.kind == "pressure":
        lines.append(_line(_("舒张压"), [value for value in values if value.second is not None], "second"))
    return plots.plot(lines, low=low, high=high)


def small(series: Series) -> str:
    """Return the path of the small line beside the last value."""
    return plots.spark([value.number for value in reversed(series.values[:_FEW_VALUES])])


def turn(series: Series) -> str:
    """Return where the last value stands to the one before, in a word; "" for a first one."""
    if len(series.values) < 2:
        return ""
    last, before = series.values[0].number, series.values[1].number
    return _("升高") if last > before else _("降低") if last < before else _("不变")


def _line(label: str, values: Sequence[Value], which: str) -> plots.Line:
    number = attrgetter(which)
    kept = plots.thinned(values, plots.MOST_POINTS, of=number)
    return plots.Line(label, [_point(value, number(value)) for value in kept], len(values) - len(kept))


def _point(value: Value, number: Decimal) -> plots.Point:
    tone = "critical" if value.is_critical else "abnormal" if value.is_outside else ""
    said = " ".join(part for part in (day(value.at), value.text, value.tag.text if value.tag else "") if part)
    return plots.Point(value.at, number, said, value.href, tone)


def _vitals(measured: Sequence[Measurement]) -> Iterable[tuple[str, str, str, Value]]:
    """Yield (kind, label, unit, value) of what was measured at visits."""
    heights = [(each.at, each.values["height_mm"]) for each in measured if "height_mm" in each.values]
    kinds = {name: (kind, divisor, _(unit)) for name, (kind, divisor, unit) in _VITALS.items()}
    fasting = _("空腹")
    for each in measured:
        if "systolic" in each.values:
            upper, lower = each.values["systolic"], each.values["diastolic"]
            yield "pressure", "", "mmHg", Value(each.at, upper, lower, each.org, each.encounter_id)
        for name in each.values.keys() & kinds.keys():
            kind, divisor, unit = kinds[name]
            number, note = each.values[name] / divisor, fasting if name == "glucose" and each.is_fasting else ""
            yield kind, "", unit, Value(each.at, number, None, each.org, each.encounter_id, note=note)
        height = next((tall for at, tall in heights if at <= each.at), None)
        if "weight_g" in each.values and height:
            number = record_rules.body_mass_index(each.values["weight_g"], height)
            yield "bmi", "", "kg/m²", Value(each.at, number, None, each.org, each.encounter_id)


def _found(numbers: Sequence[Number]) -> Iterable[tuple[str, str, str, Value]]:
    """Yield the same of what laboratories found."""
    for each in numbers:
        known = quantities.quantity_of(code=each.code, system=each.system, name=each.name, specimen=each.specimen)
        own = " ".join((each.system, each.code or each.name, each.specimen)).lower()
        value = Value(each.at, each.number, None, each.org, found=each)
        yield known.key if known else f"own {own}", "" if known else each.name, each.unit, value


def _ordered(*found: Iterable[tuple[str, str, str, Value]]) -> list[Series]:
    courses: dict[tuple[str, str], Series] = {}
    for source in found:
        for kind, label, unit, value in source:
            key = kind, quantities.unit_of(unit)
            if key not in courses:
                said = _(_LABELS[kind]) if kind in _LABELS else label
                courses[key] = Series(_opaque(*key), kind, said, unit)
            courses[key].values.append(value)
    for series in courses.values():
        series.values.sort(key=lambda value: value.at, reverse=True)
    return sorted(courses.values(), key=_rank)


def _rank(series: Series) -> tuple[Any, ...]:
    known = _ORDER.index(series.kind) if series.kind in _ORDER else len(_ORDER)
    return known, -len(series.values), series.label, series.unit


def _opaque(kind: str, unit: str) -> str:
    return blake2s(f"{kind}|{unit}".encode(), digest_size=6).hexdigest()


def _said(number: Decimal) -> str:
    return f"{number.normalize():f}"
