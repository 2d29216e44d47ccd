"""What becomes of a message of each kind: the table, and one module for each noun.

A function of the table reads the message, finds or enters the person, and calls the services of the app that the thing
belongs to.  It returns what it did (a key of `wording.OUTCOMES`), or raises NotApplied with what is wrong; then nothing
of it is written.  Shared documents (CDA) are all treated alike, whatever their kind.  FHIR will bring its own readers to the
same services.
"""

from collections.abc import Callable

from tongmai.exchange.services.applying import (
    appointments,
    documents,
    orders,
    people,
    reports,
    shared_documents,
    visits,
)
from tongmai.exchange.services.arrival import Arrival, NotApplied

APPLIED_BY: dict[tuple[str, str], Callable[[Arrival], str]] = {
    ("ADT", "A01"): visits.apply,
    ("ADT", "A02"): visits.apply,
    ("ADT", "A03"): visits.apply,
    ("ADT", "A04"): visits.apply,
    ("ADT", "A05"): visits.apply,
    ("ADT", "A06"): visits.apply,
    ("ADT", "A07"): visits.apply,
    ("ADT", "A08"): visits.apply,
    ("ADT", "A11"): visits.apply,
    ("ADT", "A13"): visits.apply,
    ("ADT", "A28"): people.apply,
    ("ADT", "A31"): people.apply,
    ("ADT", "A40"): people.merge,
    ("ORU", "R01"): reports.apply,
    ("OUL", "R22"): reports.apply,
    ("OUL", "R23"): reports.apply,
    ("OUL", "R24"): reports.apply,
    ("ORM", "O01"): orders.apply,
    ("OMP", "O09"): orders.apply,
    ("RDE", "O01"): orders.apply,
    ("RDE", "O11"): orders.apply,
    ("RDE", "O25"): orders.apply,
    ("SIU", "S12"): appointments.apply,
    ("SIU", "S13"): appointments.apply,
    ("SIU", "S14"): appointments.apply,
    ("SIU", "S15"): appointments.apply,
    ("MDM", "T02"): documents.apply,
}

_WHATEVER_ITS_KIND: dict[str, Callable[[Arrival], str]] = {"CDA": shared_documents.apply}


def applied_by(kind: str) -> Callable[[Arrival], str]:
    """Return what applies a message of this kind, e.g. ADT^A01 or CDA^C0053."""
    code, _, event = kind.partition("^")
    return _WHATEVER_ITS_KIND.get(code) or APPLIED_BY[code, event]


__all__ = ["APPLIED_BY", "Arrival", "NotApplied", "applied_by"]
