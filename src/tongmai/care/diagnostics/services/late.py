"""Images that come when the examination is past its first ones: a repeat, or what the device sent too late."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongmai.care.diagnostics import access, events, selectors
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.rules import LATE_SEEN
from tongmai.care.diagnostics.services import thread
from tongmai.care.diagnostics.services.performing import data_arrived, device_has_completed
from tongmai.care.diagnostics.states import State
from tongmai.commons.imaging import selectors as imaging
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import StepNotAllowed


@transaction.atomic
def images_added(*, study_id: UUID, by: Actor) -> Order | None:
    """Images came to a study that stood already.

    Of an examination that was sent back, and that its device has completed again, they are the repeat: it is performed
    and goes its way.  Where a report is written already, its centre is told; the report stays as it is.  Before that they
    simply belong to the study.  Heard again nothing changes.  Returns None for a study of no order.
    """
    number = imaging.order_number_of(study_id)
    order = Order.objects.select_for_update().filter(number=number).first() if number else None
    if order is None:
        return None
    if order.state == State.REJECTED and device_has_completed(order) and _came(order, since=order.state_since):
        return data_arrived(order_number=number, by=by)
    since = selectors.seen_until(order)
    if since is not None and _came(order, since=since):
        thread.mark_late(order, by=by)
    return order


@transaction.atomic
def note_late_images(order_id: UUID, *, by: Actor) -> Order:
    """A reader has looked at what came after the published report and leaves it as it is.  Repeating changes nothing.

    Raises:
        NotFound: as in `access.get`.  StepNotAllowed: nothing is published, or she does not report for the centre.
    """
    order = access.get(order_id, by=by, lock=True)
    if order.state != State.PUBLISHED or access.why_not_reader(order.centre_id, by=by):
        raise StepNotAllowed(state=order.state, step=LATE_SEEN)
    # What the page shows may be there a moment before the worker has heard of it.
    if order.late_images_at is not None or selectors.arrivals_of(order, by=by) is not None:
        order.late_images_at = None
        order.version += 1
        order.save(update_fields=["late_images_at", "version"])
        thread.remember(order, LATE_SEEN, order.state, by=by)
        seen = events.LateImagesSeen(
            order_id=order.id, order_number=order.number, resident_id=order.resident_id, centre_id=order.centre_id
        )
        audit.record(seen, by=by, subject_id=order.id)
    return order


def _came(order: Order, *, since: datetime) -> bool:
    return imaging.late_images(order.number, since=since)[0] > 0
