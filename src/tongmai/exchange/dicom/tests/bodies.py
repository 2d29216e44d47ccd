"""Bodies of several parts, as a peer writes and reads them."""

from io import BytesIO

from tongmai.exchange.dicom.web import multipart
from tongmai.exchange.dicom.web.multipart import Part


def packed(*parts: Part, boundary: str = "x") -> bytes:
    """Return a body of these parts."""
    sent = (multipart.Sent(each.media_type, multipart.at_once(each.content)) for each in parts)
    return b"".join(multipart.written(sent, boundary))


def unpacked(body: bytes, content_type: str, *, most: int = 1 << 30) -> list[Part]:
    """Return the parts of a body."""
    return list(multipart.parts_of(BytesIO(body).read, content_type, most=most))
