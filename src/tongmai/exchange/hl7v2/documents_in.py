"""What an MDM brings: one document with what is written about it.  Pure."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import doctor_name
from tongmai.exchange.hl7v2.reading import Message, Segment


@dataclass(frozen=True)
class DocumentFacts:
    """One document.  `content` is as it is to be kept, `format` one of text, pdf, html, rtf, xml, image, other."""

    number: str
    kind_code: str
    title: str
    format: str
    status: str  # draft | final | cancelled
    author: str
    written_at: datetime | None
    replaces: str  # the number of the document that this one takes the place of
    content: bytes
    location: Location


_FORMATS = {"PDF": "pdf", "HTML": "html", "XHTML": "html", "RTF": "rtf", "XML": "xml", "HL7-XML": "xml", "JPEG": "image",
            "JPG": "image", "PNG": "image", "TIFF": "image", "TXT": "text", "TEXT": "text", "PLAIN": "text"}  # fmt: skip
# HL7 table 0271
_STATES = {
    "DI": "draft",
    "DO": "draft",
    "IP": "draft",
    "IN": "draft",
    "PA": "draft",
    "CA": "cancelled",
    "RE": "cancelled",
}
# HL7 table 0270, the usual part of it
_TITLES = {"AR": "尸检报告", "CN": "会诊记录", "DI": "影像诊断报告", "DS": "出院小结", "ED": "急诊病历", "HP": "入院记录",
           "OP": "手术记录", "PN": "病程记录", "SP": "病理报告", "TS": "转科记录", "CD": "心血管诊断报告"}  # fmt: skip
_PLACE = Location("OBX", field=5)


def document(message: Message) -> tuple[DocumentFacts | None, Fault | None]:
    """Return the document, or why there is none: no TXA, no number, no content, content that is not what it says."""
    txa = message.first("TXA")
    if txa is None:
        return None, Fault(Code.SEGMENT_SEQUENCE, Location("TXA"), "no-document")
    number = txa.value(12) or txa.value(12, 3)
    if not number:
        return None, Fault(Code.REQUIRED_FIELD, txa.at(12), "no-document-number")
    content, form, fault = _content(message)
    if fault is not None:
        return None, fault
    kind = txa.value(2)
    titles = (txa.value(2, 2), _named(message), _TITLES.get(kind.upper(), ""), txa.value(16), kind)
    said = DocumentFacts(
        number=number[:199],
        kind_code=kind[:40],
        title=next((text for text in titles if text), "—")[:200],
        format=form,
        status=_STATES.get(txa.value(17).upper(), "final"),
        author=(doctor_name(txa, 9) or doctor_name(txa, 5) or txa.value(9) or txa.value(5))[:60],
        written_at=next((at for n in (4, 6, 7) if (at := instants.instant(txa.value(n))) is not None), None),
        replaces=txa.value(13)[:199],
        content=content,
        location=txa.at(12),
    )
    return said, None


def _named(message: Message) -> str:
    """The name of the first observation that carries content; a study's number is no title."""
    found = next((obx for obx in message.all("OBX") if obx.value(2).upper() in ("ED", "TX", "FT", "ST")), None)
    return found.value(3, 2) if found else ""


def _content(message: Message) -> tuple[bytes, str, Fault | None]:
    """An encapsulated file (ED), else the lines of text in their order."""
    for obx in message.all("OBX"):
        if obx.value(2).upper() == "ED" and obx.value(5, 5):
            return _encapsulated(obx)
    lines = []
    for obx in message.all("OBX"):
        if obx.value(2).upper() in ("TX", "FT", "ST", ""):
            lines += [obx.value(5, 1, i) for i, _ in enumerate(obx.repetitions(5), start=1)]
    text = "\n".join(lines)
    if not text.strip():
        return b"", "", Fault(Code.REQUIRED_FIELD, _PLACE, "no-content")
    return text.encode(), "text", None


def _encapsulated(obx: Segment) -> tuple[bytes, str, Fault | None]:
    """ED: source^type^subtype^encoding^data."""
    form = next((_FORMATS[t.upper()] for t in (obx.value(5, 3), obx.value(5, 2)) if t.upper() in _FORMATS), "other")
    encoding, data = obx.value(5, 4).upper(), obx.value(5, 5)
    try:
        if encoding.startswith("HEX"):
            return bytes.fromhex("".join(data.split())), form, None
        if encoding == "A":
            return data.encode(), form, None
        return base64.b64decode("".join(data.split()), validate=True), form, None
    except (ValueError, binascii.Error):
        return b"", "", Fault(Code.DATA_TYPE, obx.at(5, 5), "bad-content")
