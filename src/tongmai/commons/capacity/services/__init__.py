"""What can be done with capacity.  Bookings, sessions, resources, bans, refusals and upkeep have a module each."""

from tongmai.commons.capacity.services.bans import lift_ban
from tongmai.commons.capacity.services.booking import (
    arrive,
    book,
    cancel,
    confirm,
    hold,
    no_show,
    reschedule,
)
from tongmai.commons.capacity.services.desk import (
    AT_DESK,
    book_at_desk,
    cancel_own,
    may_cancel_own,
    reschedule_at_desk,
    take_at_desk,
)
from tongmai.commons.capacity.services.refusals import drop_refusal, note_refusal
from tongmai.commons.capacity.services.resources import change_resource, create_resource, drop_weekly, set_weekly
from tongmai.commons.capacity.services.sessions import change_total, close, publish, publish_days, publish_weeks, reopen
from tongmai.commons.capacity.services.upkeep import expire_holds, release_due

__all__ = [
    "AT_DESK",
    "arrive",
    "book",
    "book_at_desk",
    "cancel",
    "cancel_own",
    "change_resource",
    "change_total",
    "close",
    "confirm",
    "create_resource",
    "drop_refusal",
    "drop_weekly",
    "expire_holds",
    "hold",
    "lift_ban",
    "may_cancel_own",
    "no_show",
    "note_refusal",
    "publish",
    "publish_days",
    "publish_weeks",
    "release_due",
    "reopen",
    "reschedule",
    "reschedule_at_desk",
    "set_weekly",
    "take_at_desk",
]
