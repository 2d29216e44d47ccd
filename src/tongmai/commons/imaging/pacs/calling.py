"""HTTP to the PACS: kept connections, an end to waiting, and one error for everything that is not an answer.

The standard library's client: one more dependency would bring proxies, redirects and retries that are not wanted here.
"""

import base64
import http.client
import logging
import socket
import ssl
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import NoReturn
from urllib.parse import urlsplit

from tongmai.commons.imaging.errors import ArchiveAway

log = logging.getLogger(__name__)
_CONNECT_SECONDS = 3.0
_AT_ONCE = 6  # of one process: less than it has threads, so that a slow PACS does not take all of them
_REST_SECONDS = 1.0  # after a failure nobody tries: whoever asks is told at once
_IDLE_SECONDS = 4.0
_LONGEST, _PIECE = 4 << 30, 1 << 20
# How a kept connection shows that the other side closed it meanwhile.  Whatever is asked here may be asked twice.
_DROPPED = (http.client.BadStatusLine, ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


@dataclass(frozen=True)
class Setup:
    """Where the PACS is and how we are let in.  `login`: a file with `user:password` or `Bearer …`."""

    address: str
    login: Path | None = None
    authority: Path | None = None
    seconds: float = 20.0


@dataclass(frozen=True)
class Asked:
    """One request, below the root of DICOMweb."""

    method: str
    path: str
    heads: Mapping[str, str]
    body: Sequence[bytes] = ()


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    media_type: str
    body: bytes


class Caller:
    """Asks one PACS from one process."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        parts = urlsplit(setup.address)
        self._host, self._root = parts.hostname or "", parts.path.rstrip("/")
        self._tls = _tls(setup.authority) if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._kept: deque[tuple[http.client.HTTPConnection, float]] = deque()
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._rests_until = 0.0

    def until(self) -> float:
        """Return by when what begins now must be over."""
        return monotonic() + self.setup.seconds

    def ask(self, asked: Asked, *, until: float, patience: float) -> Answer:
        """Return the answer, whatever its status.  `patience`: how long to stand in line behind others of this process.

        Raises:
            ArchiveAway: none came in time.
        """
        if monotonic() < self._rests_until:
            raise ArchiveAway(why="it did not answer a moment ago")
        if not self._slots.acquire(timeout=max(0.0, min(patience, until - monotonic()))):
            raise ArchiveAway(why="too many ask it at once")
        try:
            return self._answer(asked, until)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._rests_until = monotonic() + _REST_SECONDS
            self.fail(_said(error), error)
        finally:
            self._slots.release()

    def fail(self, why: str, error: Exception | None = None) -> NoReturn:
        """Say in the log and to whoever asked that the PACS is of no use now."""
        log.error("the PACS at %s: %s", self.setup.address, why)
        raise ArchiveAway(why=why) from error

    def close(self) -> None:
        """Close what is kept open."""
        while self._kept:
            self._kept.popleft()[0].close()

    def _answer(self, asked: Asked, until: float) -> Answer:
        connection = self._taken() or self._connected(until)
        try:
            return self._once(connection, asked, until)
        except _DROPPED:
            if monotonic() >= until:
                raise
        return self._once(self._connected(until), asked, until)

    def _once(self, connection: http.client.HTTPConnection, asked: Asked, until: float) -> Answer:
        """Ask on this connection; at the limit it is cut, whatever it is waiting for."""
        cut = threading.Timer(max(0.0, until - monotonic()), _cut, (connection.sock,))
        cut.daemon = True
        cut.start()
        try:
            heads = {**asked.heads, **self._login()}
            connection.request(asked.method, self._root + asked.path, asked.body or None, heads)
            response = connection.getresponse()
            body = _whole(response)
        except BaseException:
            connection.close()
            if monotonic() >= until:
                raise TimeoutError("no answer in time") from None
            raise
        finally:
            cut.cancel()
        if response.will_close:
            connection.close()
        else:
            self._kept.append((connection, monotonic() + _lasts(response.getheader("Keep-Alive", ""))))
        return Answer(response.status, response.getheader("Content-Type", ""), body)

    def _connected(self, until: float) -> http.client.HTTPConnection:
        seconds = max(0.05, min(_CONNECT_SECONDS, until - monotonic()))
        made: http.client.HTTPConnection
        if self._tls is None:
            made = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        else:
            made = http.client.HTTPSConnection(self._host, self._port, timeout=seconds, context=self._tls)
        try:
            made.connect()
        except BaseException:
            made.close()
            raise
        made.sock.settimeout(self.setup.seconds)
        return made

    def _taken(self) -> http.client.HTTPConnection | None:
        """Return a connection that should still be open, the last used first."""
        while self._kept:
            try:
                connection, lasts_until = self._kept.pop()
            except IndexError:
                return None
            if monotonic() < lasts_until:
                return connection
            connection.close()
        return None

    def _login(self) -> dict[str, str]:
        """Read anew each time, so that a changed password needs no restart."""
        if self.setup.login is None:
            return {}
        said = self.setup.login.read_text(encoding="utf-8").strip()
        if not said.startswith("Bearer "):
            said = f"Basic {base64.b64encode(said.encode()).decode()}"
        return {"Authorization": said}


def _tls(authority: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _whole(response: http.client.HTTPResponse) -> bytes:
    """Read to the end; the library takes a body that is cut off for a whole one when it is read in pieces."""
    pieces, n_bytes = [], 0
    while piece := response.read(_PIECE):
        pieces.append(piece)
        n_bytes += len(piece)
        if n_bytes > _LONGEST:
            raise http.client.HTTPException("the answer is too long")
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(pieces)


def _said(error: Exception) -> str:
    """Say what happened; the words of other errors than the system's may repeat the password."""
    return f"{type(error).__name__}: {error}" if isinstance(error, OSError) else type(error).__name__


def _cut(sock: socket.socket) -> None:
    """End both directions, below TLS: whoever reads or writes comes back with an error."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # it is over already


def _lasts(said: str) -> float:
    """Return how long an idle connection is kept; Orthanc says `timeout=1`."""
    for each in said.split(","):
        name, _, value = each.strip().partition("=")
        if name.lower() == "timeout" and value.isdecimal():
            return min(_IDLE_SECONDS, int(value) * 0.8)
    return _IDLE_SECONDS
