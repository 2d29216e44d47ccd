"""The tables as the migrations make them, made once and kept in build/: whatever needs them begins with a copy.

To run all migrations takes longer than most files of tests, and a run of the suite needs their result several times on
each kind of database.  `python -m tests.harness.migrated` makes it, of the kind that TONGMAI_TEST_DB names.  Kept is what
belongs to exactly these migrations: another one, and it is made anew.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import django
import psycopg

from tests.harness import environment
from tongmai.bench import postgres

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
KEPT = ROOT / "build" / "tables"
_OURS = re.compile(r"\btongmai(?:\.\w+)+")


def fill(url: str) -> None:
    """Put the tables into the database at `url`: an empty one, on SQLite one that is not there yet."""
    if url.startswith("sqlite:"):
        with _kept("sqlite3", _make_file) as kept:
            shutil.copyfile(kept, url.removeprefix("sqlite:"))
    else:
        with _kept("sql", _make_dump) as kept:
            _run([_program("psql"), "--quiet", "--set=ON_ERROR_STOP=1", f"--file={kept}", url])


def create(name: str) -> str:
    """Make an empty database on the server of this run; return its address."""
    server = os.environ["TONGMAI_DATABASE"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@contextmanager
def _kept(ending: str, make: Callable[[Path], None]) -> Iterator[Path]:
    """Give what is kept, for as long as nobody else replaces it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = KEPT / f"{_digest()}.{ending}"
        if not found.exists():
            for stale in KEPT.glob(f"*.{ending}"):
                stale.unlink()
            with tempfile.TemporaryDirectory(dir=KEPT) as folder:
                made = Path(folder) / "made"
                make(made)
                made.rename(found)
        yield found


def _make_file(to: Path) -> None:
    _migrate(f"sqlite:{to}")


def _make_dump(to: Path) -> None:
    """Migrated and dumped is a database beside the others of this run's server."""
    url = create(f"migrated_{uuid4().hex}")
    _migrate(url)
    _run([_program("pg_dump"), "--no-owner", f"--file={to}", url])


def _migrate(url: str) -> None:
    _run([sys.executable, "-m", "tongmai", "manage", "migrate", "--verbosity=0"], TONGMAI_DATABASE=url)


def _run(command: list, **environment: str) -> None:
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"


def _program(name: str) -> Path:
    where = postgres.programs()
    assert where, postgres.MISSING
    return where / name


def _digest() -> str:
    """What the result depends on: the migrations, the modules of ours that they name, and the programs that run them."""
    told = hashlib.sha256(f"{django.__version__} {sys.version} {postgres.programs()}".encode())
    for path in sorted(_inputs()):
        told.update(f"\n{path.relative_to(SOURCE)}\n".encode() + path.read_bytes())
    return told.hexdigest()[:16]


def _inputs() -> set[Path]:
    migrations = set(SOURCE.glob("tongmai/**/migrations/*.py"))
    return migrations | {module for path in migrations for module in _modules(path.read_text(encoding="utf-8"))}


def _modules(migration: str) -> Iterator[Path]:
    for name in set(_OURS.findall(migration)):
        parts = name.split(".")
        for end in range(len(parts), 1, -1):
            found = SOURCE.joinpath(*parts[:end])
            if found.with_suffix(".py").is_file():
                yield found.with_suffix(".py")
                break


def main() -> None:
    """Make what is kept, where it is not there yet."""
    environment.prepare()
    with _kept("sql", _make_dump) if environment.ON_POSTGRES else _kept("sqlite3", _make_file):
        pass


if __name__ == "__main__":
    main()
