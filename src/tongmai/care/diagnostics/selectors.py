"""Reads of orders: lists for each side, one order whole, what a report is written with, whether a paper is genuine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.care.diagnostics import access, duty, policies, rules
from tongmai.care.diagnostics.models import (
    CriticalFinding,
    Draft,
    FindingMark,
    Order,
    ReportVersion,
    SafetyAnswer,
    Template,
    Transition,
)
from tongmai.care.diagnostics.states import AT_CENTRE, BEFORE, OPEN, State, Step
from tongmai.commons.ecg import selectors as ecg
from tongmai.commons.imaging import selectors as imaging
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.sections import Section
from tongmai.commons.results.models import Report
from tongmai.foundation.catalog.selectors import in_force
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.policy import PolicyValue

BOXES = ("perform", "read", "mine", "verify", "late", "unseen", "open", "done", "all")
_ROW = (
    "id", "number", "state", "priority", "item_name", "resident__name", "orderer__short_name", "site__short_name",
    "centre__short_name", "reader_id", "reader__name", "due_at", "clock_started_at", "requested_at", "n_versions",
    "n_rejections", "escalated_at", "late_images_at",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One order in a list."""

    id: UUID
    number: str
    state: str
    priority: str
    item_name: str
    resident_name: str
    orderer: str
    site: str
    centre: str
    reader_id: UUID | None
    reader: str | None
    due_at: datetime | None
    clock_started_at: datetime
    requested_at: datetime
    n_versions: int
    n_rejections: int
    escalated_at: datetime | None
    late_images_at: datetime | None


@dataclass(frozen=True)
class AtDevice:
    """What a device says (MPPS) of an examination that is still to be performed."""

    state: str  # in_progress, completed, discontinued
    device: str
    started_at: datetime
    reason: str


@dataclass(frozen=True)
class Arrivals:
    """Images that came while somebody reads, or after she has."""

    n_images: int
    n_recordings: int
    last_at: datetime
    state: str  # of the order
    may_note: bool  # the actor may say that she has looked


@dataclass(frozen=True)
class Detail:
    """One order with everything its page shows."""

    order: Order
    opened: OpenedRecord
    steps: list[Step]
    answers: list[SafetyAnswer]
    transitions: list[Transition]
    versions: list[ReportVersion]
    marks: list[FindingMark]
    limit: PolicyValue | None
    may_note_seen: bool


def in_box(box: str, *, by: Actor, q: str = "") -> QuerySet[Order]:
    """Return the orders of a list: what is to be performed, read, verified …; work in the order of the queue.

    `q` finds the resident.
    """
    rows = access.visible(by)
    conditions = {
        "perform": Q(site_id=by.org_id, state__in=BEFORE),
        "read": Q(centre_id=by.org_id, state=State.SENT),
        "mine": Q(centre_id=by.org_id, reader_id=by.staff_id, state=State.CLAIMED),
        "verify": Q(centre_id=by.org_id, state=State.PRELIMINARY) & ~Q(author_id=by.staff_id),
        "late": Q(centre_id=by.org_id, state=State.PUBLISHED, late_images_at__isnull=False),
        "unseen": Q(orderer_id=by.org_id, state=State.PUBLISHED, seen_at__isnull=True),
        "open": Q(state__in=OPEN),
        "done": Q(state=State.PUBLISHED),
    }
    rows = rows.filter(conditions[box]) if box in conditions else rows
    rows = rows.filter(residents.found_by(q)) if q.strip() else rows
    return rows.order_by("-requested_at", "id") if box in ("done", "all") else rows.order_by(*duty.QUEUE)


def rows_of(orders: QuerySet[Order]) -> QuerySet[Any, Any]:
    """Return the columns of a list, to be sliced and read by `row_of`."""
    return orders.values_list(*_ROW)


def row_of(values: tuple) -> Row:
    """Return one row of `rows_of`."""
    return Row(*values)


def escalated(*, by: Actor) -> QuerySet[Order]:
    """Return what will soon be late, or is, at the centre that `by` directs."""
    if not by.may(Action.DIRECT_CENTRE):
        return Order.objects.none()
    rows = Order.objects.filter(centre_id=by.org_id, state__in=AT_CENTRE, escalated_at__isnull=False)
    return rows.order_by("due_at")


def detail(order_id: UUID, *, by: Actor) -> Detail:
    """Open the person's record at an order, and return all that its page shows.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `access.read`.
    """
    order, opened = access.read(order_id, by=by)
    phase = policies.phase_now(order)
    return Detail(
        order=order,
        opened=opened,
        steps=access.possible_steps(order, by=by),
        answers=list(order.answers.all()),
        transitions=list(order.transitions.select_related("org")),
        versions=list(order.versions.order_by("-number")),
        marks=list(order.marks.all()),
        limit=policies.limit(order, phase, on=by.today) if phase and order.due_at else None,
        may_note_seen=order.state == State.PUBLISHED
        and order.seen_at is None
        and order.orderer_id == by.org_id
        and by.may(Action.ORDER_EXAMINATION),
    )


