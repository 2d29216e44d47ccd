"""SQLite: a consistent copy while others write, by the online backup API."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tongmai.config.backups import facts
from tongmai.config.backups.archive import Manifest, Unusable, Writer, checked, opened, pieces
from tongmai.config.progress import meter, progress

MEMBER = "database.sqlite3"
_PAGES = 4_096


def dump(source: Path, writer: Writer) -> dict[str, Any]:
    """Copy the database at `source` into the archive; return what the manifest says of it."""
    if not source.is_file():
        raise Unusable(f"{source} does not exist: TONGMAI_DATABASE or TONGMAI_VAR points elsewhere?")
    copy = writer.path.with_suffix(".copy")
    try:
        _copy(source, copy)
        said = prove(copy)
        with copy.open("rb") as file:
            total = copy.stat().st_size >> 20
            writer.write(progress(pieces(file), "compress, MiB", total), member=MEMBER, is_compressed=False)
    finally:
        copy.unlink(missing_ok=True)
    return said | {"database": "sqlite", "written_by": f"sqlite {sqlite3.sqlite_version}", "member": MEMBER}


def _copy(source: Path, target: Path) -> None:
    """Copy one state of the database.

    The source is read inside one transaction: without it every write of others would make the copy begin again.
    """
    target.touch(mode=0o600)
    say = meter("copy, pages")
    with (
        closing(sqlite3.connect(source, isolation_level=None, timeout=20)) as reader,
        closing(sqlite3.connect(target, isolation_level=None)) as writer,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        reader.backup(writer, pages=_PAGES, progress=lambda _, left, total: say(total - left, total), sleep=0)
        reader.execute("ROLLBACK")
        writer.execute("PRAGMA journal_mode=DELETE")  # one file, without its -wal


def prove(path: Path) -> dict[str, Any]:
    """Read the whole file; return its rows, migrations and last seal.

    Raises:
        Unusable: SQLite finds it damaged.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:

            def ask(sql: str) -> list[Any]:
                return connection.execute(sql).fetchall()

            damage = [row[0] for row in ask("PRAGMA integrity_check") if row[0] != "ok"]
            if damage:
                raise Unusable(f"the database is damaged: {damage[0]}")
            existing = [row[0] for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {"rows": facts.rows(ask, existing), "migrations": facts.migrations(ask), "seal": facts.seal(ask)}
    except sqlite3.DatabaseError as error:
        raise Unusable(f"the database is damaged: {error}") from None


def verify(path: Path, manifest: Manifest) -> None:
    """Read the copy inside the written archive once more, to its end."""
    with opened(path, manifest) as stream:
        for _ in progress(checked(stream, manifest), "verify, MiB", manifest.n_bytes >> 20):
            pass


def refuse_unless_empty(target: Path) -> None:
    """Raise Unusable when there is something at `target` already."""
    if target.exists() and target.stat().st_size:
        raise Unusable(f"{target} exists: name a file that does not, nothing is overwritten")
    if not target.parent.is_dir():
        raise Unusable(f"the folder {target.parent} does not exist")


def load(path: Path, manifest: Manifest, target: Path) -> None:
    """Write the copy inside the archive to `target`, under another name until it is whole and proved."""
    unfinished = target.with_name(f"{target.name}.restoring")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        with opened(path, manifest) as stream, unfinished.open("wb") as out:
            for piece in progress(checked(stream, manifest), "restore, MiB", manifest.n_bytes >> 20):
                out.write(piece)
        wrong = facts.differences(manifest.rows, prove(unfinished)["rows"])
        if wrong:
            raise Unusable("; ".join(wrong))
        unfinished.rename(target)
    finally:
        for leftover in _with_companions(unfinished):
            leftover.unlink(missing_ok=True)


def _with_companions(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", "-journal"))
