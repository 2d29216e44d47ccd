"""What the machine itself says: the version that runs, how full the disks are, how large the database has become."""

import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from django.conf import settings
from django.db import connection

import tongmai


@dataclass(frozen=True)
class Disk:
    """The disk that holds `path`."""

    path: Path
    total_bytes: int
    free_bytes: int

    @property
    def free_rate(self) -> float:
        return self.free_bytes / self.total_bytes if self.total_bytes else 0.0


def version() -> str:
    """Return the product's version."""
    try:
        return installed("tongmai")
    except PackageNotFoundError:  # run from a copy of the source
        return str(getattr(tongmai, "__version__", "0"))


def disks() -> list[Disk]:
    """Return the disk of the var folder and, where SQLite lies on another one, that."""
    paths = [Path(settings.VAR)]
    if connection.vendor == "sqlite":
        paths.append(Path(str(connection.settings_dict["NAME"])).parent)
    found: dict[int, Disk] = {}
    for path in paths:
        there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
        usage = shutil.disk_usage(there)
        found.setdefault(there.stat().st_dev, Disk(there, usage.total, usage.free))
    return list(found.values())


def database_bytes() -> int:
    """Return how much room the database takes: on SQLite with its write-ahead log."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        files = (Path(f"{name}{end}") for end in ("", "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def database_kind() -> str:
    """Return which database it is, with its version."""
    if connection.vendor == "sqlite":
        return f"SQLite {'.'.join(map(str, connection.Database.sqlite_version_info))}"
    major, minor = divmod(connection.pg_version, 10_000)
    return f"PostgreSQL {major}.{minor}"
