"""Django's SQLite backend, with one queue for writers inside the process.

SQLite lets one transaction write at a time; its own busy handler is unfair and makes some writers wait for seconds.
A lock of this process in front of BEGIN IMMEDIATE lets them take turns instead.  Every transaction is IMMEDIATE
(`transaction_mode`), so the lock is held from BEGIN to COMMIT or ROLLBACK and a reader outside a transaction never
waits.  Who waits longer than the connection's `timeout` gets the error that SQLite itself would give.
"""

import threading

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

DEFAULT_PATIENCE_SECONDS = 5.0  # that of the sqlite3 module

_writers: dict[str, threading.Lock] = {}
_registry = threading.Lock()


def _lock_of(path: str) -> threading.Lock:
    with _registry:
        return _writers.setdefault(path, threading.Lock())


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes the process's write lock when a transaction begins and gives it back when it ends."""

    def __init__(self, *args, **kwargs):
        self._held: threading.Lock | None = None
        super().__init__(*args, **kwargs)

    def __del__(self):
        """A thread that dies without closing its connection must not take the turn with it."""
        self._give_turn()

    def _start_transaction_under_autocommit(self):
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._give_turn()
            raise

    def _commit(self):
        try:
            super()._commit()
        finally:
            self._give_turn_if_over()

    def _rollback(self):
        try:
            super()._rollback()
        finally:
            self._give_turn_if_over()

    def _close(self):
        try:
            super()._close()
        finally:
            self._give_turn()

    def _take_turn(self):
        if self._held is not None:
            return
        lock = _lock_of(str(self.settings_dict["NAME"]))
        patience = self.settings_dict["OPTIONS"].get("timeout", DEFAULT_PATIENCE_SECONDS)
        if not lock.acquire(timeout=patience):
            raise OperationalError(f"database is locked: no turn to write within {patience} s")
        self._held = lock

    def _give_turn(self):
        held, self._held = self._held, None
        if held is not None:
            held.release()

    def _give_turn_if_over(self):
        """A commit that failed leaves the transaction open, and a rollback follows."""
        if self.connection is None or not self.connection.in_transaction:
            self._give_turn()
