"""Images beside a backup: a folder that is laid out as the archive is, to which each run adds what is not there yet.

A file of the archive never changes, so what was copied once is left alone, and a run that was broken off goes on where
it was.  Each file is compared with the hash that was received before it is written, on the way out and on the way back.
The database is copied first: every row of it finds its file.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from uuid import UUID

from django.db import DatabaseError

from tongmai.commons.imaging import archive
from tongmai.commons.imaging.archive import Archive, Place, Store
from tongmai.commons.imaging.errors import Altered, ArchiveAway
from tongmai.commons.imaging.models import Held, Instance
from tongmai.config.backups.archive import Unusable
from tongmai.config.progress import progress
from tongmai.kernel.errors import StorageFull

_AT_ONCE = 500
_WAITS = (5, 15, 40)  # seconds, one after the other


@dataclass
class Copied:
    """What a run did.

    `wrong`: the files that could not be copied as they were received, by their ids.  `stopped`: why it ended before all
    were looked at, `n_left` how many those are; run again, it goes on there.
    """

    n_new: int = 0
    n_bytes: int = 0
    n_there: int = 0
    wrong: list[str] = field(default_factory=list)
    n_left: int = 0
    stopped: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every file is where it was to go."""
        return not self.wrong and not self.stopped

    def __str__(self) -> str:
        said = f"{self.n_new} copied ({self.n_bytes / 1e6:.1f} MB), {self.n_there} there already"
        said += f", {len(self.wrong)} NOT COPIED" if self.wrong else ""
        return f"{said}, {self.n_left} NOT YET: {self.stopped}" if self.stopped else said


@dataclass(frozen=True)
class _One:
    """A file to copy: its name for people, hash, how it is looked for, read and written."""

    name: str
    sha256: str
    is_there: Callable[[], bool]
    read: Callable[[], bytes]
    write: Callable[[bytes], None]


def copy_out(to: Path) -> Copied:
    """Copy every image and every file of the quarantine that is not in the folder `to` yet.

    Raises:
        Unusable: it is the archive itself.
    """
    refuse_own_folder(to)
    target = Archive(to)
    return _copy(_all(archive.store(), archive.archive(), target, target.holds))


def refuse_own_folder(to: Path) -> None:
    """Raise Unusable where the images would be copied onto themselves."""
    if to.resolve() == archive.archive().root.resolve():
        raise Unusable(f"{to} is the folder of the images itself")


def copy_back(kept: Path) -> Copied:
    """Copy from such a folder what the archive lacks, into its own folder (raises as `copy_out`)."""
    if not kept.is_dir():
        raise Unusable(f"{kept} is no folder")
    source = Archive(kept)
    has = archive.store().has
    return _copy(_all(source, source, archive.archive(), lambda place, _n_bytes: has(place)))


def _copy(files: Iterator[_One]) -> Copied:
    said = Copied()
    total = Instance.objects.count() + Held.objects.count()
    try:
        for each in progress(files, "images", total):
            _patiently(each, said)
    except StorageFull:
        said.stopped = "there is no room left"
    except ArchiveAway as away:
        said.stopped = f"the PACS cannot be asked ({away.facts['why']})"
    except (OSError, DatabaseError) as error:
        said.stopped = str(error).strip()
    if said.stopped:
        said.n_left = max(0, total - said.n_new - said.n_there - len(said.wrong))
    return said


def _patiently(each: _One, said: Copied) -> None:
    """Copy one file; a PACS that is started anew is waited for, so that a night's run does not end with it."""
    for seconds in _WAITS:
        with suppress(ArchiveAway):
            return _copy_one(each, said)
        sleep(seconds)
    return _copy_one(each, said)


def _copy_one(each: _One, said: Copied) -> None:
    if each.is_there():
        said.n_there += 1
        return
    try:
        content = each.read()
    except FileNotFoundError:
        said.wrong.append(f"{each.name}: missing")
        return
    except Altered:
        content = b""
    if hashlib.sha256(content).hexdigest() != each.sha256:
        said.wrong.append(f"{each.name}: not what was received")
        return
    each.write(content)
    said.n_new += 1
    said.n_bytes += len(content)


def _all(source: Store, quarantine: Archive, target: Archive, is_there: Callable[[Place, int], bool]) -> Iterator[_One]:
    rows = Instance.objects.order_by("pk").values_list(
        "pk", "n_bytes", "series__study__uid", "series__uid", "sop_uid", "sha256"
    )
    for row_id, n_bytes, *named in rows.iterator(chunk_size=_AT_ONCE):
        yield _image(f"imaging_instance {row_id}", Place(*named), n_bytes, source, target, is_there)
    held = Held.objects.order_by("pk").values_list("pk", "sha256")
    for held_id, sha256 in held.iterator(chunk_size=_AT_ONCE):
        yield _held(held_id, sha256, quarantine, target)


def _image(
    name: str, place: Place, n_bytes: int, source: Store, target: Archive, is_there: Callable[[Place, int], bool]
) -> _One:
    return _One(
        name, place.sha256, lambda: is_there(place, n_bytes), lambda: source.read(place),
        lambda content: target.put(place, (content,), len(content)),
    )  # fmt: skip


def _held(held_id: UUID, sha256: str, source: Archive, target: Archive) -> _One:
    return _One(
        f"imaging_held {held_id}", sha256, lambda: target.has_held(held_id), lambda: source.held(held_id),
        lambda content: target.hold(held_id, (content,)),
    )  # fmt: skip
