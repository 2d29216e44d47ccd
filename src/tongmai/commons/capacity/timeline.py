"""Bookings in the record of a person (residents/timeline.py): past ones, and those to come."""

from uuid import UUID

from tongmai.commons.capacity import access
from tongmai.commons.capacity.presenters import KINDS, state_tag
from tongmai.commons.capacity.states import Kind
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.addresses import of_row


def rows(by: Actor, resident_id: UUID) -> Rows:
    """Return those of the resident's bookings that `by` may see."""
    return Rows(
        access.visible(by).filter(resident_id=resident_id),
        at="starts_at",
        ends_at="ends_at",
        org="resource__org",
        title="resource__name",
        what="resource__kind",
        state="state",
        who="resource__practitioner__name",
        place="resource__department__name",
    )


def entry(row: Row, by: Actor) -> Entry:
    """Return a booking in words; only staff get a link to its page."""
    said = (str(KINDS[Kind(row.what)]), row.place, row.who)
    return row.entry(
        detail=" · ".join(part for part in said if part),
        href=of_row("capacity:booking", row.id) if by.may(Action.SEE_CAPACITY) else "",
        tag=state_tag(row.state),
    )
