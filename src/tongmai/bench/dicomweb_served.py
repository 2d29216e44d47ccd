"""Frames over a real socket: the product served, a program that keeps its connection, and the same bytes without a check.

Beside them a browser, where one is installed: how long until a doctor sees the first picture of a film.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from typing import Any

from tongmai.bench import dicomweb_bare, postgres

_START_SECONDS, _PATIENCE_SECONDS = 90.0, 60.0
_ROUNDS, _LOOKS = 5, 5
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
    serve = ["-m", "tongmai", "serve", "--trial", "--port", str(port), "--workers", "1"]
    beside = ["-m", "tongmai.bench.dicomweb_bare", str(bare)]
    with _running(serve, port, {}), _running(beside, bare, {"TONGMAI_BENCH_FILES": files}):
        found, first = [], 0
        for each in shown:
            found.append(_of(each, port, bare, said, first))
            first += len(each.files)
        for each, line in zip(shown, found, strict=True):
            line["first_image_ms"] = _first_images(f"http://127.0.0.1:{port}", each.page, cookies)
        return found


def _of(shown: Shown, port: int, bare: int, cookies: str, first: int) -> dict[str, Any]:
    """Return seconds for all frames of a series, each way; the ways take turns."""
    ours, alone = HTTPConnection("127.0.0.1", port), HTTPConnection("127.0.0.1", bare)
    headers = {"Cookie": cookies, "Accept": OCTETS}
    ways: dict[str, Callable[[], int]] = {
        "frames": lambda: sum(_got(ours, address, headers) for address in shown.addresses),
        "http": lambda: sum(_got(alone, f"/{first + n}", {}) for n in range(len(shown.files))),
        "series": lambda: _got(
            ours, shown.series, {"Cookie": cookies, "Accept": 'multipart/related; type="application/dicom"'}
        ),
        "read": lambda: sum(len(dicomweb_bare.read(*each)) for each in shown.files),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for n in range(_ROUNDS + 1):
        for name, way in ways.items():
            begun = time.perf_counter()
            n_bytes = way()
            assert n_bytes >= shown.n_bytes, f"{shown.what}: {name} gave {n_bytes} of {shown.n_bytes} bytes"
            if n:  # the first round opens the study, and fills what is remembered
                taken[name].append(time.perf_counter() - begun)
    return {"what": shown.what, "n": len(shown.files), "mb": shown.n_bytes / 1e6} | {
        f"{name}_seconds": median(seconds) for name, seconds in taken.items()
    }


def _got(connection: HTTPConnection, address: str, headers: dict[str, str]) -> int:
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, f"{address}: {answer.status} {content[:300]!r}"
    return len(content)


def _first_images(server: str, page: str, cookies: dict[str, str]) -> list[float] | None:
    """Return how long a browser takes each time from the click to the picture; None where there is no browser to drive."""
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
        for _ in range(_LOOKS):
            seen.goto("about:blank")
            begun = time.perf_counter()
            seen.goto(f"{server}{page}", wait_until="commit")
            seen.locator('[data-pane][data-shown="1"]').first.wait_for()
            found.append((time.perf_counter() - begun) * 1000)
        browser.close()
    return found


@contextmanager
def _running(words: list[str], port: int, more: dict[str, str]) -> Iterator[None]:
    with (Path(os.environ["TONGMAI_VAR"]) / f"{port}.log").open("w") as log:
        started = subprocess.Popen([sys.executable, *words], env=os.environ | more, stdout=log, stderr=log)
        try:
            _wait(port, started)
            yield
        finally:
            started.terminate()
            started.wait(_PATIENCE_SECONDS)


def _wait(port: int, started: subprocess.Popen) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/0")
            connection.getresponse().read()
            return
        except (OSError, HTTPException):
            if started.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"nothing answers on {port}") from None
            time.sleep(0.2)
