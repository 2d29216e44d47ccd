"""The frames of a series come one by one, a thousand within seconds.  Who asks, and whether she may, is asked of the
database at the first of them and again every few seconds (`imaging.asked_again`), not at each.

The view gives leave for the series that it has just checked; until that is over, this stands in front of the application
and answers further frames of the same series, to the same cookie or token, from the archive alone.  Whatever it cannot
answer, and every error, is the application's to answer, in its words.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from re import compile as pattern
from typing import Any

from tongmai.commons.imaging.opened import File
from tongmai.exchange.dicom.web import framing
from tongmai.foundation.audit.measuring import RECORDER
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import TongmaiError

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
GIVEN = "tongmai.leave"
MOST = 1000
_ADDRESS = pattern(r"/dicom-web/studies/([\d.]+)/series/([\d.]+)/instances/([\d.]+)/frames/([\d,]+)")
_OF_ONE_ANSWER = frozenset({"content-type", "content-length", "set-cookie"})
_COUNTED_AS = ("dicomweb:frames", "GET", 200)


@dataclass(frozen=True)
class Leave:
    """To read a series until `ends` (seconds of a clock that only goes on); `heads`: the head lines of its answers."""

    series: dict[str, File]
    ends: float
    heads: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def following(self) -> dict[str, File]:
        """The instance after each, by the number of this one."""
        return {one.sop_uid: other for one, other in pairwise(self.series.values())}


@dataclass(frozen=True)
class _Asked:
    key: tuple[bytes, str, str]  # who, by what she showed; study; series
    sop_uid: str
    numbers: str
    accept: str


def give(environ: Environ, series: dict[str, File], *, by: Actor) -> None:
    """Let whoever sent this request read on in a series that she was found to be allowed to read."""
    lasts = policy.value("imaging.asked_again", on=by.today, at=by.org_id).timedelta()
    environ[GIVEN] = Leave(series, time.monotonic() + lasts.total_seconds())


class Frames:
    """Answers frames for which there is leave; everything else is answered by the application behind it."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._leaves: dict[tuple[bytes, str, str], Leave] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = _asked(environ)
        if asked is None:
            return self.application(environ, start_response)
        leave = self._leaves.get(asked.key)
        if leave is None or leave.ends < time.monotonic():
            return self._asked_anew(asked.key, environ, start_response)
        began = time.perf_counter()
        try:
            answer = framing.frames(leave.series[asked.sop_uid], asked.numbers, asked.accept)
        except (KeyError, TongmaiError):
            return self.application(environ, start_response)
        start_response("200 OK", [*leave.heads, *_heads(answer)])
        if (after := leave.following.get(asked.sop_uid)) is not None:
            after.expect()  # a stack is scrolled
        RECORDER.add(_COUNTED_AS, time.perf_counter() - began)
        return answer.body

    def _asked_anew(self, key: tuple[bytes, str, str], environ: Environ, start_response: Callable[..., Any]) -> Any:
        said: list[tuple[str, str]] = []

        def start(status: str, heads: list[tuple[str, str]], *more: Any) -> Any:
            said.extend(each for each in heads if each[0].lower() not in _OF_ONE_ANSWER)
            return start_response(status, heads, *more)

        body = self.application(environ, start)
        if (given := environ.get(GIVEN)) is not None:
            self._keep(key, replace(given, heads=said))
        return body

    def _keep(self, key: tuple[bytes, str, str], leave: Leave) -> None:
        with self._lock:
            if len(self._leaves) >= MOST:
                now = time.monotonic()
                still = {key: each for key, each in self._leaves.items() if each.ends >= now}
                self._leaves = still if len(still) < MOST else {}
            self._leaves[key] = leave


def _asked(environ: Environ) -> _Asked | None:
    shown = f"{environ.get('HTTP_AUTHORIZATION', '')}\n{environ.get('HTTP_COOKIE', '')}"
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or shown == "\n":
        return None
    found = _ADDRESS.fullmatch(environ["PATH_INFO"])
    if found is None:
        return None
    study, series, sop_uid, numbers = found.groups()
    who = blake2b(shown.encode("utf-8", "surrogateescape")).digest()
    return _Asked((who, study, series), sop_uid, numbers, environ.get("HTTP_ACCEPT", ""))


def _heads(answer: framing.Answer) -> list[tuple[str, str]]:
    heads = [("Content-Type", answer.content_type)]
    if answer.n_bytes is not None:
        heads.append(("Content-Length", str(answer.n_bytes)))
    return heads