def at_devices(numbers: Iterable[str]) -> dict[str, AtDevice]:
    """Return what devices of the performing site say of those orders that wait there; of one that was rejected, since then."""
    said = imaging.steps_of_orders(numbers)
    waiting = Order.objects.filter(number__in=said, state__in=[State.ORDERED, State.REJECTED]).order_by()
    found = {}
    for number, state, since, site_id in waiting.values_list("number", "state", "state_since", "site_id"):
        step = said[number]
        if step.device.org_id == site_id and (state == State.ORDERED or step.received_at > since):
            started_at = step.started_at or step.received_at
            found[number] = AtDevice(step.state, step.device.name, started_at, step.reason)
    return found


def arrivals(order_id: UUID, *, by: Actor) -> Arrivals | None:
    """Return what came since the images were before a reader; None where nothing did.  Opens no record.

    Raises:
        NotFound: as in `access.get`.
    """
    return arrivals_of(access.get(order_id, by=by), by=by)


def arrivals_of(order: Order, *, by: Actor) -> Arrivals | None:
    """Return the same of an order in hand."""
    since = seen_until(order)
    if since is None:
        return None
    n_images, image_at = imaging.late_images(order.number, since=since)
    n_recordings, recorded_at = ecg.late_recordings(order.number, since=since)
    moments = [at for at in (image_at, recorded_at) if at is not None]
    if not moments:
        return None
    may_note = order.state == State.PUBLISHED and not access.why_not_reader(order.centre_id, by=by)
    return Arrivals(n_images, n_recordings, max(moments), order.state, may_note)


def seen_until(order: Order) -> datetime | None:
    """Return up to when its images have been before a reader (see `rules.images_seen_until`)."""
    last = order.versions.order_by("-number").first() if order.n_versions else None
    looked = order.transitions.filter(step=rules.LATE_SEEN).order_by("-id").first()
    return rules.images_seen_until(
        State(order.state),
        claimed_at=order.claimed_at,
        submitted_at=order.submitted_at,
        published_at=last.published_at if last else None,
        looked_at=looked.at if looked else None,
    )


def order_id_of(number: str, *, by: Actor) -> UUID | None:
    """Return the order of a number that `by` may see; None where there is none."""
    return access.visible(by).filter(number=number).order_by().values_list("id", flat=True).first()


def pictures(order: Order) -> list[tuple[str, UUID]]:
    """Return what came of the order: ("study" or "recording", id)."""
    found = [("study", each.id) for each in imaging.studies_of_order(order.number)]
    return found + [("recording", each) for each in ecg.recordings_of_order(order.number)]


def earlier_reports(order: Order, opened: OpenedRecord, limit: int = 8) -> list[Report]:
    """Return the person's earlier reports of the same category that the reader may see, the latest first."""
    if not opened.view.has(Section.RESULTS):
        return []
    rows = Report.objects.filter(
        opened.view.condition("sensitivity"), resident_id=order.resident_id, category=order.category
    ).select_related("org")
    return list(rows.exclude(order_number=order.number).order_by("-issued_at")[:limit])


def draft_of(order: Order) -> Draft | None:
    """Return what has been written of the report."""
    return Draft.objects.filter(order=order).prefetch_related("lines").first()


def templates_for(order: Order, *, by: Actor) -> list[Template]:
    """Return the templates that fit an order, the nearest first: the centre's own, its modality, its body part."""
    rows = access.visible_templates(by).filter(
        category=order.category, modality__in=["", order.modality], body_part__in=["", order.body_part]
    )
    return sorted(
        rows, key=lambda each: (each.centre_id is None, not each.modality, not each.body_part, each.position, each.name)
    )


def findings_for(order: Order, *, by: Actor) -> list[CriticalFinding]:
    """Return the critical findings of the list that can be marked with an order."""
    rows = CriticalFinding.objects.filter(in_force(by.today), category=order.category)
    return list(rows.filter(modality__in=["", order.modality]))


def counts(boxes: Iterable[str], *, by: Actor) -> dict[str, int]:
    """Return how many orders stand in each of the lists."""
    return {box: in_box(box, by=by).order_by().count() for box in boxes}


def genuine(version_id: UUID) -> ReportVersion | None:
    """Return a signed version for the page that says whether a paper is genuine: read across organisations."""
    return ReportVersion.objects.filter(id=version_id).select_related("order__centre").first()
