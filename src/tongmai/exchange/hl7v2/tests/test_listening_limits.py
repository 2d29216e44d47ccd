"""What one sender may take of the listener: bytes, time, connections; and what is left when all have gone: nothing."""

import asyncio
import random
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from tongmai.exchange.hl7v2.framing import CR, FS, VT, framed
from tongmai.exchange.hl7v2.listening import Limits, Listener


def said(body, peer, is_whole):
    """An answer that says what came, and whether it was whole."""
    return (b"AA " if is_whole else b"AR ") + body[-11:]


@contextmanager
def serving(handle=said, **limits):
    """Serve in a thread of its own; yield (port, listener).  Nothing of it is left afterwards."""
    before, started, ports, stopping, seen = set(threading.enumerate()), threading.Event(), [], [], []
    listener = Listener(handle, lambda address: not seen.append(address), replace(Limits(threads=2), **limits))
    listener.seen = seen

    async def main():
        stop = asyncio.Event()
        stopping.append((asyncio.get_running_loop(), stop))
        await listener.serve("127.0.0.1", 0, stop=stop, ready=lambda port: (ports.append(port), started.set()))

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    try:
        assert started.wait(20)
        yield ports[0], listener
    finally:
        stopping[0][0].call_soon_threadsafe(stopping[0][1].set)
        thread.join(30)
    assert not thread.is_alive()
    assert {each for each in threading.enumerate() if each.is_alive()} <= before, "no thread is left"
    assert not listener._open and not listener._serving and listener._waiting_bytes == 0


def line_to(port):
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def answers(line, n):
    received = b""
    while received.count(FS + CR) < n and (more := line.recv(65536)):
        received += more
    return [part.strip(VT) for part in received.split(FS + CR)[:-1]]


def until(holds):
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_pieces_of_many_connections_never_mix():
    chance = random.Random(5)
    with serving() as (port, _), ExitStack() as stack:
        lines = [stack.enter_context(line_to(port)) for _ in range(12)]
        sent = {
            line: b"".join(framed(b"MSH|^~\\&|%02d|%06d" % (i, k)) for k in range(6)) for i, line in enumerate(lines)
        }
        left = dict(sent)
        while left:
            line = chance.choice(list(left))
            n = chance.randrange(1, 30)
            line.sendall(left[line][:n])
            left[line] = left[line][n:]
            if not left[line]:
                del left[line]
        for i, line in enumerate(lines):
            assert answers(line, 6) == [b"AA &|%02d|%06d" % (i, k) for k in range(6)]


def test_nobody_holds_a_connection_by_a_byte_now_and_then():
    with serving(silent_seconds=5, message_seconds=0.4) as (port, _), line_to(port) as line:
        begun = time.monotonic()
        line.sendall(VT + b"MSH|^~\\&|slow")
        with pytest.raises(OSError):
            while time.monotonic() < begun + 20:
                line.sendall(b"x")
                time.sleep(0.05)
        assert time.monotonic() < begun + 10


def test_a_busy_connection_is_not_taken_for_a_slow_one():
    """Its messages end in time, although at every look a piece of the next one is here."""
    with serving(silent_seconds=5, message_seconds=0.5) as (port, _), line_to(port) as line:
        line.sendall(VT + b"MSH|^~\\&|1")
        for i in range(12):
            time.sleep(0.1)
            line.sendall(FS + CR + VT + b"MSH|^~\\&|%d" % (i + 2))
        assert len(answers(line, 12)) == 12


def test_who_takes_no_answers_is_left():
    with serving(lambda *_: b"x" * 2_000_000, answer_seconds=0.3) as (port, listener):
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", port))
            deaf.sendall(framed(b"MSH|^~\\&|1") * 8)
            until(lambda: listener._open)
            until(lambda: not listener._open)
        with line_to(port) as line:
            line.sendall(framed(b"MSH|^~\\&|2"))
            assert len(answers(line, 1)) == 1


def test_connections_of_one_address_are_counted_and_forgotten():
    with serving(most_of_one_address=2) as (port, listener), line_to(port) as first, line_to(port) as second:
        for each in (first, second):
            each.sendall(framed(b"MSH|^~\\&|1"))
            assert len(answers(each, 1)) == 1
        with line_to(port) as third:
            assert third.recv(10) == b"", "closed at once"
        first.close()
        until(lambda: listener._open.total() == 1)
        with line_to(port) as again:
            again.sendall(framed(b"MSH|^~\\&|1"))
            assert len(answers(again, 1)) == 1


def test_what_is_held_of_unended_messages_is_bounded_over_all_connections():
    with serving(most_waiting_bytes=250_000) as (port, listener), ExitStack() as stack:
        lines = [stack.enter_context(line_to(port)) for _ in range(4)]
        for line in lines:
            line.sendall(VT + b"MSH|^~\\&|" + b"x" * 100_000)
        until(lambda: len(listener.seen) == 4 and listener._open.total() < 4)
        assert listener._waiting_bytes <= 250_000
        for line in lines:
            line.close()
        until(lambda: not listener._open and not listener._waiting_bytes)


def test_blanks_and_halves_from_many_connections_leave_nothing():
    chance = random.Random(7)
    with serving(most_bytes=5_000, silent_seconds=0.2) as (port, listener):
        for _ in range(60):
            with line_to(port) as line:
                for _ in range(chance.randrange(4)):
                    line.sendall(
                        chance.choice(
                            [b"\r\n \x00" * 50, VT, FS + CR, b"MSH|", bytes(chance.randbytes(300)), b"y" * 9_000]
                        )
                    )
        until(lambda: len(listener.seen) == 60 and not listener._open)
