"""`tongmai worker`: deliver events and run the jobs that are due."""

import argparse
import logging
import threading

log = logging.getLogger(__name__)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="do what is due now, then stop")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    work(once=options.once)
    return 0


def work(*, once: bool = False, stop: threading.Event | None = None) -> None:
    """Run the worker until `stop` is set."""
    from tongmai.config.jobs import JOBS
    from tongmai.foundation.audit import worker
    from tongmai.foundation.orgs.actors import Actor

    worker.run(actor=Actor.system, once=once, stop=stop, jobs=JOBS)


def start_thread() -> threading.Thread:
    """Run the worker beside the pages in this process (the SQLite installation)."""
    thread = threading.Thread(target=work, name="tongmai-worker", daemon=True)
    thread.start()
    return thread
