"""The file around a data set (DICOM PS3.10): 128 bytes, "DICM", the meta group, then the data set as it came.

Ours is always the same for the same data set, so that an image that comes by two ways is one file.
"""

import struct
import zlib
from dataclasses import dataclass

from pydicom.uid import DeflatedExplicitVRLittleEndian

from tongmai.commons.imaging import header

IMPLEMENTATION = "2.25.121039824984225970035277225527145680469"
VERSION = "TONGMAI"
_DATA_SET = 144  # where the meta group's own elements begin: 128 + "DICM" + (0002,0000)


class NotDicom(Exception):
    """These bytes are no DICOM file."""


@dataclass(frozen=True)
class Opened:
    """A file taken apart: what its meta group says, and the data set."""

    sop_class: str
    sop_uid: str
    transfer_syntax: str
    data_set: memoryview


def preamble(*, sop_class: str, sop_uid: str, transfer_syntax: str) -> bytes:
    """Return what stands before the data set."""
    meta = b"".join(
        (
            struct.pack("<HH2sHIH", 2, 0x0001, b"OB", 0, 2, 0x0100),
            _element(0x0002, b"UI", sop_class),
            _element(0x0003, b"UI", sop_uid),
            _element(0x0010, b"UI", transfer_syntax),
            _element(0x0012, b"UI", IMPLEMENTATION),
            _element(0x0013, b"SH", VERSION),
        )
    )
    return b"\0" * 128 + b"DICM" + struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(meta)) + meta


def opened(content: bytes | memoryview) -> Opened:
    """Take a file apart.

    Raises:
        NotDicom: it has no meta group that can be read.
    """
    if len(content) < _DATA_SET or content[128:132] != b"DICM":
        raise NotDicom()
    group, element, vr, _n, length = struct.unpack("<HH2sHI", content[132:_DATA_SET])
    end = _DATA_SET + length
    if (group, element, vr) != (2, 0, b"UL") or end > len(content):
        raise NotDicom()
    said = _elements(bytes(content[_DATA_SET:end]))
    try:
        return Opened(said[0x0002], said[0x0003], said[0x0010], memoryview(content)[end:])
    except KeyError as missing:
        raise NotDicom() from missing


def inflated(data_set: bytes | memoryview, transfer_syntax: str, *, most: int) -> bytes | memoryview:
    """Return the data set as it is read: a deflated one is unpacked, of others nothing is done.

    Raises:
        zlib.error: it is cut off, no deflated data, or unpacks to more than `most` bytes.
    """
    if transfer_syntax != DeflatedExplicitVRLittleEndian:
        return data_set
    unpacking = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    found = unpacking.decompress(bytes(data_set), most)
    if not unpacking.eof:
        raise zlib.error("cut off, or too big")
    return found


def _element(number: int, vr: bytes, text: str) -> bytes:
    value = text.encode("ascii")
    value += b"" if len(value) % 2 == 0 else b"\0" if vr == b"UI" else b" "
    return struct.pack("<HH2sH", 2, number, vr, len(value)) + value


def _elements(meta: bytes) -> dict[int, str]:
    found, at = {}, 0
    while at + 8 <= len(meta):
        _group, number, vr, length = struct.unpack_from("<HH2sH", meta, at)
        at += 8
        if vr in header.LONG:
            if at + 4 > len(meta):
                break
            length = struct.unpack_from("<I", meta, at)[0]
            at += 4
        found[number] = meta[at : at + length].rstrip(b"\0 ").decode("ascii", "replace")
        at += length
    return found
