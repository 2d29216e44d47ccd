"""Files that were lately sent to the PACS or read from it: a viewer reads the frames of one file one after the other.

Each is named by its hash, so none grows old; they may be deleted at any time.
"""

import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from tongmai.commons.imaging.archive import Pieces, write_out
from tongmai.commons.imaging.pixels import previews
from tongmai.kernel.ids import new_id

_SWEPT_EACH = 64


class Copies:
    """A folder of at most about `most_bytes`: the longest unread go first."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self._most_bytes = most_bytes

    def open(self, sha256: str) -> BinaryIO | None:
        """Return the copy, None where there is none."""
        path = self._path(sha256)
        with suppress(OSError):
            os.utime(path)
            return path.open("rb")
        return None

    def keep(self, sha256: str, pieces: Pieces) -> None:
        """Keep a copy; a full disk takes away only the keeping."""
        path, part = self._path(sha256), self.folder / f"{new_id().hex}.part"
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_out(part, pieces, is_synced=False)
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        if zlib.crc32(path.name.encode()) % _SWEPT_EACH == 0:
            previews.sweep(self.folder, most_bytes=self._most_bytes)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.dcm"
