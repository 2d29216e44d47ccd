"""What our listeners have in common (`serve-mllp`, `serve-dicom`): TLS, and processes that share the work of a port."""

import argparse
import os
import signal
import ssl
from collections.abc import Callable
from pathlib import Path

from tongmai.config.serving import end_with


def tls_arguments(parser: argparse.ArgumentParser, *, who: str) -> None:
    """Let a command be told certificates; `who` connects."""
    parser.add_argument("--tls-certificate", type=Path, help="PEM; with it only TLS is spoken")
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--tls-authority", type=Path, help=f"PEM; every {who} must show a certificate signed by it")


def tls_of(options: argparse.Namespace) -> ssl.SSLContext | None:
    """Return the TLS that a listener speaks; None where no certificate is named."""
    if options.tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(options.tls_certificate, options.tls_key)
    if options.tls_authority is not None:
        context.load_verify_locations(options.tls_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def in_processes(n: int, serve: Callable[[int], None]) -> int:
    """Let `n` processes serve, each told its number from 0, until SIGTERM or SIGINT; return the worst of their codes."""
    from django.db import connection

    if hasattr(connection, "close_pool"):
        connection.close_pool()  # each process makes its own
    parent, children = os.getpid(), []
    for number in range(n):
        child = os.fork()
        if child == 0:
            end_with(parent)
            serve(number)
            os._exit(0)
        children.append(child)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: [os.kill(child, signal.SIGTERM) for child in children])
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
