"""XML to a tree: character set, limits, no entities.  The standard library's expat, driven by hand.

A DOCTYPE that names a file is common in MUSE files and harmless, since nothing outside is ever fetched; one that defines
something inside is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tongmai.commons.ecg.flaws import Unreadable

MOST_DEPTH = 60
MOST_ELEMENTS = 200_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_SETS = {
    "utf-8": "utf-8", "us-ascii": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030",
    "iso-8859-1": "latin-1", "windows-1252": "cp1252",
}  # fmt: skip


@dataclass(slots=True)
class Element:
    """One element; `name` without its namespace."""

    name: str
    attributes: dict[str, str]
    children: "list[Element]" = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return an attribute; "" where it is absent."""
        return self.attributes.get(name, "").strip()

    def all(self, *path: str) -> "Iterator[Element]":
        """Yield the elements at the end of the path."""
        name, *rest = path
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(*rest)
                else:
                    yield child

    def first(self, *path: str) -> "Element | None":
        """Return the first element at the end of the path."""
        return next(self.all(*path), None)

    def below(self, name: str) -> "Iterator[Element]":
        """Yield the elements of that name at any depth."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.below(name)

    def said(self, *path: str) -> str:
        """Return the text at the end of the path; "" where there is none."""
        found = self.first(*path) if path else self
        return " ".join("".join(found.texts).split()) if found else ""


def looks_like_xml(content: bytes) -> bool:
    """Whether the bytes are meant to be XML."""
    head = content[:200]
    for mark, _ in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"").lstrip().startswith(b"<")


def read(content: bytes) -> Element:
    """Return the root.  Raises Unreadable."""
    return _Builder().parse(_decoded(content))


def _decoded(content: bytes) -> str:
    try:
        for mark, name in _MARKS:
            if content.startswith(mark):
                return content[len(mark) :].decode(name)
        if content[:2] in (b"<\x00", b"\x00<"):
            return content.decode("utf-16-le" if content[0] else "utf-16-be")
        found = _DECLARED.match(content[:400])
        declared = _SETS.get(found[1].decode().lower(), "utf-8") if found else "utf-8"
        try:
            return content.decode(declared)
        except UnicodeDecodeError:
            return content.decode("gb18030")
    except UnicodeDecodeError:
        raise Unreadable("bad-xml", line=1) from None


class _Builder:
    def __init__(self) -> None:
        self._root: Element | None = None
        self._open: list[Element] = []
        self._n = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = lambda _name: self._open.pop()
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype

    def parse(self, text: str) -> Element:
        body = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
        try:
            self._parser.Parse(body.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            raise Unreadable("bad-xml", line=error.lineno) from None
        assert self._root is not None  # expat refuses a text without a root
        return self._root

    def _doctype(self, _name: str, _system: str, _public: str, has_inside: int) -> None:
        if has_inside:
            raise Unreadable("entity")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._n += 1
        if self._n > MOST_ELEMENTS or len(self._open) >= MOST_DEPTH:
            raise Unreadable("too-deep")
        plain = {key.rpartition(":")[2] if key.startswith("xsi:") else key: value for key, value in attributes.items()}
        element = Element(name.rpartition(":")[2], plain)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _text(self, text: str) -> None:
        self._open[-1].texts.append(text)
