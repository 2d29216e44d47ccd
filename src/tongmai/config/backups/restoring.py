"""`tongmai restore FILE --into URL`: into an empty database, forward to this version, and proved."""

import argparse
import os
import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="of `tongmai backup`; none with --only-images")
    parser.add_argument(
        "--into", required=True, metavar="URL", help="sqlite:PATH or postgres://user:password@host/name"
    )
    parser.add_argument(
        "--images", type=Path, default=None, metavar="DIR", help="the folder of `tongmai backup --images`: copy it back"
    )
    parser.add_argument(
        "--only-images", action="store_true", help="go on with the images of a database that is restored already"
    )
    parser.add_argument(
        "--other-seal-key",
        action="store_true",
        help="the seal key is lost: restore although the seals cannot be checked",
    )


def run(options: argparse.Namespace) -> int:
    """Restore, bring the tables forward, copy the images back, run every check.

    0: all of it is there and whole.  3: the database is restored, of the images some are not yet.  1: refused, or not whole.
    """
    # The settings are read from here on: everything below works on the restored database.
    os.environ["TONGMAI_DATABASE"] = options.into
    import django

    from tongmai.config.backups.archive import Unusable
    from tongmai.config.settings import SettingMissing

    try:
        _refuse_misused(options)
        django.setup()
        if options.only_images:
            _refuse_unrestored()
        else:
            _restore(options)
        is_stopped = options.images is not None and _images(options)
    except (Unusable, SettingMissing, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 3 if is_stopped else _prove()


def _refuse_misused(options: argparse.Namespace) -> None:
    from tongmai.config.backups.archive import Unusable

    if options.only_images and (options.file is not None or options.images is None):
        raise Unusable("--only-images: name no file, and the folder of the images with --images DIR")
    if not options.only_images and options.file is None:
        raise Unusable("name the file of `tongmai backup`")


def _refuse_unrestored() -> None:
    from django.conf import settings

    from tongmai.config.backups.archive import Unusable

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite") and not Path(database["NAME"]).exists():  # a connection would make it
        raise Unusable(f"restore the database first: there is no {database['NAME']}")


def _restore(options: argparse.Namespace) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from tongmai.config.backups import archive, postgres, sqlite
    from tongmai.foundation.audit import services
    from tongmai.foundation.orgs.actors import Actor

    database = settings.DATABASES["default"]
    engine: Any = sqlite if database["ENGINE"].endswith("sqlite") else postgres
    manifest = archive.read(options.file)
    _refuse_misfit(manifest, "sqlite" if engine is sqlite else "postgresql", is_key_lost=options.other_seal_key)
    target = Path(database["NAME"]) if engine is sqlite else database
    engine.refuse_unless_empty(target)
    engine.load(options.file, manifest, target)
    sys.stdout.write(f"restored: {sum(manifest.rows.values())} rows as of {manifest.made_at}\n")
    call_command("migrate", verbosity=1, interactive=False)
    by = Actor.system(now=timezone.now())
    services.note_restore(file_name=options.file.name, made_at=datetime.fromisoformat(manifest.made_at), by=by)


def _images(options: argparse.Namespace) -> bool:
    """Copy back what the archive lacks; whether that ended too soon."""
    from django.db import DatabaseError

    from tongmai.config.backups import images
    from tongmai.config.backups.archive import Unusable

    try:
        copied = images.copy_back(options.images)
    except DatabaseError as why:
        raise Unusable(f"restore the database first: {str(why).strip()}") from why
    sys.stdout.write(f"images: {copied}\n")
    sys.stdout.writelines(f"  {each}\n" for each in copied.wrong)
    if copied.stopped:
        again = f"tongmai restore --only-images --into URL --images {shlex.quote(str(options.images))}"
        sys.stderr.write(
            f"The database is restored, the images are not all there.  `{again}` goes on where this ended.\n"
        )
    return bool(copied.stopped)


def _refuse_misfit(manifest: Any, database: str, *, is_key_lost: bool) -> None:
    """Refuse what would load and then not work, before anything is written."""
    from tongmai.config.backups import facts
    from tongmai.config.backups.archive import Unusable

    if manifest.database != database:
        wanted = {"sqlite": "sqlite:PATH", "postgresql": "postgres://…"}[manifest.database]
        raise Unusable(f"this is a backup of {manifest.database}: restore it --into {wanted}")
    unknown = facts.unknown_migrations(manifest.migrations)
    if unknown:
        raise Unusable(
            f"it was made by version {manifest.product_version}, which is newer than this one (it knows {unknown[0]}): "
            "install that version, then restore"
        )
    if manifest.seal_key != facts.seal_key() and not is_key_lost:
        raise Unusable(
            "it was made with another TONGMAI_SEAL_KEY, and with this one every seal would be found broken: set the key "
            "of the installation it comes from, or, if that key is lost for good, restore with --other-seal-key"
        )


def _prove() -> int:
    """Run every check.  Events that wait since the backup are no flaw of it: the worker delivers them."""
    from tongmai.config import checking

    found = checking.prove()
    checking.tell(found)
    if any(findings for name, findings in found.items() if name != "outbox"):
        sys.stderr.write("The restored database is not whole.\n")
        return 1
    sys.stdout.write("The restored database is whole.  Point TONGMAI_DATABASE at it.\n")
    return 0
