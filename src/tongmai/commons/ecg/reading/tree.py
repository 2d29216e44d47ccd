"""XML of devices to a tree (the parser is that of kernel/xml.py).

A DOCTYPE that names a file is common in MUSE files and harmless, since nothing outside is ever fetched; one that defines
something inside is refused.
"""

from tongmai.commons.ecg.flaws import Unreadable
from tongmai.kernel import xml
from tongmai.kernel.xml import Element

MOST_DEPTH = 60
MOST_ELEMENTS = 200_000
_FLAWS = {"bad-xml": "bad-xml", "has-doctype": "entity", "too-deep": "too-deep", "too-many-elements": "too-deep"}


def read(content: bytes) -> Element:
    """Return the root.  Raises Unreadable."""
    reader = xml.Reader(most_depth=MOST_DEPTH, most_elements=MOST_ELEMENTS, may_have_doctype=True)
    try:
        return reader.read(_decoded(content))
    except xml.Refused as refusal:
        raise Unreadable(_FLAWS[refusal.what], line=refusal.line) from None
    except UnicodeDecodeError:
        raise Unreadable("bad-xml", line=1) from None


def _decoded(content: bytes) -> str:
    """The text; a device that declares what it does not write writes GB18030."""
    try:
        return xml.decoded(content)
    except xml.Refused:
        return content.decode("gb18030")
