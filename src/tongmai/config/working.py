"""`tongmai worker`: deliver events and run the jobs that are due."""

import argparse
import atexit
import logging
import signal
import threading

log = logging.getLogger(__name__)

# How long the end of the serving process waits for the delivery or job in hand.
PATIENCE_SECONDS = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="do what is due now, then stop")


def run(options: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; the delivery or job in hand is finished first."""
    import django

    django.setup()
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    work(once=options.once, stop=stop)
    return 0


def work(*, once: bool = False, stop: threading.Event | None = None) -> None:
    """Run the worker until `stop` is set."""
    from tongmai.config.jobs import JOBS
    from tongmai.foundation.audit import worker
    from tongmai.foundation.orgs.actors import Actor

    worker.run(actor=Actor.system, once=once, stop=stop, jobs=JOBS)


def start_thread() -> threading.Thread:
    """Run the worker beside the pages in this process (the SQLite installation), and end it with the process."""
    stop = threading.Event()
    thread = threading.Thread(target=work, kwargs={"stop": stop}, name="tongmai-worker", daemon=True)

    def end() -> None:
        stop.set()
        thread.join(PATIENCE_SECONDS)

    atexit.register(end)
    thread.start()
    return thread
