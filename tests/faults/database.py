"""A PostgreSQL that keeps what it has acknowledged, and that can be ended and started again at the same address."""

import os
import shutil
import signal
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tongmai.bench import postgres


class Database:
    """`url` stays the same.  Its files lie below `home`, a new folder unless given."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = home or Path(tempfile.mkdtemp(prefix="tongmai-faults-"))
        self.home.chmod(0o755)
        self._server = postgres.start(postgres.DURABLE, keep=self.home / "pg")
        self.url = self._server.url

    def start(self) -> None:
        """Start it again; what was acknowledged is there."""
        self._server = postgres.start(postgres.DURABLE, keep=self.home / "pg", port=urlsplit(self.url).port)

    def stop(self) -> None:
        """End it as an operator would."""
        self._server.stop()

    def crash(self) -> None:
        """End it as its own crash would: at once, without writing down anything more."""
        self._server.process.send_signal(signal.SIGQUIT)
        self._server.process.wait(timeout=30)

    def move_log_to(self, folder: Path) -> None:
        """Keep its write-ahead log in another folder, as an installation with two disks would.  While it is stopped."""
        log, moved = self.home / "pg" / "data" / "pg_wal", folder / "pg_wal"
        shutil.move(log, moved)
        owner = (self.home / "pg" / "data").stat()
        for path in [folder, moved, *moved.rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid)
        log.symlink_to(moved)

    def remove(self) -> None:
        self._server.stop()
        shutil.rmtree(self.home, ignore_errors=True)
