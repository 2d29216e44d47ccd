"""`tongmai backup`: one file with everything, proved after it was written."""

import argparse
import json
import os
import re
import shlex
import shutil
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, default=None, metavar="DIR", help="default: backups/ in TONGMAI_VAR")
    parser.add_argument(
        "--keep", type=int, default=None, metavar="N", help="how many to keep there; default: the policy's"
    )
    parser.add_argument(
        "--images", type=Path, default=None, metavar="DIR", help="also add the images that are not in this folder yet"
    )
    parser.add_argument(
        "--only-images", action="store_true", help="go on with the images alone, with no new copy of the database"
    )
    parser.add_argument("--json", action="store_true", help="for a program")


def run(options: argparse.Namespace) -> int:
    """Back up, prove, remember it for the operators' page, and remove the oldest; then the images.

    0: all that was asked for is finished.  3: what is said is finished, of the images some are not.  1: nothing is.
    """
    import django

    django.setup()
    from django.utils import timezone

    from tongmai.config.backups.archive import Unusable
    from tongmai.foundation.orgs.actors import Actor

    by = Actor.system(now=timezone.now())
    try:
        _refuse_misused(options)
        said = {} if options.only_images else _made(options, by)
    except (Unusable, OSError) as error:
        sys.stderr.write(f"{error}\n")
        _remember_failure(str(error), by)
        return 1
    if options.images is None:
        return _end(said, None, options, by)
    from tongmai.config.backups import images

    # After the database, so that every row of the backup finds its file.
    return _end(said, images.copy_out(options.images), options, by)


def _refuse_misused(options: argparse.Namespace) -> None:
    """Before anything is made."""
    from tongmai.config.backups import images
    from tongmai.config.backups.archive import Unusable

    if options.images is not None:
        images.refuse_own_folder(options.images)
    elif options.only_images:
        raise Unusable("--only-images: name their folder with --images DIR")


def _made(options: argparse.Namespace, by: Any) -> dict[str, Any]:
    """Make the file, and say so at once: what comes after it may fail."""
    from django.conf import settings

    from tongmai.foundation.audit import services

    made, n_bytes = _back_up(options.to, by.now)
    removed = _remove_old(made, _kept(options.keep, by))
    services.note_backup(file_name=made.name, n_bytes=n_bytes, by=by)
    free = shutil.disk_usage(made.parent).free
    if not options.json:
        proved = f"{made}: {n_bytes / 1e6:.1f} MB, written, read back and proved"
        sys.stdout.write(f"{proved}; {free / 1e9:.1f} GB left there\n")
        sys.stdout.writelines(f"removed {path}\n" for path in removed)
        if options.images is None and (settings.IMAGES.is_dir() or settings.PACS):
            sys.stdout.write("Images are not in it: name a folder for them with --images (docs/receiving-images.md).\n")
        sys.stdout.write(
            "Keep a copy outside this machine, and TONGMAI_SEAL_KEY and TONGMAI_SECRET_KEY apart from it.\n"
        )
        sys.stdout.flush()
    return {"file": str(made), "bytes": n_bytes, "removed": [str(path) for path in removed], "free_bytes": free}


def _end(said: dict[str, Any], images: Any, options: argparse.Namespace, by: Any) -> int:
    if options.json:
        json.dump(said | {"images": None if images is None else asdict(images)}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    elif images is not None:
        sys.stdout.write(f"images: {images}\n")
    if images is None or images.is_whole:
        return 0
    sys.stderr.writelines(f"{each}\n" for each in images.wrong)
    if images.stopped:
        again = f"tongmai backup --only-images --images {shlex.quote(str(options.images))}"
        sys.stderr.write(f"The images are not all there.  `{again}` goes on where this ended.\n")
    _remember_failure(f"images: {images}", by)
    return 3


def _back_up(folder: Path | None, now: datetime) -> tuple[Path, int]:
    """Write the file under another name, read it back, and only then give it its name."""
    from django.conf import settings

    from tongmai.config.backups import archive, facts, postgres, sqlite
    from tongmai.foundation.audit import machine

    database = settings.DATABASES["default"]
    engine: Any = sqlite if database["ENGINE"].endswith("sqlite") else postgres
    folder = folder or settings.VAR / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{_stem(database['NAME'])}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{archive.SUFFIX}"
    if target.exists():
        raise archive.Unusable(f"{target} exists already")
    unfinished = folder / f".{target.name}.writing"
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        writer = archive.Writer(unfinished)
        said = engine.dump(Path(database["NAME"]) if engine is sqlite else database, writer)
        writer.finish(
            archive.Manifest(
                product_version=machine.version(), made_at=now.isoformat(), seal_key=facts.seal_key(),
                sha256=writer.sha256, n_bytes=writer.n_bytes, **said,
            )
        )  # fmt: skip
        engine.verify(unfinished, archive.read(unfinished))
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(folder)
    return target, target.stat().st_size


def _stem(name: object) -> str:
    """Two databases may share a folder; each counts its own files."""
    return f"tongmai-{re.sub(r'[^A-Za-z0-9_.]+', '-', Path(str(name)).stem)}-"


def _kept(asked: int | None, by: Any) -> int:
    from tongmai.kernel import policy

    return max(1, asked if asked is not None else policy.shipped().value("audit.backup.keep", on=by.today).int)


def _remove_old(made: Path, keep: int) -> list[Path]:
    """Remove the oldest files of this database beyond `keep`; never the one just made."""
    pattern = re.compile(rf"{re.escape(made.name[:-23])}\d{{8}}T\d{{6}}Z{re.escape(made.suffix)}")
    files = sorted(path for path in made.parent.iterdir() if pattern.fullmatch(path.name) and path != made)
    old = files[: max(0, len(files) - (keep - 1))]
    for path in old:
        path.unlink()
    return old


def _remember_failure(error: str, by: Any) -> None:
    """The operators' page shows it, if the database can be written to at all."""
    from django.db import DatabaseError

    from tongmai.foundation.audit import services

    try:
        services.note_failed_backup(error=error, by=by)
    except DatabaseError as unreachable:
        sys.stderr.write(f"nor could it be noted: {unreachable}\n")


def _sync(folder: Path) -> None:
    """A rename outlives a power cut only once the folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
