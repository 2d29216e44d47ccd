"""What exchange and the commons' devices may ask of orders: what is to be done, and what a number means.

Nothing is opened here and nobody reads: the worklist of a device shows what its site has to examine, by identity only.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from tongmai.care.diagnostics import duty
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.states import State
from tongmai.kernel import pinyin
from tongmai.kernel.months import start_of_day

_KEPT = timedelta(days=30)  # an order that nobody came for stays on the devices' list for so long
_MOST = 500


@dataclass(frozen=True)
class Asked:
    """One order as a device or a reconciling clerk needs it.  `org_id`: the performing site; `sex` as residents store it."""

    order_number: str
    order_id: UUID
    resident_id: UUID
    org_id: UUID
    modality: str
    item_code: str
    item_name: str
    body_part: str
    study_uid: str
    priority: str
    name: str
    pinyin: str
    sex: str
    born_on: date | None
    local_number: str
    requested_at: datetime
    scheduled_at: datetime | None
    clinical_question: str
    state: str = ""


def worklist(org_id: UUID, *, modality: str = "", on: date) -> list[Asked]:
    """Return what a site has to perform on a day, most urgent first; of one modality ("" for all).

    What is planned for another day is left out; what failed the quality check is in it again.
    """
    begins, ends = start_of_day(on), start_of_day(on + timedelta(days=1))
    rows = _rows().filter(site_id=org_id, state__in=[State.ORDERED, State.REJECTED])
    rows = rows.filter(Q(scheduled_at__isnull=True, requested_at__gt=ends - _KEPT, requested_at__lt=ends)
                       | Q(scheduled_at__gte=begins, scheduled_at__lt=ends))  # fmt: skip
    if modality:
        rows = rows.filter(modality__in=_alike(modality))
    rows = rows.order_by(duty.URGENCY_RANK, Coalesce("scheduled_at", "requested_at"), "id")
    return [_asked(row) for row in rows[:_MOST]]


def by_number(order_number: str) -> Asked | None:
    """Return the order of this number, whatever its state (a cancelled one says so); None for no such order."""
    row = _rows().filter(number=order_number.strip().upper()[:16]).first()
    return _asked(row) if row else None


def by_study_uid(study_uid: str) -> Asked | None:
    """Return the order that the study of this UID was made for; None for no such order."""
    row = _rows().filter(study_uid=study_uid.strip()[:64]).first()
    return _asked(row) if row else None


def _rows() -> QuerySet[Order]:
    return Order.objects.select_related("resident")


def _alike(modality: str) -> list[str]:
    """A digital and a computed radiography do the same orders."""
    return ["DX", "CR"] if modality in ("DX", "CR") else [modality]


def _asked(row: Order) -> Asked:
    person = row.resident
    readings = pinyin.keys(person.name).full
    return Asked(
        order_number=row.number,
        order_id=row.id,
        resident_id=row.resident_id,
        org_id=row.site_id,
        modality=row.modality,
        item_code=row.item_code,
        item_name=row.item_name,
        body_part=row.body_part,
        study_uid=row.study_uid,
        priority=row.priority,
        name=person.name,
        pinyin=readings[0] if readings else "",
        sex=person.sex,
        born_on=person.born_on,
        local_number=person.id.hex,
        requested_at=row.requested_at,
        scheduled_at=row.scheduled_at,
        clinical_question=row.clinical_question,
        state=row.state,
    )
