"""XML of other systems to a tree: character set, declaration, limits, no entities.  Pure.

The parser is the standard library's expat, driven by hand: it refuses a DOCTYPE before an entity can be defined, and counts
depth and elements while it reads, which defusedxml does not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_CHARACTER_SETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "gb18030-2000": "gb18030",
    "iso-8859-1": "latin-1", "latin-1": "latin-1", "windows-1252": "cp1252", "us-ascii": "ascii", "big5": "big5",
}  # fmt: skip
_FIRST_IDEOGRAPH = "\u2e80"


class Refused(Exception):
    """What may not be read: `what` is wrong-bytes, bad-xml, has-doctype, too-deep or too-many-elements; and where."""

    def __init__(self, what: str, line: int = 1, column: int = 1, /, **facts: Any) -> None:
        super().__init__(what, line, column)
        self.what, self.line, self.column, self.facts = what, line, column, facts


@dataclass(slots=True)
class Element:
    """One element; `name` as its reader calls it, without a prefix."""

    name: str
    attributes: dict[str, str]
    children: "list[Element | str]" = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return an attribute without blanks around it; "" where it is absent."""
        return self.attributes.get(name, "").strip()

    def all(self, *path: str) -> "Iterator[Element]":
        """Yield the elements at the end of the path, in the order of the document."""
        name, *rest = path
        for child in self.children:
            if isinstance(child, Element) and child.name == name:
                if rest:
                    yield from child.all(*rest)
                else:
                    yield child

    def first(self, *path: str) -> "Element | None":
        """Return the first element at the end of the path, else None."""
        return next(self.all(*path), None)

    def below(self, name: str) -> "Iterator[Element]":
        """Yield the elements of that name at any depth."""
        for child in self.children:
            if isinstance(child, Element):
                if child.name == name:
                    yield child
                yield from child.below(name)

    def said(self, *path: str) -> str:
        """Return the element's own text at the end of the path, its blanks run together; "" where there is none."""
        found = self.first(*path) if path else self
        return _plain(child for child in found.children if isinstance(child, str)) if found else ""

    @property
    def text(self) -> str:
        """All text below, its blanks run together."""
        return _plain(self._texts())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


def _plain(texts: Iterator[str]) -> str:
    return " ".join("".join(texts).split())


def looks_like(raw: bytes) -> bool:
    """Whether this is meant to be XML, whatever its root is."""
    head = raw[:2_000]
    for mark, _ in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"").lstrip().startswith(b"<")


def decoded(raw: bytes) -> str:
    """Return the text, as its bytes say rather than as it declares: a declaration survives every re-encoding.

    Raises:
        Refused: the bytes fit no character set that we know.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return _as(name, raw[len(mark) :])
    for begin, name in _UNMARKED:
        if raw.startswith(begin):
            return _as(name, raw)
    found = _DECLARED.match(raw[:400])
    declared = _CHARACTER_SETS.get(found[1].decode().lower(), "utf-8") if found else "utf-8"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _as(declared if declared != "utf-8" else "gb18030", raw)
    # A short text in GB18030 may by chance be UTF-8 too; one that has ideographs as UTF-8 is not such a text.
    if declared == "utf-8" or any(ch >= _FIRST_IDEOGRAPH for ch in text):
        return text
    return _as(declared, raw)


def _as(name: str, raw: bytes) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        raise Refused("wrong-bytes") from None


class Reader:
    """Builds the tree of one text, and stops where there is too much of it.  Who knows namespaces overrides `named`.

    A DOCTYPE that names a file may be let through, since nothing outside is ever fetched; one that defines something
    never is.
    """

    def __init__(self, *, most_depth: int, most_elements: int, may_have_doctype: bool = False) -> None:
        self._most_depth, self._most_elements = most_depth, most_elements
        self._may_have_doctype = may_have_doctype
        self._root: Element | None = None
        self._open: list[Element] = []
        self._n_elements = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def read(self, text: str) -> Element:
        """Return the root.  Raises Refused."""
        body = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text.lstrip("\ufeff"), count=1)
        try:
            # A lone half of a pair of UTF-16 is no character; the parser says where it is.
            self._parser.Parse(body.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            line, column = error.lineno, error.offset + 1
            said = expat.ErrorString(error.code)
            raise Refused("bad-xml", line, column, line=line, column=column, said=said) from None
        assert self._root is not None  # expat refuses a text without a root
        return self._root

    def named(self, name: str, attributes: dict[str, str]) -> str:
        """Return what an element that begins is called."""
        return name.rpartition(":")[2]

    def ended(self) -> None:
        """Hear that the innermost element is over."""

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_inside: int) -> None:
        if has_inside or not self._may_have_doctype:
            raise self._refused("has-doctype")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._n_elements += 1
        if self._n_elements > self._most_elements:
            raise self._refused("too-many-elements", most=self._most_elements)
        if len(self._open) >= self._most_depth:
            raise self._refused("too-deep", most=self._most_depth)
        element = Element(self.named(name, attributes), attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()
        self.ended()

    def _text(self, text: str) -> None:
        self._open[-1].children.append(text)

    def _refused(self, what: str, **facts: Any) -> Refused:
        return Refused(what, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1, **facts)
