"""Images on their way in: read, written, and their rows brought to the database in groups.

Each association has a thread that reads the header and writes the file; one thread of the process commits the rows of
all that wait at that moment in one transaction, and only then each device gets its answer.  A commit takes longer than
an insert, so four devices at once cost little more than one.
"""

import contextlib
import fcntl
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, connections
from django.utils import timezone

from tongmai.commons.imaging import facts, part10, services
from tongmai.commons.imaging.facts import Unusable
from tongmai.commons.imaging.services import Arrival, Outcome
from tongmai.commons.imaging.services.storing import arrival
from tongmai.exchange.dicom import resolving
from tongmai.exchange.dicom.calling import Caller
from tongmai.exchange.dicom.statuses import ANSWERS, BUSY, NO_ROOM, STORED, Answer
from tongmai.exchange.dicom.store_messages import Request
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import StorageFull, TongmaiError

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200
_PATIENCE_SECONDS = 60.0
_IDLE_SECONDS = 5.0
CHANNEL = "DICOM"


def actor() -> Actor:
    """Return who stores what devices send."""
    return replace(Actor.system(now=timezone.now()), channel="message", name=CHANNEL)


class Writer:
    """The thread that commits."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[Arrival, Future[None]] | None] = queue.SimpleQueue()
        self._remembered = services.Remembered()
        self._thread = threading.Thread(target=self._run, name="images-writer", daemon=True)
        self._thread.start()

    def write(self, each: Arrival, meanwhile: Callable[[], None]) -> None:
        """Bring the row of one file to the database, and do something meanwhile; when this returns both is done.

        Raises:
            DatabaseError, StorageFull, TimeoutError: it is not, and the device must send it again.
        """
        done: Future[None] = Future()
        self._waiting.put((each, done))
        meanwhile()
        done.result(timeout=_PATIENCE_SECONDS)

    def stop(self) -> None:
        """Finish what waits, then end."""
        self._waiting.put(None)
        self._thread.join(_PATIENCE_SECONDS)

    def _run(self) -> None:
        while True:
            batch = self._next()
            if not batch:
                connections.close_all()
                return
            try:
                self._store([each for each, _ in batch])
            except Exception as error:  # whatever it is, it must not take the others with it
                log.warning("a group of %s images is stored one by one: %s", len(batch), type(error).__name__)
                connections.close_all()
                self._one_by_one(batch)
            else:
                for _, done in batch:
                    done.set_result(None)

    def _next(self) -> list[tuple[Arrival, "Future[None]"]]:
        first = self._first()
        if first is None:
            return []
        batch = [first]
        with contextlib.suppress(queue.Empty):
            while len(batch) < MOST_AT_ONCE:
                more = self._waiting.get_nowait()
                if more is None:
                    self._waiting.put(None)
                    break
                batch.append(more)
        return batch

    def _first(self) -> tuple[Arrival, "Future[None]"] | None:
        """Wait.  A connection made anew for each image takes longer than its row; one that nobody needs is closed."""
        try:
            return self._waiting.get(timeout=_IDLE_SECONDS)
        except queue.Empty:
            connections.close_all()
        return self._waiting.get()

    def _store(self, each: list[Arrival]) -> None:
        with _turn():
            services.store_many(each, resolve=resolving.whose, by=actor(), remembered=self._remembered)

    def _one_by_one(self, batch: list[tuple[Arrival, "Future[None]"]]) -> None:
        for each, done in batch:
            try:
                self._store([each])
                done.set_result(None)
            except Exception as error:
                connections.close_all()
                done.set_exception(error)


class Storing:
    """Answers C-STORE."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __call__(self, image: Request, transfer_syntax: str, caller: Caller) -> Answer:
        """Take one image in and return what its device is answered."""
        try:
            outcome, reason = self.take(image, transfer_syntax, caller)
        except StorageFull:
            log.error("an image was refused: there is no room to store")
            return NO_ROOM
        except (DatabaseError, OSError, TongmaiError) as error:
            log.error("an image was refused: %s", type(error).__name__)
            return BUSY
        finally:
            close_old_connections()
        return ANSWERS[reason] if outcome == Outcome.HELD else STORED

    def take(self, image: Request, transfer_syntax: str, caller: Caller) -> tuple[Outcome, str]:
        """Store what a request carries, or put it into quarantine; return which, and why."""
        data_set, named = image.data_set.getvalue(), (image.sop_class, image.sop_uid)
        try:
            said = facts.read(data_set, transfer_syntax=transfer_syntax, assumed_charset=caller.assumed_charset)
            if (said.sop_class, said.sop_uid) != named:
                raise Unusable("no-number", "other numbers than the command")
        except Unusable as error:
            before = part10.preamble(sop_class=named[0], sop_uid=named[1], transfer_syntax=transfer_syntax)
            services.hold(
                (before, data_set), reason=error.reason, detail=error.detail, sop_uid=named[1], org_id=caller.org_id,
                device_id=caller.id, by=actor(),
            )  # fmt: skip
            return Outcome.HELD, error.reason
        each = arrival(said, data_set, org_id=caller.org_id, device_id=caller.id)
        bring_its_name_to_the_disk = services.begin(each)
        self._writer.write(each, meanwhile=bring_its_name_to_the_disk)
        assert each.outcome is not None
        return each.outcome, each.reason


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """Take turns with the other processes of this program where the database lets one write at a time."""
    if connection.vendor != "sqlite":
        yield
        return
    with Path(settings.VAR, "images.turn").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
