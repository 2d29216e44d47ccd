"""From a file to rows: what is read and measured of it.  Used by `services`; nothing here decides whose it is."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from tongmai.commons.ecg import rules
from tongmai.commons.ecg.measuring import Measured
from tongmai.commons.ecg.models import Level, Measurement, Pattern, Recording, Statement
from tongmai.commons.ecg.tracing import Subject, Tracing, Value
from tongmai.commons.residents.models import Resident, Sex
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.months import REPORTING_ZONE


def columns(tracing: Tracing, content: bytes) -> dict[str, Any]:
    """Return the columns of `Recording` that the file fills."""
    said, filters = tracing.subject, tracing.filters
    at = tracing.recorded_at
    return {
        "format": tracing.format,
        "content": content,
        "n_bytes": len(content),
        "digest": digest(content),
        "recorded_at": timezone.make_aware(at, REPORTING_ZONE) if at else None,
        "device": _plain(tracing.device, 200),
        "said_name": _plain(said.name, 120),
        "said_number": _plain(said.number, 64),
        "said_sex": said.sex,
        "said_born_on": said.born_on,
        "said_order": _plain(tracing.order_number, 64),
        "leads": " ".join(tracing.leads)[:120],
        "rate_hz": Decimal(str(round(tracing.rate_hz, 2))),
        "n_samples": tracing.n_samples,
        "high_pass_hz": _hz(filters.high_pass_hz),
        "low_pass_hz": _hz(filters.low_pass_hz),
        "notch_hz": _hz(filters.notch_hz),
    }


def subject_of(recording: Recording) -> Subject:
    """Return who the file says it is of."""
    return Subject(recording.said_name, recording.said_number, recording.said_sex, recording.said_born_on)


def digest(content: bytes) -> str:
    """Return what a file is recognised by."""
    return hashlib.sha256(content).hexdigest()


def store_measured(recording: Recording, tracing: Tracing, measured: Measured) -> None:
    """Insert what the device and what we measured, and what the device says."""
    sources = ((Measurement.Source.DEVICE, tracing.measured), (Measurement.Source.COMPUTER, measured.values))
    Measurement.objects.bulk_create(
        Measurement(recording=recording, source=source, code=code, number=Decimal(str(round(number, 1))))
        for source, values in sources
        for code, number in values.items()
    )
    Level.objects.bulk_create(
        Level(recording=recording, lead=lead, j_uv=round(level.j_uv), late_uv=round(level.late_uv))
        for lead, level in measured.levels.items()
    )
    Statement.objects.bulk_create(
        Statement(recording=recording, position=n, text=_plain(text, 400))
        for n, text in enumerate(tracing.statements, start=1)
    )


def measured_facts(measured: Measured) -> dict[str, Any]:
    """Return the columns of `Recording` that the measurement fills."""
    variation = measured.rr_variation
    return {
        "late_ms": measured.late_ms,
        "rr_variation": Decimal(str(round(min(variation, 9), 3))) if variation is not None else None,
    }


def store_patterns(recording: Recording, person: Resident, *, by: Actor) -> tuple[rules.Pattern, ...]:
    """Keep the patterns of a recording that has its person, since the limits depend on her, and return them.

    The device's own value goes before ours.
    """
    values: dict[Value, float] = {}
    for row in sorted(recording.measurements.all(), key=lambda row: row.source == Measurement.Source.DEVICE):
        values[Value(row.code)] = float(row.number)
    found = rules.patterns(
        values,
        st_uv={level.lead: rules.st_elevation(level.j_uv, level.late_uv) for level in recording.levels.all()},
        rr_variation=float(recording.rr_variation) if recording.rr_variation is not None else None,
        limits=limits_for(person.sex, person.born_on, at=recording.org_id, on=by.today),
    )
    Pattern.objects.filter(recording=recording).delete()
    Pattern.objects.bulk_create(
        Pattern(recording=recording, code=pattern.code, detail=pattern.detail[:60]) for pattern in found
    )
    return found


def limits_for(sex: str, born_on: date | None, *, at: UUID | None, on: date) -> rules.Limits:
    """Return the limits in force for a person of this sex and age."""

    return rules.Limits(
        rate_critical_below=policy.value("ecg.rate.critical_below", on=on, at=at).int,
        rate_critical_above=policy.value("ecg.rate.critical_above", on=on, at=at).int,
        rate_low=policy.value("ecg.rate.low", on=on, at=at).int,
        rate_high=policy.value("ecg.rate.high", on=on, at=at).int,
        qrs_wide_ms=policy.value("ecg.interval.qrs_wide", on=on, at=at).int,
        qtc_long_ms=policy.value("ecg.interval.qtc_long", on=on, at=at).int,
        pr_long_ms=policy.value("ecg.interval.pr_long", on=on, at=at).int,
        irregular_share=float(policy.value("ecg.irregular", on=on, at=at).decimal),
        st_uv=policy.value("ecg.stemi.other_leads", on=on, at=at).int,
        st_in_front_uv=_in_front(sex, born_on, at=at, on=on),
    )


def _in_front(sex: str, born_on: date | None, *, at: UUID | None, on: date) -> int:
    if sex == Sex.FEMALE:
        return policy.value("ecg.stemi.v2_v3.women", on=on, at=at).int
    young_until = policy.value("ecg.stemi.young_man_age", on=on, at=at)
    if sex == Sex.MALE and born_on and born_on > young_until.before(on):
        return policy.value("ecg.stemi.v2_v3.young_men", on=on, at=at).int
    return policy.value("ecg.stemi.v2_v3.men", on=on, at=at).int


def _plain(text: str, most: int) -> str:
    """Without what a database or a page cannot keep."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:most]


def _hz(number: float | None) -> Decimal | None:
    return Decimal(str(round(number, 3))) if number is not None and 0 < number < 99_999 else None
