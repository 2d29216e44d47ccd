"""The clients of `tongmai bench limit`: a process that asks as fast as it is answered, over HTTP or straight in SQL.

Run as `python -m tongmai.bench.limit_clients FILE`: the file holds a `Load`; the answer is JSON on the standard output.
Without Django, so that the bare line pays for nothing but the driver.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

BUFFER = 65536
HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """What one client process does for how long.

    `asks`: what is asked, in turn; each is used once where `once` says so, and the load ends when there are no more.
    HTTP: `target` is the port, an ask is a whole request.  SQL: `target` is the database's address, `statements` are
    executed in one transaction, each with the ask as its parameters; what a statement returns is a parameter of the next.
    """

    kind: str  # http | sql
    target: str
    seconds: float
    threads: int
    asks: list[Any]
    once: bool = False
    statements: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Answered:
    """What became of it: `ms` are quantiles of the answers' times (50th, 95th, slowest)."""

    n: int
    seconds: float
    n_bytes: int
    ms: tuple[float, float, float]
    failures: list[str]


def main(path: str) -> None:
    """Do the load of the file and print what became of it."""
    load = Load(**json.loads(Path(path).read_text(encoding="utf-8")))
    json.dump(asdict(run(load)), sys.stdout)


def run(load: Load) -> Answered:
    """Keep `load.threads` clients busy until the time is over or the asks are used up."""
    lines = [_connected(load) for _ in range(load.threads)]
    clients = [_http(line) if load.kind == "http" else _sql(load, line) for line in lines]
    asks, lock = _asks(load), threading.Lock()
    times: list[float] = []
    failures: list[str] = []
    n_bytes = [0]
    barrier = threading.Barrier(load.threads + 1)

    def work(ask_one: Callable[[Any], int]) -> None:
        barrier.wait()
        until = time.perf_counter() + load.seconds
        while time.perf_counter() < until:
            with lock:
                ask = next(asks, None)
            if ask is None:
                return
            started = time.perf_counter()
            try:
                n_bytes[0] += ask_one(ask)
            except (RuntimeError, OSError) as failure:
                failures.append(str(failure)[:200])
            times.append(time.perf_counter() - started)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    for line in lines:
        line.close()
    return Answered(
        n=len(times) - len(failures),
        seconds=time.perf_counter() - started,
        n_bytes=n_bytes[0],
        ms=_quantiles(times),
        failures=failures[:5],
    )


def _asks(load: Load) -> Iterator[Any]:
    while True:
        yield from load.asks
        if load.once:
            return


def _quantiles(times: list[float]) -> tuple[float, float, float]:
    ordered = sorted(times) or [0.0]
    at = [ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)], ordered[-1]]
    return tuple(round(each * 1000, 2) for each in at)  # type: ignore[return-value]


def _connected(load: Load) -> Any:
    """Return a connection that is kept: of a client of the server, or of the database with every statement prepared once."""
    if load.kind == "http":
        line = socket.create_connection(("127.0.0.1", int(load.target)), timeout=60)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line
    import psycopg

    return psycopg.connect(load.target, autocommit=True, prepare_threshold=0)


def _http(line: socket.socket) -> Callable[[str], int]:
    """Return a client with as little work of its own as can be."""

    def ask(request: str) -> int:
        line.sendall(request.encode())
        head, _, body = _until_head(line)
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        n = len(body)
        while n < length:
            n += len(line.recv(BUFFER))
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(head.split(b"\r\n")[0].decode() + " " + body[:120].decode(errors="replace"))
        return n

    return ask


def _until_head(line: socket.socket) -> tuple[bytes, bytes, bytes]:
    got = line.recv(BUFFER)
    while HEAD_ENDS not in got:
        more = line.recv(BUFFER)
        if not more:
            raise OSError("the server closed the connection")
        got += more
    return got.partition(HEAD_ENDS)


def _sql(load: Load, connection: Any) -> Callable[[dict[str, Any]], int]:
    """Return a client that executes the statements of an ask."""
    alone = load.statements[0] if len(load.statements) == 1 else None

    def ask_alone(ask: dict[str, Any]) -> int:
        assert alone is not None
        return len(connection.execute(alone["sql"], ask, binary=True).fetchall())

    def ask(ask: dict[str, Any]) -> int:
        known = ask | {f"new{i}": uuid4() for i in range(12)}
        with connection.transaction():
            for statement in load.statements:
                cursor = connection.execute(statement["sql"], known, binary=True)
                row = cursor.fetchone() if cursor.description else None
                if cursor.rowcount < 1:
                    raise RuntimeError(f"nothing changed: {statement['sql'][:80]}")
                known.update({name: row[i] for i, name in enumerate(statement.get("into", ()))} if row else {})
        return 1

    return ask_alone if alone else ask


if __name__ == "__main__":
    main(sys.argv[1])
