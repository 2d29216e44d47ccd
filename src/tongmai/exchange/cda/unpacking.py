"""A document inside of a message: as it is, or in an envelope of mail parts (MIME).  Pure."""

import email
import email.policy
import re

from tongmai.exchange.cda import reading

_ENVELOPE = re.compile(rb"^\s*(?:MIME-Version|Content-Type)\s*:", re.IGNORECASE)


def unpacked(content: bytes) -> bytes | None:
    """Return the document in a message's content, None where there is none."""
    if reading.is_document(content):
        return content
    if not _ENVELOPE.match(content[:400]):
        return None
    parts = email.message_from_bytes(content, policy=email.policy.compat32).walk()
    found = (part.get_payload(decode=True) for part in parts if not part.is_multipart())
    return next((body for body in found if isinstance(body, bytes) and reading.is_document(body)), None)
