"""The server of the breakdown: one process, one thread, with the watch on.  `python -m tongmai.bench.limit_serving PORT`."""

import sys

from granian import Granian
from granian.constants import Interfaces

if __name__ == "__main__":
    Granian(
        "tongmai.bench.limit_app:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=1,
        log_access=False,
    ).serve()
