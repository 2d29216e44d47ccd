"""One booking as others need to know it, and the bookings of one resident."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.capacity import access, states
from tongmai.commons.capacity.models import BookedPlace, Booking, BookingTransition
from tongmai.commons.capacity.sources import Source, SourceKind
from tongmai.commons.capacity.states import PoolState, State, Step
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.months import start_of_day


@dataclass(frozen=True)
class BookingFacts:
    """A booking with what a page shows of it.  `numbers` are the tickets, in the order of time."""

    id: UUID
    resident_id: UUID
    resource_id: UUID
    resource: str
    kind: str
    department: str
    practitioner: str
    org_id: UUID
    org: str
    place: str
    notice: str
    starts_at: datetime
    ends_at: datetime
    n_places: int
    numbers: Sequence[int]
    pool_ids: Sequence[UUID]
    share: str
    share_wanted: str
    state: str
    held_until: datetime | None
    source_kind: str
    source_id: UUID | None
    is_in_closed_session: bool
    version: int


@dataclass(frozen=True)
class BookingView:
    """A booking with whom it is for, and the steps that `by` may take with it now."""

    facts: BookingFacts
    resident_id: UUID
    name: str
    id_masked: str
    steps: Sequence[Step]


@dataclass(frozen=True)
class StepTaken:
    """One line of a booking's history."""

    step: str
    at: datetime
    who: str
    org: str
    reason: str


def bookings_in_reach(*, by: Actor, resident_id: UUID | None = None) -> QuerySet[Booking]:
    """Return the bookings that `by` may see (`access.visible`), all or of one resident."""
    rows = _with_resources(access.visible(by))
    return rows.filter(resident_id=resident_id) if resident_id else rows


def facts_of(bookings: QuerySet[Booking]) -> list[BookingFacts]:
    """Return the facts of already scoped bookings, in their order, in two queries."""
    return facts_of_all(list(_with_resources(bookings)))


def facts_of_all(found: Sequence[Booking]) -> list[BookingFacts]:
    """Return the facts of bookings already fetched with their resources (`bookings_in_reach`), in one query."""
    places: dict[UUID, list[BookedPlace]] = {}
    rows = BookedPlace.objects.filter(booking__in=found).select_related("pool").order_by("pool__starts_at", "id")
    for place in rows:
        places.setdefault(place.booking_id, []).append(place)
    return [_facts(booking, places.get(booking.id, [])) for booking in found]


def booking(booking_id: UUID, *, by: Actor) -> BookingView:
    """Return one booking.  Raises NotFound: absent, or out of reach."""
    found = access.booking(booking_id, by=by)
    return BookingView(
        facts=facts_of(access.visible(by).filter(id=found.id))[0],
        resident_id=found.resident_id,
        name=found.resident.name,
        id_masked=found.resident.id_masked,
        steps=steps_open(found, by=by),
    )


def booking_of_source(source: Source) -> BookingFacts | None:
    """Return the latest booking made for `source`; the caller has already found that the actor may see the source."""
    rows = Booking.objects.filter(source_kind=source.kind, source_id=source.id).order_by("-created_at", "-id")
    return next(iter(facts_of(rows[:1])), None)


def bookings_of_resident(resident_id: UUID, *, by: Actor, coming_only: bool = False) -> list[BookingFacts]:
    """Return the resident's bookings that `by` may see, the latest first; a resident sees all of her own."""
    ids = [row[0] for row in _OF_RESIDENT.rows(by, resident_id=resident_id, coming_only=coming_only)]
    return facts_of(Booking.objects.filter(id__in=ids).order_by("-starts_at", "-id")) if ids else []


def _of_resident(by: Actor, *, resident_id: UUID, coming_only: bool) -> QuerySet:
    rows = access.visible(by).filter(resident_id=resident_id).order_by("-starts_at", "-id")
    if coming_only:
        rows = rows.filter(state__in=[State.HELD, State.BOOKED], ends_at__gt=by.now)
    return rows.values_list("id")[:100]


_OF_RESIDENT = Prepared(_of_resident)


def bookings_count_since(by: Actor) -> datetime:
    """Return the instant from which a booking that has ended is still a reason to open a record, by policy."""
    return start_of_day(policy.value("access.after_booking", on=by.today, at=by.org_id).before(by.today))


def holds_booking(by: Actor, resident_id: UUID, *, since: datetime) -> bool | QuerySet[Booking]:
    """Whether the organisation of `by` expects the resident on a booking, or received her on one that ends after `since`.

    A basis to open her record; what comes of the visit is a basis of its own.
    """
    if by.org_id is None:
        return False
    return Booking.objects.filter(
        resident_id=resident_id,
        resource__org_id=by.org_id,
        state__in=[State.BOOKED, State.ARRIVED],
        ends_at__gte=since,
    )


def history(booking_id: UUID, *, by: Actor) -> list[StepTaken]:
    """Return the steps of a booking, the latest first.  Raises NotFound: absent, or out of reach."""
    booking = access.booking(booking_id, by=by)
    rows = BookingTransition.objects.filter(booking=booking).select_related("by", "org").order_by("-id")
    return [
        StepTaken(
            step=row.step,
            at=row.at,
            who=row.by.display_name if row.by else "",
            org=row.org.short_name if row.org else "",
            reason=row.reason,
        )
        for row in rows
    ]


def steps_open(booking: Booking, *, by: Actor) -> list[Step]:
    """Return the steps that `by` may take with a booking now; the state table and the side decide."""
    return states.open_to(State(booking.state), sides=access.sides(booking, by), role=by.role)


def steps_at_desk(steps: Iterable[Step], source_kind: str) -> list[Step]:
    """Return those of `steps` that are taken on the booking itself; a referral's booking is moved by the referral."""
    return [] if source_kind == SourceKind.REFERRAL else list(steps)


def _with_resources(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return bookings.select_related("resource__org", "resource__department", "resource__practitioner")


def _facts(booking: Booking, places: Iterable[BookedPlace]) -> BookingFacts:
    current = [place for place in places if place.is_taken] or list(places)[-booking.n_places :]
    resource = booking.resource
    return BookingFacts(
        id=booking.id,
        resident_id=booking.resident_id,
        resource_id=resource.id,
        resource=resource.name,
        kind=resource.kind,
        department=resource.department.name,
        practitioner=resource.practitioner.name if resource.practitioner else "",
        org_id=resource.org_id,
        org=resource.org.name,
        place=resource.place,
        notice=resource.notice,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        n_places=booking.n_places,
        numbers=[place.number for place in current],
        pool_ids=[place.pool_id for place in current],
        share=booking.share,
        share_wanted=booking.share_wanted,
        state=booking.state,
        held_until=booking.held_until,
        source_kind=booking.source_kind,
        source_id=booking.source_id,
        is_in_closed_session=any(place.pool.state == PoolState.CLOSED for place in current),
        version=booking.version,
    )
