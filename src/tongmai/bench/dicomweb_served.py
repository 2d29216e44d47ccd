"""Frames over a real socket: the product served, a program that keeps its connection, and the same bytes without a check.

Each way is taken with the files in the machine's memory, and with them on the disk alone, as those of yesterday are.
Beside them a browser, where one is installed: how long until a doctor sees the first picture of a film.
"""

import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from tongmai.bench import beside, dicomweb_bare, postgres

_ROUNDS, _LOOKS = 5, 5
_LARGEST_ANSWER, _LONGEST_HEAD = 64 << 20, 8 << 10
OCTETS = 'multipart/related; type="application/octet-stream"'


@dataclass(frozen=True)
class Shown:
    """One series: the addresses of its frames and of all of it, and where their bytes stand (path, first byte, length)."""

    what: str
    addresses: list[str]
    series: str
    files: list[tuple[str, int, int]]
    page: str  # where the viewer shows it

    @property
    def n_bytes(self) -> int:
        return sum(length for _path, _first, length in self.files)


def measured(shown: list[Shown], cookies: dict[str, str]) -> list[dict[str, Any]]:
    """Serve the database of this process, and return what each series takes."""
    port, bare = postgres.free_port(), postgres.free_port()
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    files = json.dumps([each for one in shown for each in one.files])
    limit = [sys.executable, "-m", "tongmai.bench.dicomweb_bare", str(bare)]
    with served(port, {}), beside.running(limit, bare, {"TONGMAI_BENCH_FILES": files}, is_up=beside.answers):
        found, first = [], 0
        for each in shown:
            found.append(_of(each, port, bare, said, first))
            first += len(each.files)
        for each, line in zip(shown, found, strict=True):
            line["first_image_ms"] = first_images(f"http://127.0.0.1:{port}", each.page, cookies)
        return found


def _of(shown: Shown, port: int, bare: int, cookies: str, first: int) -> dict[str, Any]:
    """Return seconds for all frames of a series, each way, by where the files stand; the ways take turns."""
    ours, alone = Reader(port), Reader(bare)
    heads = {"Cookie": cookies, "Accept": OCTETS}
    whole = heads | {"Accept": 'multipart/related; type="application/dicom"'}
    ways: dict[str, Callable[[], int]] = {
        "frames": lambda: sum(ours.get(address, heads) for address in shown.addresses),
        "http": lambda: sum(alone.get(f"/{first + n}", {}) for n in range(len(shown.files))),
        "series": lambda: ours.get(shown.series, whole),
        "read": lambda: sum(len(dicomweb_bare.read(*each)) for each in shown.files),
    }
    found: dict[str, Any] = {"what": shown.what, "n": len(shown.files), "mb": shown.n_bytes / 1e6}
    for where in ("memory", "disk"):
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for n in range(_ROUNDS + 1):
            for name, way in ways.items():
                if where == "disk":
                    _leave_memory(shown)
                begun = time.perf_counter()
                n_bytes = way()
                seconds = time.perf_counter() - begun
                assert n_bytes >= shown.n_bytes, f"{shown.what}: {name} gave {n_bytes} of {shown.n_bytes} bytes"
                if n:  # the first round opens the study, and fills what is remembered
                    taken[name].append(seconds)
        found[where] = {name: median(seconds) for name, seconds in taken.items()}
    return found


def _leave_memory(shown: Shown) -> None:
    """Have the machine forget the bytes of the files, so that the next read of them is one of the disk."""
    for path, _first, _length in shown.files:
        with open(path, "rb") as file:
            os.fsync(file.fileno())  # what was never written out cannot be forgotten
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Reader:
    """A program that keeps its connection, and reads every answer into the same memory: what it costs is not the server's."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._memory = memoryview(bytearray(_LARGEST_ANSWER))

    def get(self, path: str, heads: dict[str, str]) -> int:
        """Return how long the body of an answer is, as it came over the wire."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in heads.items())
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode("latin-1"))
        n, ends = 0, -1
        while ends < 0:
            n += self._more(n)
            ends = bytes(self._memory[: min(n, _LONGEST_HEAD)]).find(b"\r\n\r\n") + 4 or -1
        head = bytes(self._memory[:ends]).decode("latin-1").lower()
        assert head.startswith("http/1.1 200 "), head
        if "transfer-encoding: chunked" in head:
            while self._memory[n - 5 : n] != b"0\r\n\r\n":
                n += self._more(n)
        else:
            n_bytes = int(head.partition("content-length:")[2].partition("\r\n")[0])
            while n < ends + n_bytes:
                n += self._more(n)
        return n - ends

    def _more(self, n: int) -> int:
        read = self._socket.recv_into(self._memory[n:])
        if not read:
            raise ConnectionError("the server ended the answer early")
        return read


def first_images(server: str, page: str, cookies: dict[str, str], *, looks: int = _LOOKS) -> list[float] | None:
    """Return how long one browser takes each time from the click to the picture; None where there is none to drive."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if program is None:
        return None
    with sync_playwright() as driving:
        browser = driving.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1600, "height": 900})
        context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items()])
        seen = context.new_page()
        found = []
        for _ in range(looks):
            seen.goto("about:blank")
            begun = time.perf_counter()
            seen.goto(f"{server}{page}", wait_until="commit")
            seen.locator('[data-pane][data-shown="1"]').first.wait_for()
            found.append((time.perf_counter() - begun) * 1000)
        browser.close()
    return found


@contextmanager
def served(port: int, more: dict[str, str]) -> Iterator[None]:
    """Serve the database of this process meanwhile; `more`: of the server's environment."""
    command = [sys.executable, "-m", "tongmai", "serve", "--trial", "--port", str(port), "--workers", "1"]
    with beside.running(command, port, more, is_up=beside.answers):
        yield
