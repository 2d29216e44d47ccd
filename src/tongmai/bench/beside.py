"""Programs beside a bench: started, waited for until they answer, ended with it."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

_START_SECONDS, _END_SECONDS = 90.0, 60.0


@contextmanager
def running(
    command: list[str], port: int, more: Mapping[str, str] | None = None, *, is_up: Callable[[int], bool]
) -> Iterator[None]:
    """Run a program meanwhile, from when it answers on its port; `more`: of its environment.  Its log stands in TONGMAI_VAR.

    Raises:
        RuntimeError: it has ended, or does not answer in time.
    """
    with (Path(os.environ["TONGMAI_VAR"]) / f"{port}.log").open("w") as log:
        started = subprocess.Popen(command, env=os.environ | (more or {}), stdout=log, stderr=log)
        try:
            until = time.monotonic() + _START_SECONDS
            while not is_up(port):
                if started.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command[0]} does not answer on {port}")
                time.sleep(0.1)
            yield
        finally:
            started.terminate()
            started.wait(_END_SECONDS)


def listens(port: int) -> bool:
    """Whether somebody takes connections on a port of this machine."""
    with socket.socket() as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int) -> bool:
    """Whether somebody answers there over HTTP, whatever it is."""
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/0")
        connection.getresponse().read()
        return True
    except (OSError, HTTPException):
        return False
