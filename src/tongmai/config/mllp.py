"""`tongmai serve-mllp`: the listener for HL7 v2 messages, beside `tongmai serve` and `tongmai worker`."""

import argparse
import asyncio
import ipaddress
import signal
import ssl
import sys

from tongmai.config.listeners import in_processes, tls_arguments, tls_of


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2575)
    parser.add_argument("--workers", type=int, default=1, help="processes on this port; one on SQLite")
    parser.add_argument(
        "--allow", action="append", default=[], metavar="NETWORK", type=ipaddress.ip_network,
        help="who may connect, besides this machine and the addresses of the systems entered",
    )  # fmt: skip
    parser.add_argument("--most-connections", type=int, default=500)
    parser.add_argument("--idle-seconds", type=float, default=600)
    tls_arguments(parser, who="sender")


def run(options: argparse.Namespace) -> int:
    """Listen until SIGTERM or SIGINT; the messages in hand are finished first.  1: the port or a file cannot be used."""
    import django

    django.setup()
    from django.db import connection

    from tongmai.config.memory import leave_what_is_loaded
    from tongmai.exchange.services import network_worker  # noqa: F401 - loaded before the processes part

    leave_what_is_loaded()
    n_workers = 1 if connection.vendor == "sqlite" else max(1, options.workers)
    connection.close()
    try:
        tls = tls_of(options)
        if n_workers == 1:
            asyncio.run(_serve(options, tls))
            return 0
        return in_processes(n_workers, lambda _: asyncio.run(_serve(options, tls, reuse_port=True)))
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _serve(options: argparse.Namespace, tls: ssl.SSLContext | None, *, reuse_port: bool = False) -> None:
    from tongmai.exchange.hl7v2.listening import Limits, Listener
    from tongmai.exchange.services.network_worker import Allowed, handle

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    limits = Limits(most_connections=options.most_connections, idle_seconds=options.idle_seconds)
    listener = Listener(handle, Allowed(options.allow), limits)

    def ready(port: int) -> None:
        sys.stdout.write(f"MLLP {options.host}:{port}\n")
        sys.stdout.flush()

    await listener.serve(
        options.host, options.port, tls=tls, stop=stop, ready=ready, reuse_port=reuse_port
    )  # fmt: skip
