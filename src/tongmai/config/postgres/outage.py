"""Remembers that the database could not be reached a moment ago.

While a server is away, each caller that asks the pool waits some seconds to learn it, and with a few such callers all
threads of a process wait, those that would serve static files too.  Here the first one waits, the others are refused
at once, and every second one caller goes and looks again.
"""

import threading
import time
from collections.abc import Callable

LOOK_AGAIN_SECONDS = 1.0


class Outage:
    """`refused()` before asking, then `ended()` or `begun()` by how it went."""

    def __init__(self, *, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience  # how long a caller that looks may take
        self._clock = clock
        self._lock = threading.Lock()
        self._until: float | None = None  # None: all is well

    def refused(self) -> bool:
        """Whether the caller need not ask.  False also for the one that is sent to look again."""
        if self._until is None:
            return False
        with self._lock:
            now = self._clock()
            if self._until is None:
                return False
            if now < self._until:
                return True
            self._until = now + self._patience
            return False

    def begun(self) -> None:
        """The database could not be reached."""
        with self._lock:
            self._until = self._clock() + LOOK_AGAIN_SECONDS

    def ended(self) -> None:
        """The database was reached."""
        if self._until is not None:
            with self._lock:
                self._until = None
