"""The listener: MLLP connections in, answers out.  Sockets are one thread's; a message is worked on in a thread of its own.

Messages of one connection are answered one after the other, in their order; connections do not wait for each other.  A
message is answered only after it was kept (`exchange.services.messages.keep`); where that fails, nothing is answered
and the connection is closed, so that the sender sends it again.
"""

import asyncio
import hashlib
import ipaddress
import logging
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tongmai.exchange.hl7v2.framing import MOST_BYTES, Frame, Framer, framed

log = logging.getLogger(__name__)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# What becomes of one message: (body, peer, is_whole) → the answer; None: nothing can be answered now.
Handle = Callable[[bytes, str, bool], bytes | None]
_CHUNK = 65_536
_TYPE_ACK = b"ACK"


@dataclass(frozen=True)
class Limits:
    """What one sender may take of us."""

    most_bytes: int = MOST_BYTES
    most_connections: int = 500
    most_of_one_address: int = 50
    idle_seconds: float = 600  # without any message; senders keep their connection open for the next one
    silent_seconds: float = 10  # in the middle of a message
    message_seconds: float = (
        120  # from its first byte to its last: nobody holds a connection by sending a byte now and then
    )
    answer_seconds: float = 30  # until an answer is taken
    most_waiting_bytes: int = 256 * 1024 * 1024  # of messages whose end is not here, all connections together
    threads: int = 4  # of one process: half of the work is the database's, more would stand in each other's way


@dataclass
class Listener:
    """One listening port."""

    handle: Handle
    is_allowed: Callable[[str], bool]
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.limits.threads, thread_name_prefix="mllp")
        self._open: Counter[str] = Counter()
        self._serving: set[asyncio.Task[None]] = set()
        self._waiting_bytes = 0

    async def serve(
        self,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        stop: asyncio.Event,
        ready: Callable[[int], None] = lambda port: None,
        reuse_port: bool = False,
    ) -> None:
        """Listen until `stop` is set; the messages in hand are finished first.  `ready` is told the port."""
        server = await asyncio.start_server(
            self._connected, host, port, ssl=tls, limit=_CHUNK, backlog=512, reuse_port=reuse_port or None
        )
        ready(server.sockets[0].getsockname()[1])
        async with server:
            await stop.wait()
            await _steps()  # who is let in this moment begins, and is ended like the others
            server.close()
            await _steps()
            for task in self._serving:
                task.cancel()  # takes effect where it waits for bytes, never in the middle of a message
            await asyncio.gather(*self._serving, return_exceptions=True)
        self._pool.shutdown(wait=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        # Who has gone again already has no address: it finds its end at the first look.
        address = str((writer.get_extra_info("peername") or [""])[0])
        self._open[address] += 1
        try:
            if await self._may_stay(address):
                await self._converse(reader, writer, _peer(address, writer))
        except TimeoutError:
            writer.transport.abort()  # it does not take its answers: nothing waits for it any more
        except (ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass  # the other side is gone, or we are ending
        finally:
            await self._leave(writer)
            self._open[address] -= 1
            self._open += Counter()  # forgets who has none
            self._serving.discard(task)

    async def _leave(self, writer: asyncio.StreamWriter) -> None:
        """Close a connection; what the other side does not take of its last answer is dropped."""
        writer.close()
        try:
            await asyncio.wait_for(writer.wait_closed(), self.limits.answer_seconds)
        except (OSError, TimeoutError, asyncio.CancelledError):
            writer.transport.abort()

    async def _may_stay(self, address: str) -> bool:
        loop = asyncio.get_running_loop()
        if not await loop.run_in_executor(self._pool, self.is_allowed, address):
            log.warning("a connection from an address that is not allowed was closed")
            return False
        return (
            self._open.total() <= self.limits.most_connections
            and self._open[address] <= self.limits.most_of_one_address
        )

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        framer, loop = Framer(most_bytes=self.limits.most_bytes), asyncio.get_running_loop()
        began, held = 0.0, 0  # when the message that is on its way began, and how much of it is here
        try:
            while True:
                began = (began or loop.time()) if framer.has_begun else 0.0
                data = await self._read(reader, began)
                if data is None and not began:
                    return
                n_frames = await self._answer(framer.feed(data) if data else framer.rest(), writer, peer)
                if data == b"" or (data is None and loop.time() - began >= self.limits.message_seconds):
                    return
                began = 0.0 if n_frames or not data else began
                self._waiting_bytes += framer.n_bytes - held
                held = framer.n_bytes
                if self._waiting_bytes > self.limits.most_waiting_bytes:
                    log.warning("a connection was closed: too much is held of messages that do not end")
                    return
        finally:
            self._waiting_bytes -= held

    async def _read(self, reader: asyncio.StreamReader, began: float) -> bytes | None:
        """Return what comes, b"" at the end; None where nothing comes for too long."""
        wait = self.limits.idle_seconds
        if began:
            left = began + self.limits.message_seconds - asyncio.get_running_loop().time()
            wait = max(0.001, min(self.limits.silent_seconds, left))
        try:
            return await asyncio.wait_for(reader.read(_CHUNK), wait)
        except TimeoutError:
            return None

    async def _answer(self, frames: Iterable[Frame], writer: asyncio.StreamWriter, peer: str) -> int:
        """Work on the messages and answer them, one after the other; return how many there were."""
        n_frames = 0
        for frame in frames:
            n_frames += 1
            if is_answer(frame.body):
                continue
            loop = asyncio.get_running_loop()
            work = loop.run_in_executor(self._pool, self.handle, frame.body, peer, frame.is_whole)
            said = await asyncio.shield(work)
            if said is None:
                raise ConnectionAbortedError
            writer.write(framed(said))
            if writer.transport.get_write_buffer_size():
                await asyncio.wait_for(writer.drain(), self.limits.answer_seconds)
        return n_frames


async def _steps() -> None:
    """Let the loop finish what it has begun: a connection that is let in needs four of its steps until it is served."""
    for _ in range(10):
        await asyncio.sleep(0)


def is_answer(body: bytes) -> bool:
    """Whether this is somebody's answer to us: answering it would never end."""
    cut = body[:512].split(body[3:4]) if body.startswith(b"MSH") and len(body) > 3 else []
    return len(cut) > 8 and cut[8].split(b"^")[0].strip() == _TYPE_ACK


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; what is written for IPv6 is read as the IPv4 that it means."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in network for network in networks if network.version == plain.version)


def _peer(address: str, writer: asyncio.StreamWriter) -> str:
    """The address, and the SHA-256 of the certificate that the other side has shown."""
    secured = writer.get_extra_info("ssl_object")
    shown = secured.getpeercert(binary_form=True) if secured else None
    return f"{address} {hashlib.sha256(shown).hexdigest()}" if shown else address
