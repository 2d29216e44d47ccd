"""The database of a bench: a private PostgreSQL or an SQLite file, loaded once for each size and found again.

Needs no Django before `use`: the settings read the environment when they are first asked.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from tongmai.bench import postgres


class NotLoaded(Exception):
    """The data could not be loaded."""


@dataclass(frozen=True)
class Size:
    """How many people, visits and referrals a bench wants to find."""

    residents: int
    encounters: int
    referrals: int

    @property
    def name(self) -> str:
        return f"bench_{self.residents}_{self.encounters}_{self.referrals}"


COUNTY = Size(100_000, 1_000_000, 100_000)
LARGE = Size(1_000_000, 7_000_000, 200_000)
CLINIC = Size(10_000, 100_000, 10_000)


@dataclass(frozen=True)
class Database:
    """A loaded database.  `server` is ours when it is private."""

    url: str
    server: postgres.Server | None = None

    @property
    def vendor(self) -> str:
        return "sqlite" if self.url.startswith("sqlite:") else "postgresql"


def folder(keep: Path | None) -> Path:
    """Return where a bench keeps its files: `keep`, else a temporary folder that goes with the process."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        return keep.resolve()
    made = tempfile.TemporaryDirectory(prefix="tongmai-bench-", ignore_cleanup_errors=True)
    _made.append(made)
    return Path(made.name)


_made: list[tempfile.TemporaryDirectory] = []  # until the process ends


def on_postgres(size: Size, *, url: str = "", keep: Path | None = None) -> Database:
    """Return a PostgreSQL that holds `size`: the given one as it is, else a private one, loaded where it is new."""
    if url:
        return Database(url)
    # Its own folder below: the server runs as another user where we are root.
    server = postgres.start(
        postgres.DURABLE | postgres.memory_settings(memory_mb()), keep=keep.resolve() / "pg" if keep else None
    )  # fmt: skip
    load_beside(server, size)
    return Database(url_of(server.url, size), server)


def load_beside(server: postgres.Server, size: Size) -> None:
    """Load another size into a private server, where it is not there yet."""
    if not _exists(server.url, size.name):
        _load_postgres(server.url, size)


@contextmanager
def copied(database: Database) -> Iterator[Database]:
    """Yield a copy of a private database, which goes afterwards: what one bench writes no other finds.

    A database that was given is used as it is.
    """
    if database.server is None:
        yield database
        return
    import psycopg

    name = urlsplit(database.url).path[1:]
    with psycopg.connect(database.server.url, autocommit=True) as one:
        one.execute(f'DROP DATABASE IF EXISTS "{name}_copy" WITH (FORCE)')
        one.execute(f'CREATE DATABASE "{name}_copy" TEMPLATE "{name}" STRATEGY file_copy')
        one.execute("CHECKPOINT")
        try:
            yield replace(database, url=f"{database.url}_copy")
        finally:
            one.execute(f'DROP DATABASE IF EXISTS "{name}_copy" WITH (FORCE)')


def rest() -> None:
    """Leave what was just loaded as a database has it that was left alone since: with statistics, nothing to be tidied up.

    Else the tidying that PostgreSQL begins a minute after a load falls into what is measured.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        for line in ("VACUUM (ANALYZE)", "CHECKPOINT") if connection.vendor == "postgresql" else ("ANALYZE",):
            cursor.execute(line)


def url_of(server: str, size: Size) -> str:
    """Return the address of a size's database on a private server."""
    return server.removesuffix(urlsplit(server).path) + f"/{size.name}"


def on_sqlite(size: Size, *, url: str = "", keep: Path | None = None) -> Database:
    """Return an SQLite file that holds `size`, loaded where it is new."""
    if url:
        return Database(url)
    place = folder(keep)
    file, unfinished = place / f"{size.name}.sqlite3", place / f"{size.name}.loading"
    if not file.exists():
        for leftover in place.glob(f"{unfinished.name}*"):
            leftover.unlink()
        _load(f"sqlite:{unfinished}", size)
        unfinished.rename(file)
    return Database(f"sqlite:{file}")


def use(url: str, *, var: Path | None = None) -> None:
    """Point this process and its children at the database, and start Django."""
    os.environ |= environment(url, var)
    import django

    django.setup()


def environment(url: str, var: Path | None = None) -> dict[str, str]:
    """Return the variables under which the product runs in a bench: as in production but for TLS."""
    return {
        "TONGMAI_DATABASE": url,
        "TONGMAI_VAR": str(var or folder(None)),
        "TONGMAI_SECRET_KEY": _key("sessions"),
        "TONGMAI_SEAL_KEY": _key("seals"),
        "TONGMAI_DEMO": "",
    }


def _key(of: str) -> str:
    """A key that nobody needs to keep: it guards invented people, and a kept database must find its seals again."""
    return sha256(f"bench {of}".encode()).hexdigest()


def memory_mb() -> int:
    """Return the machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def _exists(server: str, name: str) -> bool:
    import psycopg

    with psycopg.connect(server, autocommit=True) as one:
        return one.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _load_postgres(server: str, size: Size) -> None:
    """Load under another name and rename what is whole, so that a half-loaded database is never measured."""
    import psycopg

    unfinished = f"{size.name}_loading"
    with psycopg.connect(server, autocommit=True) as one:
        one.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
        one.execute(f'CREATE DATABASE "{unfinished}"')
        _load(server.removesuffix(urlsplit(server).path) + f"/{unfinished}", size)
        one.execute("CHECKPOINT")
        one.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{size.name}"')


def _load(url: str, size: Size) -> None:
    """Load in a process of its own: this one's settings will name the finished database."""
    words = [
        "bench", "load", "--database", url, "--residents", str(size.residents), "--encounters", str(size.encounters),
        "--referrals", str(size.referrals),
    ]  # fmt: skip
    if subprocess.run([sys.executable, "-m", "tongmai", *words], stdout=subprocess.DEVNULL, check=False).returncode:
        raise NotLoaded(f"{size.name} could not be loaded; the reason stands above")
