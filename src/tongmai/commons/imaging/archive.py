"""The archive on a folder: where the bytes of images stand.

A file is written under another name, brought to the disk, and only then gets its own (`os.replace`): under its own name
it is always whole.  The name holds the beginning of its hash, so that two files of one number never meet; the row says
which of them counts.  A file that has no row was never acknowledged to anybody, `tongmai check images` names it.

    studies/<2 characters of the study's hash>/<study uid>/<sop uid>-<12 characters of the SHA-256>.dcm
    quarantine/<id>.bin
"""

import errno
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from django.conf import settings

from tongmai.kernel.errors import StorageFull
from tongmai.kernel.ids import new_id

Pieces = Sequence[bytes | memoryview]  # of one file, in their order
UID = re.compile(r"[0-9]+(\.[0-9]+)*", re.ASCII)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NAME = re.compile(r"(?P<uid>[0-9.]{1,64})-(?P<digest>[0-9a-f]{12})\.dcm")
DIGEST_IN_NAME = 12


@dataclass(frozen=True)
class Place:
    """Which file is meant."""

    study_uid: str
    series_uid: str
    sop_uid: str
    sha256: str

    @property
    def address(self) -> str:
        """How DICOMweb names it, below the root of a service."""
        return f"studies/{self.study_uid}/series/{self.series_uid}/instances/{self.sop_uid}"


@dataclass(frozen=True)
class Stray:
    """A file of the folder as its name says it, with the beginning of its hash only."""

    sop_uid: str
    digest: str


@dataclass(frozen=True)
class Written:
    """What was written: its hash and size."""

    sha256: str
    n_bytes: int


class Store(Protocol):
    """Where the bytes of images stand.  Whoever stores and shows images asks for no more than this.

    `keeps_one`: it knows a file by its number alone, so other content under that number must not reach it.
    """

    keeps_one: bool

    def put(self, place: Place, pieces: Pieces, n_bytes: int) -> None:
        """Keep a whole file; when this returns it stands there.  Raises StorageFull, ArchiveAway, NotTaken."""
        ...

    def begin(self, place: Place, pieces: Pieces, n_bytes: int) -> Callable[[], None]:
        """Do the same, but for what can wait: that is done by what is returned, before which nobody may be told."""
        ...

    def read(self, place: Place) -> bytes:
        """Return the whole file.  Raises FileNotFoundError."""
        ...

    def open(self, place: Place) -> BinaryIO:
        """Return it to be read in parts.  Raises FileNotFoundError."""
        ...

    def expect(self, place: Place) -> None:
        """Hear that the file will be read next."""
        ...

    def has(self, place: Place) -> bool:
        """Whether the file is there."""
        ...

    def digest_of(self, place: Place) -> str:
        """Return the SHA-256 of the file as it stands there now.  Raises FileNotFoundError."""
        ...


class NotTaken(Exception):
    """The file can never be kept under this number.  `reason`: one of the quarantine's; `detail` for the engineer."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def is_uid(text: str) -> bool:
    """Whether this is a UID, which is also what makes it fit for a file's name."""
    return 0 < len(text) <= 64 and UID.fullmatch(text) is not None


def digest(pieces: Pieces) -> Written:
    """Return the hash and the size of a file in pieces."""
    found, n = hashlib.sha256(), 0
    for piece in pieces:
        found.update(piece)
        n += len(piece)
    return Written(found.hexdigest(), n)


