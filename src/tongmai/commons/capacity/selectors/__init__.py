"""What can be read about capacity, as frozen values: free places, the board, one session, bans, compliance."""

from tongmai.commons.capacity.selectors.bans import BanRow, bans
from tongmai.commons.capacity.selectors.board import Board, BoardLine, BoardSession, board
from tongmai.commons.capacity.selectors.bookings import (
    BookingFacts,
    booking_of_source,
    bookings_of_resident,
    facts_of,
    history,
    holds_booking,
)
from tongmai.commons.capacity.selectors.compliance import (
    ComplianceRow,
    RefusalRow,
    compliance,
    compliance_sessions,
    refusals,
)
from tongmai.commons.capacity.selectors.free import FreePlace, FreeStay, free_places, free_stays
from tongmai.commons.capacity.selectors.sessions import SessionFacts, Visitor, session, visitors

__all__ = [
    "BanRow",
    "Board",
    "BoardLine",
    "BoardSession",
    "BookingFacts",
    "ComplianceRow",
    "FreePlace",
    "FreeStay",
    "RefusalRow",
    "SessionFacts",
    "Visitor",
    "bans",
    "board",
    "booking_of_source",
    "bookings_of_resident",
    "compliance",
    "compliance_sessions",
    "facts_of",
    "free_places",
    "free_stays",
    "history",
    "holds_booking",
    "refusals",
    "session",
    "visitors",
]
