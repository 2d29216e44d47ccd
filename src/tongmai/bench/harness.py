"""The product as a bench meets it: a real `tongmai serve` and `tongmai worker`, and what they cost in CPU."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tongmai.bench import databases

START_SECONDS = 90
TICKS = os.sysconf("SC_CLK_TCK")


class NotServed(Exception):
    """The server did not come up, or its port is somebody else's."""


@dataclass(frozen=True)
class Product:
    """A running product: its address, and the processes whose CPU is counted by name."""

    port: int
    processes: dict[str, int]

    def cpu_seconds(self) -> dict[str, float]:
        """Return the CPU that each process has used so far, with its children."""
        return {name: cpu_seconds(pid) for name, pid in self.processes.items()}


@contextmanager
def product(database: databases.Database, *, port: int, workers: int = 2, say: Path | None = None) -> Iterator[Product]:
    """Serve the product on a database, with the worker beside it where that is how it runs; end both afterwards.

    What they say goes to files in `say`.

    Raises:
        NotServed: with the server's last words.
    """
    _check_free(port)
    say = say or databases.folder(None)
    environment = os.environ | databases.environment(database.url)
    words = {"server": ["serve", "--trial", "--port", str(port), "--workers", str(workers)], "worker": ["worker"]}
    if database.vendor == "sqlite":
        del words["worker"]  # it runs inside the server
    children = {name: _start(name, arguments, environment, say) for name, arguments in words.items()}
    try:
        if not _answers(port, children["server"]):
            raise NotServed(f"the server did not answer: {_last_words(say / 'server.log')}")
        pids = {name: child.pid for name, child in children.items()}
        yield Product(port, pids | ({"database": database.server.pid} if database.server else {}))
    finally:
        for child in children.values():
            _end(child)


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and of all below it, those that ended included."""
    total, below = 0.0, {pid}
    for each, parent, used in sorted(_processes()):
        if each in below or parent in below:
            below.add(each)
            total += used
    return total


def _processes() -> Iterator[tuple[int, int, float]]:
    """Yield (process, parent, CPU seconds)."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        yield int(entry.name), int(fields[1]), sum(int(ticks) for ticks in fields[11:15]) / TICKS


def _start(name: str, arguments: list[str], environment: dict[str, str], say: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "tongmai", *arguments]
    with (say / f"{name}.log").open("w") as said:
        return subprocess.Popen(command, env=environment, stdout=said, stderr=said)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise NotServed(f"port {port} is taken; choose another with --port")


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1] if lines else "it said nothing"


def _answers(port: int, server: subprocess.Popen) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/sign-in/")
            if connection.getresponse().status == 200:
                return True
        except (OSError, HTTPException):
            time.sleep(0.2)
    return False


def _end(child: subprocess.Popen) -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
