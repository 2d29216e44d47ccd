"""A shared document as intake asks it (`exchange.telling`).  Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tongmai.exchange import completeness
from tongmai.exchange.cda import document, patient
from tongmai.exchange.cda.document import APPLICATION, ClinicalDocument
from tongmai.exchange.hl7v2.faults import Fault, Location
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.exchange.hl7v2.referral_in import Named
from tongmai.exchange.telling import Told

_PLACES = {"application": "custodian", "facility": "custodian", "control_id": "id", "kind": "code"}
_MOST_REMEMBERED = 1_000_000


@dataclass(frozen=True)
class OpenedDocument:
    """A document that could be read.  Its system is CDA at whoever keeps it: it names no program that sends."""

    body: ClinicalDocument

    @property
    def application(self) -> str:
        return APPLICATION

    @property
    def facility(self) -> str:
        return next(iter(self.body.maker_texts), "")

    @property
    def control_id(self) -> str:
        return self.body.control_id

    @property
    def kind(self) -> str:
        return self.body.kind

    def at(self, part: str) -> Location:
        return Location.of(_PLACES[part])

    def at_person(self, field: str) -> Location:
        return Location.of(patient.PLACES.get(field, f"{patient.ROLE}/id"))

    def facilities(self) -> tuple[str, ...]:
        return self.body.maker_texts

    def named(self) -> tuple[Named, ...]:
        at, name = self.at("facility"), self.body.maker.name
        numbers = tuple(each.number for each in self.body.maker.ids)
        return tuple(Named(number, name, at) for number in numbers) or (Named("", name or self.facility, at),)

    def said_at(self) -> datetime | None:
        return self.body.header.written_at

    def why_refused(self) -> Fault | None:
        return None

    def patient(self) -> PatientFacts:
        return self.body.patient

    def patient_fault(self) -> Fault | None:
        return self.body.patient_fault

    def lacks(self) -> str:
        return completeness.person_lacks(self.body.patient)

    def told(self) -> Told:
        return Told(APPLICATION, self.facility, str(self.body.header.id), self.body.patient, self.named())


def opened(raw: bytes) -> OpenedDocument:
    """Return the document in `raw`; raises UnreadableMessage."""
    return _remembered(raw) if len(raw) <= _MOST_REMEMBERED else OpenedDocument(document.read(raw))


@lru_cache(maxsize=8)
def _remembered(raw: bytes) -> OpenedDocument:
    """A document on its way in is read where it is kept and where it is applied."""
    return OpenedDocument(document.read(raw))
