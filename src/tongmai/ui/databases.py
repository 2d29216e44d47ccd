"""Which failures of a database are its absence, its being busy or its being full, and not a mistake of ours.

Both drivers put far more into OperationalError than that ("no such table"), so the codes below decide.
"""

import sqlite3

from django.db import DatabaseError, InterfaceError, OperationalError

from tongmai.kernel.errors import DatabaseAway, DatabaseBusy, StorageFull, Unavailable

# SQLSTATE, the longest beginning that fits.
_POSTGRES: dict[str, type[Unavailable]] = {
    "08": DatabaseAway,  # connection
    "25006": DatabaseAway,  # read-only: this server is a copy that has not been promoted yet
    "25P03": DatabaseBusy,  # idle in transaction for too long
    "40": DatabaseBusy,  # deadlock, serialization
    "53": DatabaseAway,  # insufficient resources
    "53100": StorageFull,
    "55P03": DatabaseBusy,  # lock not available
    "57": DatabaseAway,  # shutdown, crash, starting up
    "57014": DatabaseBusy,  # longer than statement_timeout
    "58": DatabaseAway,  # system error
}
# Primary result codes.
_SQLITE: dict[int, type[Unavailable]] = {
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
    sqlite3.SQLITE_FULL: StorageFull,
    sqlite3.SQLITE_IOERR: DatabaseAway,
    sqlite3.SQLITE_CANTOPEN: DatabaseAway,
    sqlite3.SQLITE_READONLY: DatabaseAway,
}


def trouble(failure: BaseException | None) -> Unavailable | None:
    """Return the error that stands for `failure` of the database, else None."""
    if not isinstance(failure, DatabaseError | InterfaceError):
        return None
    cause = failure.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _made(_SQLITE.get(code & 0xFF))
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return _made(next((_POSTGRES[state[:n]] for n in (5, 2) if state[:n] in _POSTGRES), None))
    if cause is None and str(failure).startswith("database is locked"):
        return DatabaseBusy()  # our own queue of writers
    # Without a code there was no server to give one: no connection, or it broke.
    is_lost = isinstance(failure, OperationalError) or "connection" in str(failure)
    return DatabaseAway() if is_lost else None


def may_be_saved(error: Unavailable) -> bool:
    """Whether what was being written when `error` came may be saved all the same: the answer to COMMIT was lost."""
    return isinstance(error, DatabaseAway)


def _made(kind: type[Unavailable] | None) -> Unavailable | None:
    return kind() if kind else None
