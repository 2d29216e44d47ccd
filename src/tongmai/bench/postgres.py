"""A private PostgreSQL from the server programs installed on this machine, for benches and for tests.

Needs no Django, so that the settings can be pointed at it before they are read.
"""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MISSING = "No PostgreSQL server programs (initdb, postgres) were found.  On Debian: apt-get install postgresql"
PATIENCE_SECONDS = 120

# A test wants a quick server that nobody will miss.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "jit": "off",
}
# A bench wants what a county would run: nothing acknowledged is lost, and memory as PostgreSQL's manual advises.
DURABLE = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "work_mem": "16MB",
    "maintenance_work_mem": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "15min", "wal_compression": "on",
    "random_page_cost": "1.1", "jit": "off",
}  # fmt: skip


class NoPostgres(Exception):
    """The server programs are not installed, or the server did not start."""


@dataclass(frozen=True)
class Server:
    """A running private server.  `url` names its first database; `pid` is the process whose children do the work."""

    url: str
    home: Path
    process: subprocess.Popen
    settings: Mapping[str, str]
    is_kept: bool

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        """Stop the server; a temporary one leaves nothing behind."""
        if self.process.poll() is None:
            # Fast keeps what is committed; immediate is enough where the folder goes anyway.
            self.process.send_signal(signal.SIGINT if self.is_kept else signal.SIGQUIT)
            self.process.wait(timeout=PATIENCE_SECONDS)
        if not self.is_kept:
            shutil.rmtree(self.home, ignore_errors=True)


def programs() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, else None."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if config := shutil.which("pg_config"):
        folders.append(Path(subprocess.run([config, "--bindir"], capture_output=True, text=True).stdout.strip()))
    return next((f for f in folders if (f / "initdb").is_file() and (f / "postgres").is_file()), None)


def start(settings: Mapping[str, str] = FORGETFUL, *, keep: Path | None = None, port: int = 0) -> Server:
    """Start a server on `port`, else on a free one of this machine, and stop it when this process ends.

    Its data lie in a temporary folder, or below `keep`, where the next call finds them again.

    Raises:
        NoPostgres: not installed, or it did not start.
    """
    where = programs()
    if where is None:
        raise NoPostgres(MISSING)
    account = _unprivileged()
    # The parent folder may be private to this user; the server may run as another one, so it gets a folder of its own.
    home = keep or Path(tempfile.mkdtemp(prefix="tongmai-pg-"))
    home.mkdir(parents=True, exist_ok=True)
    if account:
        os.chown(home, account["user"], account["group"])
    port = port or free_port()
    _initialise(where, home, account)
    process = _serve(where, home, port, settings, account)
    server = Server(
        url=f"postgres://tongmai@127.0.0.1:{port}/postgres", home=home, process=process, settings=settings,
        is_kept=keep is not None,
    )  # fmt: skip
    atexit.register(server.stop)
    _wait_until_ready(where, home, port, process)
    return server


def memory_settings(total_mb: int) -> dict[str, str]:
    """Return a quarter of the machine's memory for PostgreSQL's own cache (4 GB at most), half as the system's."""
    return {"shared_buffers": f"{min(total_mb // 4, 4096)}MB", "effective_cache_size": f"{total_mb // 2}MB"}


def _unprivileged() -> dict:
    """The server refuses to run as root: choose another account when we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgres("Running as root, and there is no account `postgres` or `nobody` to run the server as")


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(home)}


def _initialise(where: Path, home: Path, account: dict) -> None:
    data = home / "data"
    if (data / "PG_VERSION").exists():
        return
    made = subprocess.run(
        [where / "initdb", "-D", data, "-U", "tongmai", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        capture_output=True, text=True, cwd=home, env=_environment(home), **account,
    )  # fmt: skip
    if made.returncode:
        raise NoPostgres(f"initdb failed: {made.stderr}")


def _serve(where: Path, home: Path, port: int, settings: Mapping[str, str], account: dict) -> subprocess.Popen:
    options = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": home, "max_connections": 200,
    }  # fmt: skip
    arguments = [part for name, value in (options | dict(settings)).items() for part in ("-c", f"{name}={value}")]
    log = home / "log"
    log.touch()
    with log.open("w") as said:
        return subprocess.Popen(
            [where / "postgres", "-D", home / "data", *arguments],
            stdout=said, stderr=said, cwd=home, env=_environment(home), start_new_session=True, **account,
        )  # fmt: skip


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(where: Path, home: Path, port: int, process: subprocess.Popen) -> None:
    ask = [where / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "tongmai", "-c", "select 1", "postgres"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run(ask, capture_output=True, cwd=home).returncode == 0:
            return
        time.sleep(0.1)
    raise NoPostgres(f"The private PostgreSQL did not start: {(home / 'log').read_text()[-2000:]}")
