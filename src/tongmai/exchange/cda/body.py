"""The body of a document: sections with text for people, or a file of another kind.  Pure."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from tongmai.exchange.cda import entries, kinds, narrative, values
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.kernel.xml import Element

MOST_SECTIONS = 2_000
_AT = Location.of("component/nonXMLBody/text")


@dataclass(frozen=True)
class Section:
    """One section; `depth` 0 belongs to the document itself.  `n_entries`: what is structured in it, not interpreted.

    Where it has no text for people, what its entries say stands in its place, as they write it.
    """

    depth: int
    code: str
    title: str
    html: str
    text: str
    n_entries: int


@dataclass(frozen=True)
class Attached:
    """The body where it is a file of another kind; `text` where that is text."""

    media_type: str
    content: bytes
    text: str


@dataclass(frozen=True)
class Body:
    """What stands in the document: one of the two."""

    sections: tuple[Section, ...] = ()
    attached: Attached | None = None

    @property
    def text(self) -> str:
        """All that can be read, for searching."""
        if self.attached is not None:
            return self.attached.text
        return "\n".join(part for each in self.sections for part in (each.title, each.text) if part)


# What a file begins with goes before what it says it is.
_BEGINNINGS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_SHOWN = frozenset(kind for _, kind in _BEGINNINGS)


def body(root: Element) -> tuple[Body, Fault | None]:
    """Return the body, or why there is none."""
    structured = root.first("component", "structuredBody")
    if structured is not None:
        sections = tuple(_sections(structured, 0))
        if not sections:
            return Body(), Fault(Code.REQUIRED_FIELD, Location.of("component/structuredBody"), "cda-no-content")
        if len(sections) > MOST_SECTIONS:
            return Body(), _too_many()
        return Body(sections), None
    other = root.first("component", "nonXMLBody", "text")
    if other is None:
        return Body(), Fault(Code.REQUIRED_FIELD, Location.of("component"), "cda-no-content")
    return _attached(other)


def _too_many() -> Fault:
    return Fault(Code.DATA_TYPE, Location.of("component/structuredBody"), "cda-many-sections", {"most": MOST_SECTIONS})


def _sections(owner: Element, depth: int) -> Iterator[Section]:
    for section in owner.all("component", "section"):
        code, text = values.coded(section.first("code")), section.first("text")
        html = narrative.html(text)
        yield Section(
            depth=depth,
            code=code.code,
            title=values.text_of(section, "title") or kinds.name_of(code),
            html=html or entries.html(section),
            text=narrative.plain(text) if html else "\n".join(entries.lines(section)),
            n_entries=sum(1 for _ in section.all("entry")),
        )
        yield from _sections(section, depth + 1)


def _attached(said: Element) -> tuple[Body, Fault | None]:
    written = "".join(child for child in said.children if isinstance(child, str))
    if not written.strip():
        what = "cda-body-elsewhere" if said.first("reference") is not None else "cda-no-content"
        return Body(), Fault(Code.REQUIRED_FIELD, _AT, what)
    if said.get("compression"):
        return Body(), Fault(Code.DATA_TYPE, _AT, "cda-bad-content")
    if said.get("representation").upper() != "B64":
        return Body(
            attached=Attached(said.get("mediaType").lower()[:80] or "text/plain", written.encode(), written)
        ), None
    try:
        content = base64.b64decode("".join(written.split()), validate=True)
    except (ValueError, binascii.Error):
        return Body(), Fault(Code.DATA_TYPE, _AT, "cda-bad-content")
    return Body(attached=_file(content, said.get("mediaType").lower()[:80])), None


def _file(content: bytes, said: str) -> Attached:
    kind = next((name for begin, name in _BEGINNINGS if content.startswith(begin)), "")
    if kind:
        return Attached(kind, content, "")
    said = "application/octet-stream" if said in _SHOWN or not said else said
    text = content.decode("utf-8", errors="replace").replace("\x00", "") if said == "text/plain" else ""
    return Attached(said, content, text)
