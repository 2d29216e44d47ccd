"""What can be read about capacity, as frozen values: free places, the board, one session, bans, compliance."""

from tongmai.commons.capacity.selectors.bans import BanRow, bans
from tongmai.commons.capacity.selectors.board import ORDERS, Board, BoardLine, BoardSession, board, offering_orgs
from tongmai.commons.capacity.selectors.bookings import (
    BookingFacts,
    BookingView,
    booking,
    booking_of_source,
    bookings_count_since,
    bookings_in_reach,
    bookings_of_resident,
    facts_of,
    facts_of_all,
    history,
    holds_booking,
    steps_at_desk,
)
from tongmai.commons.capacity.selectors.compliance import (
    ComplianceRow,
    RefusalRow,
    SessionRow,
    compliance,
    compliance_sessions,
    monday,
    refusals,
)
from tongmai.commons.capacity.selectors.free import FreePlace, FreeStay, free_places, free_stays
from tongmai.commons.capacity.selectors.resources import ResourceRow, WeeklyLine, own_resource, own_resources
from tongmai.commons.capacity.selectors.sessions import SessionFacts, Visitor, session, visitors
from tongmai.commons.capacity.selectors.stays import Night, WardNights, ward_nights

__all__ = [
    "ORDERS",
    "BanRow",
    "Board",
    "BoardLine",
    "BoardSession",
    "BookingFacts",
    "BookingView",
    "ComplianceRow",
    "FreePlace",
    "FreeStay",
    "Night",
    "RefusalRow",
    "ResourceRow",
    "SessionFacts",
    "SessionRow",
    "Visitor",
    "WardNights",
    "WeeklyLine",
    "bans",
    "board",
    "booking",
    "booking_of_source",
    "bookings_count_since",
    "bookings_in_reach",
    "bookings_of_resident",
    "compliance",
    "compliance_sessions",
    "facts_of",
    "facts_of_all",
    "free_places",
    "free_stays",
    "history",
    "holds_booking",
    "monday",
    "offering_orgs",
    "own_resource",
    "own_resources",
    "refusals",
    "session",
    "steps_at_desk",
    "visitors",
    "ward_nights",
]
