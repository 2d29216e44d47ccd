"""C-STORE as bytes: the request that a device sends and the response that it gets (PS3.7 9.3.1).

Only this message is read and written here: it comes a thousand times for each of the others, and takes a twentieth of the
time that it takes by way of data sets.
"""

import struct
from dataclasses import dataclass, field
from io import BytesIO

from tongmai.exchange.dicom.statuses import Answer

_CLASS, _FIELD, _NUMBER, _ANSWERED = 0x0002, 0x0100, 0x0110, 0x0120
_DATA, _STATUS, _COMMENT, _INSTANCE = 0x0800, 0x0900, 0x0902, 0x1000
_REQUEST, _RESPONSE, _NO_DATA = 0x0001, 0x8001, 0x0101
_LAST_OF_COMMAND, _P_DATA = 3, 4
_MOST_OF_UID, _MOST_OF_COMMENT = 64, 64


@dataclass
class Request:
    """An image on its way, and under which numbers its device speaks of it."""

    number: int
    sop_class: str
    sop_uid: str
    context_id: int
    data_set: BytesIO = field(default_factory=BytesIO)


def request(command: bytes, context_id: int) -> Request | None:
    """Return the request that a command is; None where it is another one, or cannot be read here."""
    said = _elements(command)
    if said is None or _number(said, _FIELD) != _REQUEST or _number(said, _DATA) in (None, _NO_DATA):
        return None
    number = _number(said, _NUMBER)
    if number is None or _CLASS not in said or _INSTANCE not in said:
        return None
    return Request(number, _uid(said[_CLASS]), _uid(said[_INSTANCE]), context_id)


def response(to: Request, said: Answer) -> bytes:
    """Return the whole unit that answers a request."""
    elements = b"".join(
        (
            _text(_CLASS, to.sop_class, b"\0"),
            _short(_FIELD, _RESPONSE),
            _short(_ANSWERED, to.number),
            _short(_DATA, _NO_DATA),
            _short(_STATUS, said.status),
            _text(_COMMENT, said.says[:_MOST_OF_COMMENT], b" ") if said.says else b"",
            _text(_INSTANCE, to.sop_uid, b"\0"),
        )
    )
    command = struct.pack("<HHII", 0, 0, 4, len(elements)) + elements
    piece = struct.pack(">IBB", len(command) + 2, to.context_id, _LAST_OF_COMMAND) + command
    return struct.pack(">BBI", _P_DATA, 0, len(piece)) + piece


def _elements(command: bytes) -> dict[int, bytes] | None:
    found, at = {}, 0
    while at < len(command):
        if at + 8 > len(command):
            return None
        group, element, length = struct.unpack_from("<HHI", command, at)
        at += 8
        if group != 0 or at + length > len(command):
            return None
        found[element] = command[at : at + length]
        at += length
    return found


def _number(said: dict[int, bytes], element: int) -> int | None:
    value = said.get(element, b"")
    return int.from_bytes(value, "little") if len(value) == 2 else None


def _uid(value: bytes) -> str:
    return value.rstrip(b"\0 ").decode("ascii", "ignore")[:_MOST_OF_UID]


def _short(element: int, value: int) -> bytes:
    return struct.pack("<HHIH", 0, element, 2, value)


def _text(element: int, text: str, pad: bytes) -> bytes:
    value = text.encode("ascii", "replace")
    value += pad * (len(value) % 2)
    return struct.pack("<HHI", 0, element, len(value)) + value
