"""What happened to sessions, bookings and bans."""

from datetime import datetime
from uuid import UUID

from tongmai.foundation.audit.events import OfTheCase, event


@event
class ResourceChanged:
    resource_id: UUID
    org_id: UUID
    is_new: bool


@event
class WeeklyTemplateChanged:
    resource_id: UUID
    org_id: UUID


@event
class SessionsPublished:
    org_id: UUID
    pool_ids: list[str]


@event
class SessionTotalChanged:
    pool_id: UUID
    old_total: int
    new_total: int
    new_reserved: int


@event
class SessionClosed:
    pool_id: UUID
    reason: str
    n_booked: int


@event
class SessionReopened:
    pool_id: UUID


@event
class CapacityReleased:
    """Unused reserved places of a session are open to everybody from now on."""

    pool_id: UUID
    n_released: int


@event
class Booked:
    """Places were taken, or with `held_until` only held."""

    booking_id: UUID
    resident_id: UUID
    org_id: UUID
    share: str
    starts_at: datetime
    source_kind: str
    source_id: UUID | None
    held_until: datetime | None


@event
class BookingConfirmed:
    booking_id: UUID
    resident_id: UUID
    source_kind: str
    source_id: UUID | None


@event
class BookingCancelled:
    booking_id: UUID
    resident_id: UUID
    org_id: UUID
    reason: OfTheCase
    is_late: bool
    source_kind: str
    source_id: UUID | None


@event
class BookingRescheduled:
    booking_id: UUID
    resident_id: UUID
    org_id: UUID
    old_starts_at: datetime
    new_starts_at: datetime
    reason: OfTheCase
    source_kind: str
    source_id: UUID | None


@event
class BookingArrived:
    booking_id: UUID
    resident_id: UUID
    org_id: UUID
    source_kind: str
    source_id: UUID | None


@event
class BookingMissed:
    booking_id: UUID
    resident_id: UUID
    org_id: UUID
    source_kind: str
    source_id: UUID | None


@event
class BookingExpired:
    booking_id: UUID
    resident_id: UUID
    source_kind: str
    source_id: UUID | None


@event
class BookingRefused:
    """A request found no place; it is on the slot-issue list."""

    refusal_id: UUID
    resident_id: UUID
    org_id: UUID
    share_wanted: str
    source_kind: str
    source_id: UUID | None


@event
class RefusalDropped:
    refusal_id: UUID
    resident_id: UUID
    reason: OfTheCase


@event
class ResidentBanned:
    ban_id: UUID
    resident_id: UUID
    until: datetime
    n_missed: int


@event
class BanLifted:
    ban_id: UUID
    resident_id: UUID
    reason: OfTheCase
