"""A line of progress for long work on a terminal; silent where nobody watches."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")


def progress(items: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
    """Yield `items`, saying how far it is; at the end how long it took."""
    n = total if total is not None else len(items) if isinstance(items, Sized) else 0
    shows = sys.stderr.isatty()
    started = time.monotonic()
    last = 0.0
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        if shows and time.monotonic() - last > 0.2:
            last = time.monotonic()
            sys.stderr.write(f"\r{title} {_bar(done, n)}")
            sys.stderr.flush()
    ending = f"{title}: {done} · {time.monotonic() - started:.1f} s\n"
    sys.stderr.write(f"\r{ending}" if shows else ending)


def _bar(done: int, n: int) -> str:
    if not n:
        return str(done)
    filled = done * 24 // n
    return f"[{'█' * filled}{'·' * (24 - filled)}] {done}/{n}"


def meter(title: str) -> Callable[[int, int], None]:
    """Return a function `(done, total)` that says how far it is, for work that reports by itself."""
    last = 0.0

    def say(done: int, total: int) -> None:
        nonlocal last
        if sys.stderr.isatty() and (time.monotonic() - last > 0.2 or done >= total):
            last = time.monotonic()
            sys.stderr.write(f"\r{title} {_bar(done, total)}{chr(10) if done >= total else ''}")
            sys.stderr.flush()

    return say
