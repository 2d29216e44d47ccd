"""A private PostgreSQL server for one test run, from the server programs installed on this machine."""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

MISSING = "No PostgreSQL server programs (initdb, postgres) were found.  On Debian: apt-get install postgresql"


class NoPostgres(Exception):
    """The server programs are not installed, or the server did not start."""


def programs() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, else None."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if config := shutil.which("pg_config"):
        folders.append(Path(subprocess.run([config, "--bindir"], capture_output=True, text=True).stdout.strip()))
    return next((f for f in folders if (f / "initdb").is_file() and (f / "postgres").is_file()), None)


def start(folder: Path) -> str:
    """Start a server with its data below `folder`, stop it when this process ends, and return its database URL.

    Raises:
        NoPostgres: not installed, or it did not start.
    """
    where = programs()
    if where is None:
        raise NoPostgres(MISSING)
    # The parent folder is private to this user; the server may run as another one, so it gets a folder of its own.
    home = Path(tempfile.mkdtemp(prefix="tongmai-pg-"))
    account = _unprivileged()
    if account:
        os.chown(home, account["user"], account["group"])
    port = _free_port()
    process = _serve(where, home, port, account)
    atexit.register(_stop, process, home)
    _wait_until_ready(where, home, port, process)
    return f"postgres://tongmai@127.0.0.1:{port}/postgres"


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


def _serve(where: Path, home: Path, port: int, account: dict) -> subprocess.Popen:
    data = home / "data"
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(home)}
    made = subprocess.run(
        [where / "initdb", "-D", data, "-U", "tongmai", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        capture_output=True, text=True, cwd=home, env=environment, **account,
    )  # fmt: skip
    if made.returncode:
        raise NoPostgres(f"initdb failed: {made.stderr}")
    options = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": home, "max_connections": 200,
        "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB",
    }  # fmt: skip
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("w") as log:
        return subprocess.Popen(
            [where / "postgres", "-D", data, *arguments],
            stdout=log, stderr=log, cwd=home, env=environment, start_new_session=True, **account,
        )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(where: Path, home: Path, port: int, process: subprocess.Popen) -> None:
    ask = [where / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "tongmai", "-c", "select 1", "postgres"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run(ask, capture_output=True, cwd=home).returncode == 0:
            return
        time.sleep(0.1)
    raise NoPostgres(f"The private PostgreSQL did not start: {(home / 'log').read_text()[-2000:]}")


def _stop(process: subprocess.Popen, home: Path) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)  # immediate: nothing of it is kept
        process.wait(timeout=20)
    shutil.rmtree(home, ignore_errors=True)
