"""At the site: performed, sent, done again."""

from uuid import UUID

from django.db import transaction

from tongmai.care.diagnostics import access, errors, policies, rules, selectors
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.services import thread
from tongmai.care.diagnostics.states import State, Step
from tongmai.commons.imaging import selectors as imaging
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.catalog.errors import UnknownCode
from tongmai.foundation.orgs.actors import Actor


@transaction.atomic
def perform(order_id: UUID, *, by: Actor, seen_version: int | None = None) -> Order:
    """The examination was done at the site, for the first time or again after a rejection.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
    """
    order = access.get(order_id, by=by, lock=True, seen_version=seen_version)
    step = Step.REDO if order.state == State.REJECTED else Step.PERFORM
    access.require_step(order, step, by=by)
    thread.take(order, step, by=by)
    return order


@transaction.atomic
def send(order_id: UUID, *, by: Actor, seen_version: int | None = None) -> Order:
    """Send it to its centre; mandatory fields are checked first.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        FieldsMissing: what must be there before anybody reads is not.
    """
    order = access.get(order_id, by=by, step=Step.SEND, lock=True, seen_version=seen_version)
    if missing := _missing(order):
        raise errors.FieldsMissing(missing="、".join(missing))
    thread.take(order, Step.SEND, by=by)
    return order


@transaction.atomic
def data_arrived(*, order_number: str, by: Actor) -> Order | None:
    """Images or a recording of this order have come: it was performed, and is sent where policy says so.

    For an order that is with its centre already nothing changes, but what comes after the report was written is remembered.
    Returns None for no such order.
    """
    order = Order.objects.select_for_update().filter(number=order_number).first()
    if order is None:
        return None
    if order.state in (State.ORDERED, State.REJECTED):
        thread.take(order, Step.REDO if order.state == State.REJECTED else Step.PERFORM, by=by)
        if policies.sends_on_arrival(order, on=by.today) and not _missing(order):
            thread.take(order, Step.SEND, by=by)
    elif (since := selectors.seen_until(order)) is not None and by.now > since:
        thread.mark_late(order, by=by)
    return order


@transaction.atomic
def device_completed(*, order_number: str, org_id: UUID, by: Actor) -> Order | None:
    """A device at `org_id` says that it has completed an examination: performed it is once its images are there, too.

    That counts above all for one that is done again after a rejection: its study stands already, so no study arrives.
    Without images, heard again, of another site, or for an order that is past this, nothing changes.  Returns None where
    there is no such order to perform there.
    """
    rows = Order.objects.select_for_update().filter(number=order_number, site_id=org_id)
    order = rows.filter(state__in=[State.ORDERED, State.REJECTED]).first()
    if order is None or not imaging.images_came(order_number, since=order.state_since):
        return order
    return data_arrived(order_number=order_number, by=by)


def device_has_completed(order: Order) -> bool:
    """Whether a device of its site has said, since the order came to its state, that it completed the examination."""
    said = imaging.steps_of_orders([order.number]).get(order.number)
    if said is None or said.device.org_id != order.site_id:
        return False
    return said.state == said.State.COMPLETED and said.received_at > order.state_since


def _missing(order: Order) -> list[str]:
    try:
        item = catalog.examination_item(order.item_code, order.requested_at.date())
        asked = rules.asked_of(item.checks, sex=order.resident.sex)
    except UnknownCode:
        asked = []
    answered = dict(order.answers.values_list("check_code", "answer"))
    return rules.missing_for_sending(clinical_question=order.clinical_question, asked=asked, answered=answered)
