"""A document as a whole: who it is, from where, and why it is not taken.  Pure."""

from dataclasses import dataclass

from tongmai.exchange.cda import patient, reading
from tongmai.exchange.cda.body import Body, body
from tongmai.exchange.cda.header import Header, Organisation, header, organisation_numbers
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.kernel.xml import Element

APPLICATION = "CDA"


@dataclass(frozen=True)
class ClinicalDocument:
    """What a document says."""

    header: Header
    patient: PatientFacts
    patient_fault: Fault | None
    body: Body
    body_fault: Fault | None

    @property
    def control_id(self) -> str:
        """By which it is recognised: its own id, with the version where several share one; "" where it has none."""
        if not self.header.id.number:
            return ""
        version = "" if self.header.version is None else f" v{self.header.version}"
        return f"{self.header.id}{version}"

    @property
    def kind(self) -> str:
        """As messages have a type: CDA^ and the code of the document."""
        return f"{APPLICATION}^{self.header.kind.code}"[:32]

    @property
    def maker(self) -> Organisation:
        """Whose system it comes from: who keeps it, else whose author wrote or signed it."""
        written_at = (each.org for part in ("author", "signer") for each in self.header.of_part(part))
        return next((org for org in (self.header.custodian, *written_at) if org.ids or org.name), Organisation())

    @property
    def maker_texts(self) -> tuple[str, ...]:
        """By what the maker may be known, the surest first; at the very least whose numbers the document has."""
        return organisation_numbers(self.maker) or tuple(filter(None, [self.header.id.root]))

    def why_not_kept(self) -> Fault | None:
        """Return what it lacks to be kept as a document, else None."""
        if not self.header.id.number:
            return Fault(Code.REQUIRED_FIELD, Location.of("id"), "cda-no-id")
        return self.body_fault


def read(raw: bytes) -> ClinicalDocument:
    """Return the document in `raw`.

    Raises:
        UnreadableMessage: it is none; the fault says where and why.
    """
    return of_root(reading.read(raw))


def of_root(root: Element) -> ClinicalDocument:
    """Return what the document below this root says."""
    said, fault = body(root)
    return ClinicalDocument(header(root), patient.patient(root), patient.patient_fault(root), said, fault)
