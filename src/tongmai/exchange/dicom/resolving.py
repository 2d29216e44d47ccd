"""From an image to its order and its person."""

from uuid import UUID

from tongmai.care.diagnostics import for_devices
from tongmai.care.diagnostics.for_devices import Asked
from tongmai.commons.imaging.facts import Facts
from tongmai.commons.imaging.services import Whose
from tongmai.exchange.dicom import comparing
from tongmai.exchange.dicom.comparing import Ordered, Said
from tongmai.kernel import pinyin

CANCELLED = "cancelled"


def whose(said: Facts, org_id: UUID, device_id: UUID | None) -> Whose:
    """Return whose a study is: of the order whose number it carries, if nothing speaks against it."""
    asked = for_devices.by_number(said.accession) if said.accession else for_devices.by_study_uid(said.study_uid)
    accession = said.accession or (asked.order_number if asked else "")
    doubts = comparing.doubts(_said(said, accession), _ordered(asked, org_id) if asked else None)
    if doubts or asked is None:
        return Whose(doubts=" ".join(doubts))
    return Whose(asked.resident_id, asked.order_number, "")


def doubts_of(asked: Asked, *, org_id: UUID, said: Said) -> tuple[str, ...]:
    """Return what speaks against an order that a person proposes for a waiting study."""
    return comparing.doubts(said, _ordered(asked, org_id))


def _said(said: Facts, accession: str) -> Said:
    return Said(
        accession=accession, number=said.patient_number, name=said.patient_name, latin=said.patient_latin,
        sex=said.patient_sex, born_on=said.patient_born_on, modality=said.modality, is_doubtful=said.is_doubtful,
    )  # fmt: skip


def _ordered(asked: Asked, org_id: UUID) -> Ordered:
    return Ordered(
        number=asked.local_number, name=asked.name, readings=pinyin.keys(asked.name).full, sex=asked.sex,
        born_on=asked.born_on, modality=asked.modality, is_cancelled=asked.state == CANCELLED,
        is_here=asked.org_id == org_id,
    )  # fmt: skip
