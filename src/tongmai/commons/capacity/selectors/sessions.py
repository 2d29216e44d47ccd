"""One session: its places, and who has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongmai.commons.capacity import access, rules
from tongmai.commons.capacity.models import BookedPlace, Pool
from tongmai.commons.capacity.selectors.bookings import steps_open
from tongmai.commons.capacity.states import State, Step
from tongmai.commons.capacity.taking import fill_of
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.months import age_on


@dataclass(frozen=True)
class SessionFacts:
    """A session and its counters.  `may_manage`: `by` may change, close and reopen it."""

    id: UUID
    resource_id: UUID
    resource: str
    kind: str
    department: str
    practitioner: str
    org_id: UUID
    org: str
    starts_at: datetime
    ends_at: datetime
    fill: rules.Fill
    policy_rate: object
    applied_rate: object
    release_at: datetime
    is_released: bool
    is_closed: bool
    closed_reason: str
    version: int
    may_manage: bool


@dataclass(frozen=True)
class Visitor:
    """One place of a session and who has it, with the steps that `by` may take."""

    booking_id: UUID
    resident_id: UUID
    number: int
    name: str
    sex: str
    age: int | None
    id_masked: str
    share: str
    state: str
    held_until: datetime | None
    booked_by: str
    booked_at: datetime
    source_kind: str
    source_id: UUID | None
    n_places: int
    is_late_cancel: bool
    steps: Sequence[Step]


def session(pool_id: UUID, *, by: Actor) -> SessionFacts:
    """Return a session.  Raises NotFound: absent, or out of reach."""
    pool = access.pool(pool_id, by=by)
    resource = pool.resource
    return SessionFacts(
        id=pool.id,
        resource_id=resource.id,
        resource=resource.name,
        kind=resource.kind,
        department=resource.department.name,
        practitioner=resource.practitioner.name if resource.practitioner else "",
        org_id=resource.org_id,
        org=resource.org.name,
        starts_at=pool.starts_at,
        ends_at=pool.ends_at,
        fill=fill_of(pool),
        policy_rate=pool.policy_rate,
        applied_rate=pool.applied_rate,
        release_at=pool.release_at,
        is_released=rules.is_released(release_at=pool.release_at, now=by.now),
        is_closed=bool(pool.closed_reason),
        closed_reason=pool.closed_reason,
        version=pool.version,
        may_manage=by.may(Action.MANAGE_CAPACITY) and resource.org_id == by.org_id,
    )


def visitors(pool_id: UUID, *, by: Actor, with_gone: bool = False) -> list[Visitor]:
    """Return who has the places of a session, by number: only those bookings that `by` may name.

    With `with_gone` also those who cancelled or moved away.  Raises NotFound: the session is out of reach.
    """
    pool = access.pool(pool_id, by=by)
    rows = BookedPlace.objects.filter(pool=pool, booking__in=access.visible(by)).select_related(
        "booking__resource", "booking__booker_org", "booking__resident"
    )
    if not with_gone:
        rows = rows.filter(is_taken=True)
    return [_visitor(place, pool, by) for place in rows.order_by("number")]


def _visitor(place: BookedPlace, pool: Pool, by: Actor) -> Visitor:
    booking, person = place.booking, place.booking.resident
    return Visitor(
        booking_id=booking.id,
        resident_id=person.id,
        number=place.number,
        name=person.name,
        sex=person.sex,
        age=age_on(person.born_on, pool.day) if person.born_on else None,
        id_masked=person.id_masked,
        share=place.share,
        state=booking.state if place.is_taken else State.CANCELLED,
        held_until=booking.held_until,
        booked_by=booking.booker_org.short_name if booking.booker_org else "",
        booked_at=booking.created_at,
        source_kind=booking.source_kind,
        source_id=booking.source_id,
        n_places=booking.n_places,
        is_late_cancel=booking.is_late_cancel,
        steps=steps_open(booking, by=by) if place.is_taken else (),
    )
