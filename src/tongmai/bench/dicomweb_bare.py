"""The limit line of frames over HTTP: the product's server program, which reads the same bytes and asks nothing.

`python -m tongmai.bench.dicomweb_bare PORT`; TONGMAI_BENCH_FILES holds (path, first byte, length) of each frame as JSON.
"""

import json
import os
import sys
from collections.abc import Iterator

_LARGE, _PIECE = 1 << 20, 1 << 16
FILES: list[tuple[str, int, int]] = json.loads(os.environ.get("TONGMAI_BENCH_FILES", "[]"))


def read(path: str, first: int, length: int) -> bytes:
    """Return so many bytes of a file, from the byte `first` on."""
    with open(path, "rb") as file:
        file.seek(first)
        return file.read(length)


def application(environ, start_response):
    """Answer `/n` with the bytes of the file n, what is large piece by piece, which is faster."""
    path, first, length = FILES[int(environ["PATH_INFO"][1:])]
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(length))])
    return [read(path, first, length)] if length <= _LARGE else _pieces(path, first, length)


def _pieces(path: str, first: int, length: int) -> Iterator[bytes]:
    with open(path, "rb") as file:
        file.seek(first)
        for at in range(0, length, _PIECE):
            yield file.read(min(_PIECE, length - at))


if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "tongmai.bench.dicomweb_bare:application", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
        workers=1, blocking_threads=8, log_access=False,
    ).serve()  # fmt: skip
