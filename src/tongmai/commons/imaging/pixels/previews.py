"""What was made of an image once and is asked for again: small pictures, and the packed bodies of large frames.

Images never change, so nothing here grows old; it lies beside the archive, may be deleted at any time, and is kept below
a size that the caller gives: the oldest go first.
"""

import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from tongmai.commons.imaging.pixels import decoding, drawing, packing

KEPT_FROM_BYTES = 1_000_000  # smaller frames are made anew faster than they are looked up on an old disk
_SWEPT_EACH = 64
Opens = Callable[[], BinaryIO]


def thumbnail(open_file: Opens, index: int, *, cache: Path, key: str, longest: int, most_bytes: int) -> bytes:
    """Return a frame as a small JPEG.  Raises as `decoding.frame`."""

    def make() -> bytes:
        with open_file() as file:
            return drawing.written(drawing.picture(decoding.frame(file, index), longest=longest))

    return _kept(cache / f"{key[:2]}" / f"{key}-{index}-{longest}.jpg", make, cache, most_bytes)


def body(open_file: Opens, index: int, *, cache: Path, key: str, most_bytes: int) -> bytes:
    """Return a frame as the viewer wants it (`packing`).  Raises as `decoding.frame`."""
    place = cache / f"{key[:2]}" / f"{key}-{index}.frame"
    with suppress(OSError):
        return place.read_bytes()
    with open_file() as file:
        found = decoding.frame(file, index)
    made = packing.packed(found)
    return _write(place, made, cache, most_bytes) if found.values.nbytes >= KEPT_FROM_BYTES else made


def _kept(place: Path, make: Callable[[], bytes], cache: Path, most_bytes: int) -> bytes:
    with suppress(OSError):
        return place.read_bytes()
    return _write(place, make(), cache, most_bytes)


def _write(place: Path, made: bytes, cache: Path, most_bytes: int) -> bytes:
    """Keep the bytes; a full disk takes away only the keeping."""
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(made)
        part.replace(place)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return made
    if zlib.crc32(place.name.encode()) % _SWEPT_EACH == 0:
        sweep(cache, most_bytes=most_bytes)
    return made


def sweep(cache: Path, *, most_bytes: int) -> int:
    """Delete the oldest files until the rest is at most `most_bytes`; return how many went."""
    files = []
    for each in cache.rglob("*.*"):
        with suppress(FileNotFoundError):
            said = each.stat()
            files.append((said.st_mtime, said.st_size, each))
    total, n = sum(size for _at, size, _path in files), 0
    for _at, size, each in sorted(files):
        if total <= most_bytes:
            break
        each.unlink(missing_ok=True)
        total, n = total - size, n + 1
    return n
