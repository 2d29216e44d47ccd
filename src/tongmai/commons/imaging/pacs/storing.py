"""The `Store` that a PACS is.

A PACS knows a file by its number alone, may answer "stored" without storing (Orthanc does on a full disk, and when it has
other content under that number), and may write elements of its own into what it keeps.  So everything that is sent is
read back before it counts, and everything that is read is compared with the hash that was received.

What was received into the folder before there was a PACS stays there and is read from there.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from tongmai.commons.imaging.archive import Archive, NotTaken, Pieces, Place, archive, nothing
from tongmai.commons.imaging.errors import Altered, ArchiveAway
from tongmai.commons.imaging.pacs import parts
from tongmai.commons.imaging.pacs.calling import Asked, Caller, Setup
from tongmai.commons.imaging.pacs.copies import Copies
from tongmai.kernel.errors import StorageFull

log = logging.getLogger(__name__)
_READER_WAITS, _SENDER_WAITS = 2.0, 3600.0  # at most: each request has its limit
_OTHER, _REFUSED = "other-content", "not-taken"  # of the quarantine's reasons
_NO_ROOM = range(0xA700, 0xA800)
_OF_THE_FILE = frozenset({400, 409, 413, 415, 422})


class Pacs:
    """Images on a PACS, with copies of the lately read and the folder of before."""

    keeps_one = True

    def __init__(self, caller: Caller, copies: Copies, before: Archive) -> None:
        self.caller = caller
        self.copies = copies
        self._before = before

    def put(self, place: Place, pieces: Pieces, n_bytes: int) -> None:
        """Keep a whole file, and see that it is kept.  The same bytes again are left as they stand.

        Raises:
            StorageFull, ArchiveAway: it may not be there; sent again, it is looked for first.
            NotTaken: it is refused, or altered, or other content stands there under its number.
        """
        if self._before.has(place):
            return
        until = self.caller.until()
        there = self._retrieved(place, until, _SENDER_WAITS)
        if there is None:
            self._send(place, pieces, until)
            there = self._retrieved(place, until, _SENDER_WAITS)
            if there is None:
                self.caller.fail("it said that it stored an instance, and does not have it: is its disk full?")
            if not _is(there, place):
                raise NotTaken(_REFUSED, "the PACS gives back other bytes than it was sent")
        elif not _is(there, place):
            raise NotTaken(_OTHER, "the PACS holds other content under this number")
        self.copies.keep(place.sha256, pieces)

    def begin(self, place: Place, pieces: Pieces, n_bytes: int) -> Callable[[], None]:
        """Do as `put` does; nothing of it can wait."""
        self.put(place, pieces, n_bytes)
        return nothing

    def read(self, place: Place) -> bytes:
        """Return the whole file.  Raises as `open`."""
        with self.open(place) as file:
            return file.read()

    def open(self, place: Place) -> BinaryIO:
        """Return the file to be read in parts.

        Raises:
            FileNotFoundError: the PACS does not have it.
            Altered: what it has is not what was received.
            ArchiveAway: it cannot be asked.
        """
        if self._before.has(place):
            return self._before.open(place)
        copy = self.copies.open(place.sha256)
        if copy is not None:
            return copy
        found = self._found(place, _READER_WAITS)
        if not _is(found, place):
            log.error("the PACS gives other bytes than were received: instance %s", place.sop_uid)
            raise Altered()
        self.copies.keep(place.sha256, (found,))
        return BytesIO(found)

    def expect(self, place: Place) -> None:
        """Have what was kept here before the PACS read meanwhile; the PACS itself is not asked twice."""
        self._before.expect(place)

    def has(self, place: Place) -> bool:
        """Whether the file is there; what it holds was compared when it was put."""
        if self._before.has(place):
            return True
        heads = {"Accept": parts.ANSWER}
        asked = Asked("GET", f"{_path(place)}/metadata", heads)
        return self._status(asked, self.caller.until(), _SENDER_WAITS)[0] == 200

    def digest_of(self, place: Place) -> str:
        """Return the SHA-256 of what the PACS gives now, never of a copy (raises as `open`)."""
        if self._before.has(place):
            return self._before.digest_of(place)
        return hashlib.sha256(self._found(place, _SENDER_WAITS)).hexdigest()

    def _found(self, place: Place, patience: float) -> memoryview:
        found = self._retrieved(place, self.caller.until(), patience)
        if found is None:
            raise FileNotFoundError(place.sop_uid)
        return found

    def _retrieved(self, place: Place, until: float, patience: float) -> memoryview | None:
        status, media_type, body = self._status(
            Asked("GET", _path(place), {"Accept": parts.AS_STORED}), until, patience
        )
        if status == 404:
            return None
        found = parts.unwrapped(body, media_type)
        if found is None:
            self.caller.fail(f"it answers a retrieval with {media_type[:60]!r}: is TONGMAI_PACS its DICOMweb root?")
        return found

    def _status(self, asked: Asked, until: float, patience: float) -> tuple[int, str, bytes]:
        """Return an answer of 200 or 404; another is none."""
        answer = self.caller.ask(asked, until=until, patience=patience)
        if answer.status not in (200, 404):
            self.caller.fail(f"HTTP {answer.status} to a retrieval")
        return answer.status, answer.media_type, answer.body

    def _send(self, place: Place, pieces: Pieces, until: float) -> None:
        media_type, body, n_bytes = parts.wrapped(pieces)
        heads = {"Content-Type": media_type, "Content-Length": str(n_bytes), "Accept": parts.ANSWER}
        asked = Asked("POST", f"/studies/{place.study_uid}", heads, body)
        answer = self.caller.ask(asked, until=until, patience=_SENDER_WAITS)
        if answer.status in (200, 202):
            return  # that it is there is seen by reading it
        reason = parts.failure(answer.body)
        if answer.status == 507 or reason in _NO_ROOM:
            raise StorageFull()
        if answer.status in _OF_THE_FILE:
            raise NotTaken(_REFUSED, f"the PACS answered HTTP {answer.status}, reason {reason:04X}")
        self.caller.fail(f"HTTP {answer.status} to a storage")


@cache
def _pacs(setup: Setup, folder: Path, most_bytes: int, before: Archive, _process: int) -> Pacs:
    return Pacs(Caller(setup), Copies(folder, most_bytes), before)


def pacs() -> Pacs:
    """Return the PACS of this installation (settings PACS…); each process has connections of its own.

    Raises:
        ArchiveAway: the file of the authority cannot be read.
    """
    login, authority = (Path(each) if each else None for each in (settings.PACS_LOGIN, settings.PACS_AUTHORITY))
    setup = Setup(settings.PACS, login, authority, settings.PACS_SECONDS)
    try:
        return _pacs(setup, Path(settings.IMAGES) / "copies", settings.PACS_COPIES_BYTES, archive(), os.getpid())
    except (OSError, ValueError) as error:
        log.error("the PACS cannot be set up: %s", error)
        raise ArchiveAway(why=f"cannot be set up: {error}") from error


def _path(place: Place) -> str:
    return f"/{place.address}"


def _is(found: memoryview, place: Place) -> bool:
    return hashlib.sha256(found).hexdigest() == place.sha256
