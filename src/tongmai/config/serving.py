"""`tongmai serve`: granian in front of the WSGI application."""

import argparse
import os
import signal
import sys
import threading
import time
from functools import partial

# A statement of a request that takes longer is ended and answered as "busy"; other commands have no such limit.
STATEMENT_SECONDS = 30
# How long a stop waits for the requests in hand.
PATIENCE_SECONDS = 30

_PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=None, help="processes; default: one per core, one on SQLite")
    parser.add_argument(
        "--trial", action="store_true", help="on this machine only: serve although --deploy finds flaws"
    )


def run(options: argparse.Namespace) -> int:
    from tongmai.config.deploying import Unfit

    try:
        serve(host=options.host, port=options.port, workers=options.workers, is_trial=options.trial)
    except Unfit as why:
        sys.stderr.write(f"{why}\n")
        return 1
    return 0


def serve(*, host: str, port: int, workers: int | None = None, is_trial: bool = False) -> None:
    """Serve until interrupted.

    On SQLite there is one process, so that its writers can queue fairly, and the worker runs inside it;
    on PostgreSQL there is a process per core, and `tongmai worker` runs beside them.  A process that ends unasked is
    started anew; on SIGTERM the requests in hand are finished first.

    Raises:
        deploying.Unfit: it is for real use, and the settings or the accounts are not.
    """
    import django
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces

    from tongmai.config import deploying

    os.environ.setdefault("TONGMAI_STATEMENT_SECONDS", str(STATEMENT_SECONDS))
    django.setup()
    for finding in deploying.refuse_unfit(host=host, workers=workers, is_trial=is_trial):
        sys.stderr.write(f"trial: {finding}\n")
    embedded = connection.vendor == "sqlite"
    if embedded:
        os.environ["TONGMAI_EMBEDDED_WORKER"] = "1"
    os.environ["TONGMAI_SERVED_BY"] = str(os.getpid())
    os.register_at_fork(after_in_child=partial(_end_at_once_with, os.getpid()))
    connection.close()
    if not embedded:
        connection.close_pool()  # the processes make their own
    Granian(
        "tongmai.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1 if embedded else (workers or os.cpu_count() or 1),
        blocking_threads=8,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE_SECONDS,
        log_access=False,
    ).serve()


def _end_at_once_with(parent: int) -> None:
    """Have Linux end this process, from its first moment on, in the moment in which `parent` is killed."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def end_with(parent: int) -> threading.Thread:
    """End this process, as on SIGTERM, once `parent` is gone: it may have had no time to say so.

    Left alone it would keep the port and, on SQLite, be a second writing process.  Where the system does it
    (`_end_at_once_with`) this finds nothing to do.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        # Again and again: until this process has a handler of its own it has its parent's, which only takes note.
        for _ in range(PATIENCE_SECONDS):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)

    thread = threading.Thread(target=watch, name="tongmai-parent", daemon=True)
    thread.start()
    return thread
