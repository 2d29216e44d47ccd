"""What is asked of anything that came in, whatever its format: who sends, whose it is, when it was said.  Pure.

Each format has one class that answers these; `formats.py` lists them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tongmai.exchange.hl7v2.faults import Fault, Location
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.exchange.hl7v2.referral_in import Diagnosis, Named, ReferralFacts, system_of


@dataclass(frozen=True)
class Told:
    """What the page of a message shows of it, and what a person may settle; a referral has more."""

    application: str
    facility: str
    number: str
    patient: PatientFacts
    sender_facilities: tuple[Named, ...]
    receiver_facilities: tuple[Named, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    direction: str = ""

    @property
    def system(self) -> str:
        """Where it comes from, as one name."""
        return system_of(self.application, self.facility)


class Opened(Protocol):
    """A message or document that could be read.  `body` is in the terms of its own format."""

    @property
    def body(self) -> Any: ...
    @property
    def application(self) -> str: ...
    @property
    def facility(self) -> str: ...
    @property
    def control_id(self) -> str: ...
    @property
    def kind(self) -> str: ...

    def at(self, part: str) -> Location:
        """Where application, facility, control_id or kind stands."""

    def at_person(self, field: str) -> Location:
        """Where a field of the person (`residents.Arrived`) stands."""

    def facilities(self) -> tuple[str, ...]:
        """By what its facility may have been entered, the surest first."""

    def named(self) -> tuple[Named, ...]:
        """By what our directory may know the organisation that it comes from."""

    def said_at(self) -> datetime | None:
        """When what it tells happened."""

    def why_refused(self) -> Fault | None:
        """Why it is nothing that we take at all."""

    def patient(self) -> PatientFacts:
        """Whom it is about."""

    def patient_fault(self) -> Fault | None:
        """Why nobody can be entered by what it says."""

    def lacks(self) -> str:
        """Keys of `completeness.FIELDS` that it leaves out."""

    def told(self) -> ReferralFacts | Told:
        """What is shown of it."""
