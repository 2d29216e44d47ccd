"""What a backup notes of its database: the rows of every table, the migrations, the end of the chain of seals."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Ask = Callable[[str], Sequence[Sequence[Any]]]


def tables() -> list[str]:
    """Return the names of all tables of the product, sorted."""
    from django.apps import apps

    return sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)})


def rows(ask: Ask, existing: Iterable[str]) -> dict[str, int]:
    """Return how many rows each of our tables has; one that this state of the schema lacks is left out."""
    ours = set(tables()) & set(existing)
    # The names are those of our own models.
    return {table: int(ask(f'SELECT COUNT(*) FROM "{table}"')[0][0]) for table in sorted(ours)}  # nosec B608


def migrations(ask: Ask) -> list[str]:
    """Return the migrations that were applied, as `app.name`."""
    return [f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY app, name")]


def seal(ask: Ask) -> str:
    """Return the last link of the chain as `number:mac`, blank while nothing is sealed."""
    last = ask("SELECT number, mac FROM audit_seal ORDER BY number DESC LIMIT 1")
    return f"{last[0][0]}:{bytes(last[0][1]).hex()}" if last else ""


def seal_key() -> str:
    """Return the fingerprint of this installation's seal key; the key cannot be found from it."""
    from django.conf import settings

    return hmac.digest(settings.SEAL_KEY.encode(), b"fingerprint in a backup", hashlib.sha256)[:8].hex()


def unknown_migrations(applied: Sequence[str]) -> list[str]:
    """Return the migrations in `applied` that this version of the product does not have."""
    from django.db.migrations.loader import MigrationLoader

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return [name for name in applied if name not in known]


def differences(noted: dict[str, int], found: dict[str, int]) -> list[str]:
    """Return in words where the rows of a restored database are not those that were noted."""
    return [
        f"{table}: {noted.get(table, 0)} rows were backed up, {found.get(table, 0)} are here"
        for table in sorted(noted.keys() | found.keys())
        if noted.get(table, 0) != found.get(table, 0)
    ]
