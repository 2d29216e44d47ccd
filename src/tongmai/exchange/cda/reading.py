"""Bytes to a tree: character set, declaration, namespaces, limits.  Pure.

The parser is the standard library's expat, driven by hand: it refuses a DOCTYPE before an entity can be defined, and counts
depth and elements while it reads, which defusedxml does not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tongmai.exchange.hl7v2.faults import Code, Fault, Location, UnreadableMessage

MOST_BYTES = 20 * 1024 * 1024
MOST_DEPTH = 100
MOST_ELEMENTS = 200_000
ROOT = "ClinicalDocument"
NAMESPACE = "urn:hl7-org:v3"

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_CHARACTER_SETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "gb18030-2000": "gb18030",
    "iso-8859-1": "latin-1", "latin-1": "latin-1", "windows-1252": "cp1252", "us-ascii": "ascii", "big5": "big5",
}  # fmt: skip
_FIRST_IDEOGRAPH = "\u2e80"
_BEGINS = re.compile(r"<(?!\?|!)(?:[\w.-]+:)?(\w+)")


@dataclass(slots=True)
class Element:
    """One element.  `name` is local; of an element outside of the document's namespace it begins with "?"."""

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

    @property
    def text(self) -> str:
        """All text below, its blanks run together."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


def looks_like(raw: bytes) -> bool:
    """Whether this is meant to be XML, and so a document rather than a message; whatever its root is."""
    head = raw[:2_000]
    for mark, _ in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"").lstrip().startswith(b"<")


def is_document(raw: bytes) -> bool:
    """Whether the root of this XML is a CDA document."""
    if not looks_like(raw):
        return False
    try:
        found = _BEGINS.search(decode(raw))
    except UnreadableMessage:
        return False
    return found is not None and found[1] == ROOT


def read(raw: bytes) -> Element:
    """Return the root of the document in `raw`.

    Raises:
        UnreadableMessage: it is none; the fault says where and why.
    """
    if len(raw) > MOST_BYTES:
        raise _refused("too-large", most=MOST_BYTES // 1024 // 1024)
    root = _Builder().parse(decode(raw))
    if root.name != ROOT:
        raise _refused("not-cda")
    return root


def decode(raw: bytes) -> str:
    """Return the text, as its bytes say rather than as it declares: a declaration survives every re-encoding.

    Raises:
        UnreadableMessage: the bytes fit no character set that we know.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], name)
    for begin, name in _UNMARKED:
        if raw.startswith(begin):
            return _decoded(raw, name)
    found = _DECLARED.match(raw[:400])
    declared = _CHARACTER_SETS.get(found[1].decode().lower(), "utf-8") if found else "utf-8"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(raw, declared if declared != "utf-8" else "gb18030")
    # A short text in GB18030 may by chance be UTF-8 too; one that has ideographs as UTF-8 is not such a text.
    if declared == "utf-8" or any(ch >= _FIRST_IDEOGRAPH for ch in text):
        return text
    return _decoded(raw, declared)


def readable(raw: bytes) -> str:
    """Return the text of anything; what cannot be decoded stands as its bytes."""
    try:
        text = decode(raw)
    except UnreadableMessage:
        text = raw.decode("latin-1")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        raise UnreadableMessage(Fault(Code.DATA_TYPE, Location.of("1:1"), "wrong-bytes")) from None


def _refused(what: str, at: str = "1:1", **facts: object) -> UnreadableMessage:
    return UnreadableMessage(Fault(Code.DATA_TYPE, Location.of(at), what, facts))


class _Builder:
    """Builds the tree, and stops where there is too much of it."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._scopes: list[dict[str, str]] = [{}]
        self._n_elements = 0
        self._own = ""
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def parse(self, text: str) -> Element:
        body = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text.lstrip("\ufeff"), count=1)
        try:
            # A lone half of a pair of UTF-16 is no character; the parser says where it is.
            self._parser.Parse(body.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            said = expat.ErrorString(error.code)
            line, column = error.lineno, error.offset + 1
            raise _refused("bad-xml", f"{line}:{column}", line=line, column=column, said=said) from None
        if self.root is None:
            raise _refused("not-cda")
        return self.root

    def _doctype(self, *_: object) -> None:
        raise _refused("has-doctype", self._here())

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._n_elements += 1
        if self._n_elements > MOST_ELEMENTS:
            raise _refused("too-many-elements", self._here(), most=MOST_ELEMENTS)
        if len(self._open) >= MOST_DEPTH:
            raise _refused("too-deep", self._here(), most=MOST_DEPTH)
        scope = self._scope(attributes)
        self._scopes.append(scope)
        element = Element(self._named(name, scope), attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()
        self._scopes.pop()

    def _text(self, text: str) -> None:
        self._open[-1].children.append(text)

    def _scope(self, attributes: dict[str, str]) -> dict[str, str]:
        said = {name: uri for name, uri in attributes.items() if name == "xmlns" or name.startswith("xmlns:")}
        if not said:
            return self._scopes[-1]
        return self._scopes[-1] | {name.partition(":")[2]: uri.strip() for name, uri in said.items()}

    def _named(self, name: str, scope: dict[str, str]) -> str:
        """The local name; vendors leave the namespace out, or the declaration of its prefix."""
        prefix, _, local = name.rpartition(":")
        uri = scope.get(prefix, f"?{prefix}" if prefix else "")
        if not self._open:
            self._own = uri if uri in (NAMESPACE, "") or uri.startswith("?") else NAMESPACE
        return local if uri in (NAMESPACE, "", self._own) else f"?{local}"

    def _here(self) -> str:
        return f"{self._parser.CurrentLineNumber}:{self._parser.CurrentColumnNumber + 1}"