class Archive:
    """The folder.  `is_synced`: bytes and names are brought to the disk before anything is acknowledged."""

    keeps_one = False

    def __init__(self, root: Path, *, is_synced: bool = True) -> None:
        self.root = root
        self._is_synced = is_synced
        self._known: set[Path] = set()
        self._lock = threading.Lock()

    def path(self, place: Place) -> Path:
        """Return where that file stands.

        Raises:
            ValueError: its numbers are no UIDs.
        """
        if not (is_uid(place.study_uid) and is_uid(place.sop_uid)):
            raise ValueError("no UID")
        fan = hashlib.sha256(place.study_uid.encode()).hexdigest()[:2]
        name = f"{place.sop_uid}-{place.sha256[:DIGEST_IN_NAME]}.dcm"
        return self.root / "studies" / fan / place.study_uid / name

    def put(self, place: Place, pieces: Pieces, n_bytes: int) -> None:
        """Keep a whole file.  The same bytes again are left as they stand.

        Raises:
            StorageFull: there is no room; nothing is left of it.
        """
        self.begin(place, pieces, n_bytes)()

    def begin(self, place: Place, pieces: Pieces, n_bytes: int) -> Callable[[], None]:
        """Keep a whole file; what is returned brings its name to the disk, before which nobody may be told.

        That waits for the disk, and other things can be done meanwhile (errors as in `put`).
        """
        if self.holds(place, n_bytes):
            return nothing
        target = self.path(place)
        self._write(target, pieces)
        return partial(self._settle, target.parent)

    def read(self, place: Place) -> bytes:
        """Return the whole file.  Raises FileNotFoundError."""
        return self.path(place).read_bytes()

    def open(self, place: Place) -> BinaryIO:
        """Return it to be read in parts.  Raises FileNotFoundError."""
        return self.path(place).open("rb")

    def expect(self, place: Place) -> None:
        """Have the system read the file into memory meanwhile: it will be asked for next."""
        if not hasattr(os, "posix_fadvise"):
            return
        with suppress(OSError):
            handle = os.open(self.path(place), os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_WILLNEED)
            finally:
                os.close(handle)

    def has(self, place: Place) -> bool:
        """Whether the file is there."""
        return self.path(place).is_file()

    def holds(self, place: Place, n_bytes: int) -> bool:
        """Whether the file is there with that size."""
        return _size(self.path(place)) == n_bytes

    def digest_of(self, place: Place) -> str:
        """Return the SHA-256 of the file.  Raises FileNotFoundError."""
        with self.open(place) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def hold(self, held_id: UUID, pieces: Pieces) -> None:
        """Put a file into quarantine.  Raises StorageFull."""
        target = self._held(held_id)
        self._write(target, pieces)
        self._settle(target.parent)

    def drop(self, place: Place) -> None:
        """Remove a file that no row names: its bytes stand in quarantine."""
        self.path(place).unlink(missing_ok=True)

    def drop_held(self, held_id: UUID) -> None:
        """Remove a file of the quarantine that no row names: the same bytes stand there under another id."""
        self._held(held_id).unlink(missing_ok=True)

    def held(self, held_id: UUID) -> bytes:
        """Return a file of the quarantine.  Raises FileNotFoundError."""
        return self._held(held_id).read_bytes()

    def has_held(self, held_id: UUID) -> bool:
        """Whether a file of the quarantine is there."""
        return self._held(held_id).is_file()

    def files(self) -> Iterator[Stray]:
        """Yield every file of a study."""
        for path in sorted((self.root / "studies").glob("*/*/*.dcm")):
            named = _NAME.fullmatch(path.name)
            if named:
                yield Stray(named["uid"], named["digest"])

    def unfinished(self, *, before: float) -> list[Path]:
        """Return what was begun before an instant (Unix time) and never got its name; none of it was acknowledged."""
        return sorted(path for path in self.root.glob("*/**/*.part") if _written_at(path) < before)

    def _held(self, held_id: UUID) -> Path:
        return self.root / "quarantine" / f"{held_id}.bin"

    def _write(self, target: Path, pieces: Pieces) -> None:
        part = target.parent / f".{new_id().hex}.part"
        try:
            self._folder(target.parent)
            try:
                write_out(part, pieces, is_synced=self._is_synced)
                os.replace(part, target)
            except OSError:
                part.unlink(missing_ok=True)
                raise
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise StorageFull() from error
            raise

    def _settle(self, folder: Path) -> None:
        if self._is_synced:
            _sync(folder)

    def _folder(self, folder: Path) -> None:
        """Make the folder, and bring its name to the disk; what this process made before is not asked again."""
        if folder in self._known and folder.is_dir():
            return
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._is_synced:
            for each in missing:
                _sync(each.parent)
        with self._lock:
            self._known = self._known if len(self._known) < 10_000 else set()
            self._known.add(folder)


def nothing() -> None:
    """Do what is left to be done where nothing is."""


@cache
def _archive(root: Path, is_synced: bool) -> Archive:
    return Archive(root, is_synced=is_synced)


def archive() -> Archive:
    """Return the archive of this installation (settings IMAGES and IMAGES_SYNC)."""
    return _archive(Path(settings.IMAGES), bool(settings.IMAGES_SYNC))


def store() -> Store:
    """Return where the bytes of images stand: a PACS where the settings name one, else the folder."""
    if settings.PACS:
        from tongmai.commons.imaging import pacs  # which knows the folder

        return pacs.pacs()
    return archive()


def write_out(path: Path, pieces: Pieces, *, is_synced: bool) -> None:
    """Write a new file, to its last byte; `is_synced`: when this returns they are on the disk.  Raises OSError."""
    with path.open("xb", buffering=0) as file:
        for piece in pieces:
            view = memoryview(piece)
            while len(view):
                view = view[file.write(view) :]
        if is_synced:
            os.fdatasync(file.fileno())


def _sync(folder: Path) -> None:
    """A name outlives a power cut only once its folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _written_at(path: Path) -> float:
    """The instant of its last byte; of one that has its name by now, none."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1
