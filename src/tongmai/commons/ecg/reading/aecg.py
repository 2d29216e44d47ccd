"""HL7 aECG (the annotated electrocardiogram of the FDA): the rhythm series, its filters, and the device's annotations."""

from collections.abc import Iterator

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.leads import Microvolts
from tongmai.commons.ecg.reading.plain import day, instant, microvolts_per, number
from tongmai.commons.ecg.tracing import (
    MOST_SAMPLES,
    Filters,
    Format,
    Piece,
    Subject,
    Tracing,
    Value,
    assembled,
    plausible,
)
from tongmai.kernel.xml import Element

_MEASURED = {
    "MDC_ECG_HEART_RATE": Value.RATE, "MDC_ECG_TIME_PD_PR": Value.PR, "MDC_ECG_TIME_PD_QRS": Value.QRS,
    "MDC_ECG_TIME_PD_QT": Value.QT, "MDC_ECG_TIME_PD_QTc": Value.QTC, "MDC_ECG_ANGLE_P_FRONT": Value.P_AXIS,
    "MDC_ECG_ANGLE_QRS_FRONT": Value.QRS_AXIS, "MDC_ECG_ANGLE_T_FRONT": Value.T_AXIS,
}  # fmt: skip
_RR = "MDC_ECG_TIME_PD_RR"
_BEAT = "MDC_ECG_BEAT"
_FILTER = "MDC_ECG_CTL_VBL_ATTR_FILTER_"
_STEP_S = {"s": 1.0, "ms": 0.001, "us": 0.000001}


def read(root: Element) -> Tracing:
    """Return the recording of an aECG document.  Raises Unreadable."""
    if root.name != "AnnotatedECG":
        raise Unreadable("unknown")
    series = _rhythm(root)
    rate, pieces = _curves(series)
    names, samples = assembled(pieces, rate)
    author = next(series.all("author", "seriesAuthor"), None)
    low = series.first("effectiveTime", "low") or root.first("effectiveTime", "center")
    model = author.said("manufacturedSeriesDevice", "manufacturerModelName") if author else ""
    maker = author.said("manufacturerOrganization", "name") if author else ""
    return Tracing(
        format=Format.AECG,
        leads=names,
        rate_hz=rate,
        microvolts=samples,
        subject=_subject(root),
        recorded_at=instant(low.get("value")) if low else None,
        device=" ".join(filter(None, (maker, model)))[:200],
        organisation=_organisation(root),
        filters=_filters(series),
        measured=_measured(series),
        statements=_statements(series),
    )


def _rhythm(root: Element) -> Element:
    every = list(root.all("component", "series"))
    rhythm = [series for series in every if _code(series) == "RHYTHM"]
    if not every:
        raise Unreadable("no-leads")
    return (rhythm or every)[0]


def _curves(series: Element) -> tuple[float, list[Piece]]:
    rate, pieces, began = 0.0, [], None
    for chunk in series.all("component", "sequenceSet"):
        step_s, head = 0.0, None
        for sequence in chunk.all("component", "sequence"):
            value = sequence.first("value")
            code = _code(sequence)
            if value is None:
                continue
            if code.startswith("TIME_"):
                step_s, head = _step(value), instant(_value(value.first("head")))
                rate = rate or (1 / step_s if step_s else 0.0)
            elif (lead := leads.named(code)) is not None:
                began = began or head
                offset = (head - began).total_seconds() if head and began else 0.0
                pieces.append(Piece(lead, _digits(value), offset))
        if step_s and abs(1 / step_s - rate) > 0.01:
            raise Unreadable("rate", rate=f"{1 / step_s:g}")
    return rate, pieces


def _step(value: Element) -> float:
    increment = value.first("increment")
    if increment is None:
        return 0.0
    return (number(increment.get("value")) or 0.0) * _STEP_S.get(increment.get("unit"), 0.0)


def _digits(value: Element) -> Microvolts:
    """The samples: origin and scale, each in its unit, and whole numbers between blanks."""
    text = value.said("digits")
    if text.count(" ") > MOST_SAMPLES:
        raise Unreadable("too-long", most=10)
    try:
        numbers = np.array(text.split(), dtype=np.float64)
    except ValueError:
        raise Unreadable("broken", what="digits") from None
    origin, scale = (_microvolts(value.first(name)) for name in ("origin", "scale"))
    return np.asarray(numbers * scale + origin, dtype=np.float32)


def _microvolts(element: Element | None) -> float:
    if element is None:
        raise Unreadable("unit", unit="")
    return (number(element.get("value")) or 0.0) * microvolts_per(element.get("unit"))


def _filters(series: Element) -> Filters:
    found: dict[str, float | None] = {}
    for control in series.all("controlVariable", "controlVariable"):
        kind = _code(control).removeprefix(_FILTER)
        for part in control.all("component", "controlVariable"):
            if _code(part).endswith("_FREQ"):
                found[kind] = number(_value(part.first("value")))
    return Filters(found.get("HIGH_PASS"), found.get("LOW_PASS"), found.get("NOTCH"))


def _measured(series: Element) -> dict[Value, float]:
    """Of the average beat where the device made one; else of the recording as a whole."""
    derived = [part for part in series.all("derivation", "derivedSeries") if _code(part) == "REPRESENTATIVE_BEAT"]
    found: dict[Value, float | None] = {}
    for source in (*derived, series):
        for code, value in _annotations(source):
            if code in _MEASURED:
                found.setdefault(_MEASURED[code], value)
            elif code == _RR and value:
                found.setdefault(Value.RATE, 60_000 / value)
    return plausible(found)


def _annotations(source: Element) -> Iterator[tuple[str, float | None]]:
    for annotations in source.all("subjectOf", "annotationSet"):
        for annotation in _nested(annotations):
            value = annotation.first("value")
            yield _code(annotation), number(value.get("value")) if value is not None else None


def _nested(parent: Element) -> Iterator[Element]:
    """Annotations in their order, the single beats left out: what is measured of them varies from beat to beat."""
    for annotation in parent.all("component", "annotation"):
        if parent.name == "annotationSet" and _code(annotation) == _BEAT and annotation.first("support"):
            continue
        yield annotation
        yield from _nested(annotation)


def _statements(series: Element) -> tuple[str, ...]:
    found = []
    for annotation in series.below("annotation"):
        value = annotation.first("value")
        kind = value.get("xsi:type") or value.get("type") if value is not None else ""
        if value is None or "INTERPRETATION" not in _code(annotation):
            continue
        text = value.said() if kind == "ST" else value.get("displayName") or value.get("code")
        if text:
            found.append(text[:400])
    return tuple(found[:60])


def _subject(root: Element) -> Subject:
    person = next(root.below("trialSubject"), None)
    if person is None:
        return Subject()
    facts = person.first("subjectDemographicPerson")
    return Subject(
        name=facts.said("name")[:120] if facts else "",
        number=_attribute(person.first("id"), "extension"),
        sex={"M": "male", "F": "female"}.get(_attribute(facts and facts.first("administrativeGenderCode"), "code"), ""),
        born_on=day(_value(facts.first("birthTime"))) if facts else None,
    )


def _organisation(root: Element) -> str:
    site = next(root.below("testingSite"), None) or next(root.below("trialSite"), None)
    return site.said("location", "name")[:200] if site else ""


def _code(element: Element) -> str:
    return _attribute(element.first("code"), "code")


def _value(element: Element | None) -> str:
    return _attribute(element, "value")


def _attribute(element: Element | None, name: str) -> str:
    return element.get(name)[:400] if element is not None else ""
