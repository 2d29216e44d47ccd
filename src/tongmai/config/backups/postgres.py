"""PostgreSQL: its own programs do the copying; the snapshot that they read is the one that the manifest counts."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tongmai.config.backups import facts
from tongmai.config.backups.archive import Manifest, Unusable, Writer, checked, opened, pieces
from tongmai.config.progress import progress

MEMBER = "database.dump"
_INSTALL = "On Debian and Ubuntu: apt-get install postgresql-client-{major}"
# Everything of the database that is not PostgreSQL's own.
_FOREIGN = """
    SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
"""


def dump(database: Mapping[str, Any], writer: Writer) -> dict[str, Any]:
    """Let `pg_dump` write the database into the archive; return what the manifest says of it."""
    with _connected(database) as connection:
        server = connection.info.server_version // 10_000
        program, version = find("pg_dump", at_least=server)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        said = _facts(connection)
        size = connection.execute("SELECT pg_database_size(current_database()) / 1048576").fetchone()[0]
        command = [program, "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges"]
        with _running(command, database) as process:
            title = f"pg_dump, MiB of at most {size}"
            writer.write(progress(pieces(process.stdout), title), member=MEMBER, is_compressed=True)
    return said | {"database": "postgresql", "written_by": f"pg_dump {version}", "member": MEMBER}


def verify(path: Path, manifest: Manifest) -> None:
    """Let `pg_restore` read the written archive to its end, without a database."""
    program, _ = find("pg_restore", at_least=_major(manifest.written_by))
    _feed([program, f"--file={os.devnull}"], path, manifest, {}, "verify, MiB")


def refuse_unless_empty(database: Mapping[str, Any]) -> None:
    """Raise Unusable when the database holds anything already, or cannot be reached."""
    with _connected(database) as connection:
        if connection.execute(_FOREIGN).fetchone()[0]:
            raise Unusable(
                f"the database {database['NAME']} is not empty: create a new one (createdb), nothing is overwritten"
            )


def load(path: Path, manifest: Manifest, database: Mapping[str, Any]) -> None:
    """Let `pg_restore` write everything in one transaction, then count."""
    program, _ = find("pg_restore", at_least=_major(manifest.written_by))
    command = [
        program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
        f"--dbname={database['NAME']}",
    ]  # fmt: skip
    _feed(command, path, manifest, database, "restore, MiB")
    with _connected(database) as connection:
        wrong = facts.differences(manifest.rows, _facts(connection)["rows"])
    if wrong:
        raise Unusable(f"drop the database {database['NAME']} again: {'; '.join(wrong)}")


def find(name: str, *, at_least: int) -> tuple[str, str]:
    """Return the path and version of the newest installed program `name`.

    Raises:
        Unusable: there is none, or it is older than the server: it could not read everything.
    """
    found = [(version, path) for path in _installed(name) if (version := _version(path))]
    if not found:
        raise Unusable(f"{name} is not installed here.  {_INSTALL.format(major=at_least)}")
    version, path = max(found, key=lambda each: [int(part) for part in each[0].split(".")])
    if int(version.partition(".")[0]) < at_least:
        raise Unusable(f"{name} {version} is older than PostgreSQL {at_least}.  {_INSTALL.format(major=at_least)}")
    return path, version


def _installed(name: str) -> Iterator[str]:
    if on_path := shutil.which(name):
        yield on_path
    for folder in (Path("/usr/lib/postgresql"), Path("/usr/local/pgsql")):
        yield from (str(path) for path in folder.glob(f"**/bin/{name}"))


def _version(path: str) -> str:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    said = re.search(r"\d+(\.\d+)*", answer.stdout)
    return said.group() if said and not answer.returncode else ""


def _major(written_by: str) -> int:
    return int(re.search(r"\d+", written_by).group())  # type: ignore[union-attr]


@contextmanager
def _connected(database: Mapping[str, Any]) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(
            host=database["HOST"] or None,
            port=database["PORT"] or None,
            user=database["USER"] or None,
            password=database["PASSWORD"] or None,
            dbname=database["NAME"],
            connect_timeout=10,
            autocommit=True,
            **_tls(database),
        )
    except psycopg.OperationalError as error:
        raise Unusable(f"no connection to the database {database['NAME']}: {error}".strip()) from None
    with connection:
        yield connection


def _facts(connection: psycopg.Connection) -> dict[str, Any]:
    def ask(sql: str) -> list[Any]:
        return connection.execute(sql).fetchall()

    existing = [row[0] for row in ask("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")]
    return {"rows": facts.rows(ask, existing), "migrations": facts.migrations(ask), "seal": facts.seal(ask)}


def _tls(database: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in database.get("OPTIONS", {}).items() if name.startswith("ssl")}


def _environment(database: Mapping[str, Any]) -> dict[str, str]:
    """Where and who, for PostgreSQL's programs: never as arguments, which everybody on the machine can read."""
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}  # nosec B105: names
    said = {variable: str(database[name]) for name, variable in names.items() if database.get(name)}
    return os.environ | said | {f"PG{name.upper()}": str(value) for name, value in _tls(database).items()}


@contextmanager
def _running(command: list[str], database: Mapping[str, Any], **pipes: Any) -> Iterator[subprocess.Popen]:
    """Run one of PostgreSQL's programs.

    Raises:
        Unusable: it failed, with what it said.
    """
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=_environment(database), **pipes) as process,
    ):
        try:
            yield process
        except BrokenPipeError:
            pass  # it ended before it read everything: what it said is the reason
        except BaseException:
            process.kill()
            raise
        if process.wait():
            said.seek(0)
            reason = said.read().decode(errors="replace").strip().splitlines()
            raise Unusable(f"{Path(command[0]).name} failed: {' '.join(reason[:3]) or process.returncode}")


def _feed(command: list[str], path: Path, manifest: Manifest, database: Mapping[str, Any], title: str) -> None:
    """Give the copy inside the archive to a program."""
    with (
        opened(path, manifest) as stream,
        _running(command, database, stdin=subprocess.PIPE) as process,
    ):
        for piece in progress(checked(stream, manifest), title, manifest.n_bytes >> 20):
            process.stdin.write(piece)
        process.stdin.close()
