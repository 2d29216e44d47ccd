"""`tongmai serve`: granian in front of the WSGI application."""

import argparse
import os


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=None, help="processes; default: one per core, one on SQLite")


def run(options: argparse.Namespace) -> int:
    serve(host=options.host, port=options.port, workers=options.workers)
    return 0


def serve(*, host: str, port: int, workers: int | None = None) -> None:
    """Serve until interrupted.

    On SQLite there is one process, so that its writers can queue fairly, and the worker runs inside it;
    on PostgreSQL there is a process per core, and `tongmai worker` runs beside them.
    """
    import django
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces

    django.setup()
    embedded = connection.vendor == "sqlite"
    if embedded:
        os.environ["TONGMAI_EMBEDDED_WORKER"] = "1"
    connection.close()
    Granian(
        "tongmai.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1 if embedded else (workers or os.cpu_count() or 1),
        blocking_threads=8,
        log_access=False,
    ).serve()
