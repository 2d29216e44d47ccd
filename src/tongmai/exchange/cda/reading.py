"""Bytes to the tree of a document: namespaces and limits (the parser is that of kernel/xml.py).  Pure."""

import re

from tongmai.exchange.hl7v2.faults import Code, Fault, Location, UnreadableMessage
from tongmai.kernel import xml
from tongmai.kernel.xml import Element

MOST_BYTES = 20 * 1024 * 1024
MOST_DEPTH = 100
MOST_ELEMENTS = 200_000
ROOT = "ClinicalDocument"
NAMESPACE = "urn:hl7-org:v3"

_BEGINS = re.compile(r"<(?!\?|!)(?:[\w.-]+:)?(\w+)")


def is_document(raw: bytes) -> bool:
    """Whether the root of this XML is a CDA document."""
    if not xml.looks_like(raw):
        return False
    try:
        found = _BEGINS.search(xml.decoded(raw))
    except xml.Refused:
        return False
    return found is not None and found[1] == ROOT


def read(raw: bytes) -> Element:
    """Return the root of the document in `raw`.

    Raises:
        UnreadableMessage: it is none; the fault says where and why.
    """
    if len(raw) > MOST_BYTES:
        raise _refused("too-large", most=MOST_BYTES // 1024 // 1024)
    try:
        root = _Reader().read(xml.decoded(raw))
    except xml.Refused as refusal:
        raise _refused(refusal.what, f"{refusal.line}:{refusal.column}", **refusal.facts) from None
    if root.name != ROOT:
        raise _refused("not-cda")
    return root


def readable(raw: bytes) -> str:
    """Return the text of anything; what cannot be decoded stands as its bytes."""
    try:
        text = xml.decoded(raw)
    except xml.Refused:
        text = raw.decode("latin-1")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def _refused(what: str, at: str = "1:1", **facts: object) -> UnreadableMessage:
    return UnreadableMessage(Fault(Code.DATA_TYPE, Location.of(at), what, facts))


class _Reader(xml.Reader):
    """Calls elements by their local names; one outside of the document's namespace gets a "?" in front."""

    def __init__(self) -> None:
        super().__init__(most_depth=MOST_DEPTH, most_elements=MOST_ELEMENTS)
        self._scopes: list[dict[str, str]] = [{}]
        self._own = ""

    def named(self, name: str, attributes: dict[str, str]) -> str:
        """Return the local name; vendors leave the namespace out, or the declaration of its prefix."""
        scope = self._scope(attributes)
        prefix, _, local = name.rpartition(":")
        uri = scope.get(prefix, f"?{prefix}" if prefix else "")
        if len(self._scopes) == 1:  # the root
            self._own = uri if uri in (NAMESPACE, "") or uri.startswith("?") else NAMESPACE
        self._scopes.append(scope)
        return local if uri in (NAMESPACE, "", self._own) else f"?{local}"

    def ended(self) -> None:
        self._scopes.pop()

    def _scope(self, attributes: dict[str, str]) -> dict[str, str]:
        said = {name: uri for name, uri in attributes.items() if name == "xmlns" or name.startswith("xmlns:")}
        if not said:
            return self._scopes[-1]
        return self._scopes[-1] | {name.partition(":")[2]: uri.strip() for name, uri in said.items()}
