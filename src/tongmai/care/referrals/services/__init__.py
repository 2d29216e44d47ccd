"""What can be done with referrals: one function per intent, each in one transaction."""

from tongmai.care.referrals.consent import Given
from tongmai.care.referrals.services.answering import (
    accept,
    accept_and_book,
    approve_review,
    decline,
    note_decline,
    redirect,
    return_for_information,
    send_back,
    withdraw,
)
from tongmai.care.referrals.services.catalogue import LineInput, end_line, import_lines, load_starter, set_line
from tongmai.care.referrals.services.consenting import record_consent
from tongmai.care.referrals.services.down import Item, Medicine, Plan, receive, send_down, submit_down
from tongmai.care.referrals.services.drafting import Content, complete_paperwork, resubmit, save_draft, submit
from tongmai.care.referrals.services.external import receive_external, receive_external_down
from tongmai.care.referrals.services.following import Findings, finish, record_follow_up
from tongmai.care.referrals.services.places import book, reschedule
from tongmai.care.referrals.services.visits import admit_emergency, arrive, close, miss, treat

__all__ = [
    "Content",
    "Findings",
    "Given",
    "Item",
    "LineInput",
    "Medicine",
    "Plan",
    "accept",
    "accept_and_book",
    "admit_emergency",
    "approve_review",
    "arrive",
    "book",
    "close",
    "complete_paperwork",
    "decline",
    "end_line",
    "finish",
    "import_lines",
    "load_starter",
    "miss",
    "note_decline",
    "receive",
    "receive_external",
    "receive_external_down",
    "record_consent",
    "record_follow_up",
    "redirect",
    "reschedule",
    "resubmit",
    "return_for_information",
    "save_draft",
    "send_back",
    "send_down",
    "set_line",
    "submit",
    "submit_down",
    "treat",
    "withdraw",
]
