"""How a line of the log is written: ids and places in the code, no names and no values."""

import logging
import sys
import threading
from typing import Any

from tongmai.kernel import tracebacks


class Line(logging.Formatter):
    """A line whose traceback quotes no data."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name is logging's)
        return tracebacks.told(ei[1])


def guard_uncaught() -> None:
    """Let what ends a process, or one of its threads, be told in the same way: standard error is a log as well."""
    sys.excepthook = lambda _kind, error, _trace: _tell(error)
    threading.excepthook = lambda ended: _tell(ended.exc_value) if ended.exc_value else None


def _tell(error: BaseException) -> None:
    told = "Interrupted" if isinstance(error, KeyboardInterrupt) else tracebacks.told(error)
    sys.stderr.write(f"{told}\n")
