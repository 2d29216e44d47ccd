"""`tongmai serve-dicom`: the listener for images and worklists (DICOM), beside `tongmai serve` and `tongmai worker`."""

import argparse
import signal
import socket
import ssl
import sys
import threading

from tongmai.config.listeners import in_processes, tls_arguments, tls_of

_BACKLOG = 64


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=11112)
    parser.add_argument("--title", default="TONGMAI", help="our AE title")
    parser.add_argument("--workers", type=int, default=2, help="processes that share the port")
    parser.add_argument("--most-associations", type=int, default=50, help="of one process")
    parser.add_argument("--most-mb", type=int, default=2048, help="of one image")
    parser.add_argument("--idle-seconds", type=float, default=60)
    tls_arguments(parser, who="device")


def run(options: argparse.Namespace) -> int:
    """Listen until SIGTERM or SIGINT; what is in hand is finished first.  1: the port or a file cannot be used."""
    import django

    django.setup()
    from django.db import connection

    from tongmai.config.memory import leave_what_is_loaded
    from tongmai.exchange.dicom import committing_worker, listening  # noqa: F401 - loaded before the processes part
    from tongmai.kernel import pinyin, policy

    policy.shipped()  # which takes as long as three hundred images
    pinyin.keys("示例")
    leave_what_is_loaded()
    connection.close()
    try:
        tls = tls_of(options)
        sock = socket.create_server((options.host, options.port), backlog=_BACKLOG, reuse_port=False)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"DICOM {options.title} {options.host}:{sock.getsockname()[1]}\n")
    sys.stdout.flush()
    if options.workers <= 1:
        _serve(options, sock, tls, is_first=True)
        return 0
    # Who is free takes the next device.
    return in_processes(options.workers, lambda n: _serve(options, sock, tls, is_first=n == 0))


def _serve(options: argparse.Namespace, sock: socket.socket, tls: ssl.SSLContext | None, *, is_first: bool) -> None:
    from tongmai.exchange.dicom import committing_worker, performing, worklist
    from tongmai.exchange.dicom.calling import Callers
    from tongmai.exchange.dicom.listening import Limits, Listener, Services
    from tongmai.exchange.dicom.storing_worker import Storing, Writer

    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    writer = Writer()
    answering = Services(Storing(writer), worklist.find, performing.create, performing.change, committing_worker.act)
    limits = Limits(options.most_associations, options.most_mb << 20, options.idle_seconds)
    server = Listener(answering, Callers(), limits, title=options.title).serve(sock, tls)
    retrying = committing_worker.Retrying() if is_first else None
    stop.wait()
    server.shutdown()
    writer.stop()
    if retrying is not None:
        retrying.stop()
