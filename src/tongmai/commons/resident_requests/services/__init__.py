"""What residents ask, and how it is answered: one function per intent, each in one transaction."""

from tongmai.commons.resident_requests.services.disputes import (
    dispute_access,
    dispute_entry,
    dispute_identity,
    reopen,
    settle,
    withdraw,
)
from tongmai.commons.resident_requests.services.reading import note_read
from tongmai.commons.resident_requests.services.wards import (
    accept_ward,
    ask_for_ward,
    refuse_ward,
    withdraw_ward_request,
)

__all__ = [
    "accept_ward",
    "ask_for_ward",
    "dispute_access",
    "dispute_entry",
    "dispute_identity",
    "note_read",
    "refuse_ward",
    "reopen",
    "settle",
    "withdraw",
    "withdraw_ward_request",
]
