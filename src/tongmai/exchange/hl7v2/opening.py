"""An HL7 v2 message as intake asks it (`exchange.telling`).  Pure."""

from dataclasses import dataclass
from datetime import datetime

from tongmai.exchange import completeness
from tongmai.exchange.hl7v2 import kinds, person_in, reading, referral_in, visits_in
from tongmai.exchange.hl7v2.faults import Fault, Location
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.exchange.hl7v2.reading import Message
from tongmai.exchange.hl7v2.referral_in import Named, ReferralFacts

_FIELDS = {"application": 3, "facility": 4, "kind": 9, "control_id": 10}
_OF_PERSON = {"name": 5, "born_on": 7, "sex": 8, "id_number": 3, "local_number": 3, "phone": 13, "address": 11}


@dataclass(frozen=True)
class OpenedMessage:
    """A message that could be read."""

    body: Message

    @property
    def application(self) -> str:
        return self.body.header.value(3)

    @property
    def facility(self) -> str:
        return self.body.header.value(4)

    @property
    def control_id(self) -> str:
        return self.body.control_id

    @property
    def kind(self) -> str:
        return "^".join(self.body.type)[:32]

    def at(self, part: str) -> Location:
        return self.body.header.at(_FIELDS[part])

    def at_person(self, field: str) -> Location:
        return Location("PID", field=_OF_PERSON.get(field, 3))

    def facilities(self) -> tuple[str, ...]:
        return self.facility, self.body.header.value(4, 2)

    def named(self) -> tuple[Named, ...]:
        header = self.body.header
        return (Named(header.value(4, 2), header.value(4), header.at(4)),)

    def said_at(self) -> datetime | None:
        return visits_in.said_at(self.body)

    def why_refused(self) -> Fault | None:
        return kinds.why_refused(self.body)

    def patient(self) -> PatientFacts:
        return person_in.patient(self.body)

    def patient_fault(self) -> Fault | None:
        return person_in.patient_fault(self.body.first("PID"))

    def lacks(self) -> str:
        return completeness.lacks(self.body)

    def told(self) -> ReferralFacts:
        """The other kinds say the same things in the same places as a referral."""
        return referral_in.referral(self.body)[0]


def opened(raw: bytes) -> OpenedMessage:
    """Return the message in `raw`; raises UnreadableMessage."""
    return OpenedMessage(reading.read(raw))
