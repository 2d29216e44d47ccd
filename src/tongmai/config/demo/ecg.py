"""Electrocardiograms that were ordered, and more of the first town: synthetic curves of invented people.

One shows a lifted ST, with an earlier one of the same person to compare; one names somebody else and waits for a decision.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tongmai.care.diagnostics.models import Order
from tongmai.commons.ecg import services, synthetic, writing
from tongmai.commons.ecg.synthetic import Truth
from tongmai.commons.ecg.tracing import Subject
from tongmai.commons.residents.models import Resident
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.days import Town
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.months import REPORTING_ZONE

# What is taken, and how long ago; each of another person.
TAKEN = (
    (Truth(rate_bpm=74, seed=11), timedelta(days=9)),
    (Truth(rate_bpm=96, rr_spread=0.28, has_p=False, qt_ms=350, seed=12), timedelta(days=6)),
    (Truth(rate_bpm=68, qrs_ms=148, qt_ms=440, axis_deg=-35, seed=13), timedelta(days=4)),
    (Truth(rate_bpm=46, qt_ms=440, seed=14), timedelta(days=2)),
    (Truth(rate_bpm=64, pr_ms=236, seed=15), timedelta(days=1)),
)
CHEST_PAIN = Truth(rate_bpm=84, qt_ms=370, st_uv=synthetic.INFERIOR_STEMI, seed=16)


def build(cast: Cast, towns: list[Town], *, now: datetime) -> None:
    """Take them, and leave what waits."""
    ordered = Order.objects.filter(category="ecg", performed_at__isnull=False).exclude(
        state__in=("rejected", "cancelled")
    )
    for n, order in enumerate(ordered.order_by("requested_at")):
        by = cast.actor(order.site_id, Role.TECHNICIAN, order.performed_at, random=Random(1))
        _taken(
            Truth(rate_bpm=70 + 18 * n, rr_spread=0.2 * n, seed=20 + n), order.resident_id, by=by, number=order.number
        )
    town = towns[0]
    grown = [each for each in town.patients if each.age >= 40][: len(TAKEN) + 2]
    if len(grown) < len(TAKEN) + 2:
        return
    for (truth, ago), patient in zip(TAKEN, grown, strict=False):
        _taken(truth, patient.id, by=_doctor(cast, town, now - ago))
    pained, mistaken = grown[-2:]
    _taken(replace(CHEST_PAIN, st_uv={}, seed=17), pained.id, by=_doctor(cast, town, now - timedelta(days=40)))
    _taken(CHEST_PAIN, pained.id, by=_doctor(cast, town, now - timedelta(minutes=12)))
    _taken(Truth(seed=18), mistaken.id, by=_doctor(cast, town, now - timedelta(hours=3)), says="示例来人")


def _doctor(cast: Cast, town: Town, now: datetime) -> Actor:
    return cast.actor(town.centre.id, Role.GENERAL_PRACTITIONER, now, random=Random(1))


def _taken(truth: Truth, resident_id: UUID, *, by: Actor, says: str = "", number: str = "") -> None:
    person = Resident.objects.get(id=resident_id)
    sex = person.sex if person.sex in ("male", "female") else ""
    subject = Subject(says or person.name, "", sex, person.born_on)
    at = by.now.astimezone(REPORTING_ZONE).replace(tzinfo=None, microsecond=0) - timedelta(minutes=2)
    tracing = replace(synthetic.recording(truth, subject=subject, recorded_at=at), organisation=by.org_name)
    services.receive(
        writing.part10(tracing),
        resident_id=person.id,
        order_number=number,
        org_id=by.org_id,
        received_from="upload",
        by=by,
    )
