"""The ends of the chain, noted down beside the database: a signed line for each, in a file for each month.

Whoever has the database's password but neither the key nor this folder cannot remove the newest seals unseen.  Whoever
has all three can: keep a link on paper or in another house as well (the audit administrator's page prints it, every
backup holds it).
"""

import hashlib
import hmac
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tongmai.foundation.audit import seals

log = logging.getLogger(__name__)


def folder() -> Path:
    """Return where the notes are."""
    return settings.VAR / "seals"


def note(*, now: datetime) -> bool:
    """Append the present end of the chain unless it is the one noted last; return whether a line was written.

    A folder that cannot be written to is logged and keeps nobody from sealing: the next note makes up for it.
    """
    link = seals.last_link()
    if link is None or _last() == str(link):
        return False
    at = timezone.localtime(now)
    said = f"{at.isoformat(timespec='seconds')} {link}"
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with (folder() / f"{at:%Y-%m}.txt").open("a", encoding="ascii") as file:
            file.write(f"{said} {_signature(said)}\n")
    except OSError:
        log.exception("the end of the chain could not be noted in a file")
        return False
    return True


def check() -> list[seals.Finding]:
    """Return the noted links that are not in the chain any more, and the notes that were changed."""
    findings = []
    for line in _lines():
        said, _, signature = line.rpartition(" ")
        if not hmac.compare_digest(_signature(said), signature):
            findings.append(seals.Finding("note-changed", "", None, None))
            continue
        findings += seals.end_missing(seals.Link.parse(said.split(" ")[1]))
    return findings


def _lines() -> Iterator[str]:
    for path in sorted(folder().glob("*.txt")):
        yield from path.read_text(encoding="ascii", errors="replace").splitlines()


def _last() -> str:
    newest = max(folder().glob("*.txt"), default=None)
    lines = newest.read_text(encoding="ascii", errors="replace").splitlines() if newest else []
    return lines[-1].split(" ")[1] if lines and lines[-1].count(" ") == 2 else ""


def _signature(said: str) -> str:
    return hmac.digest(seals.key_for(b"note"), said.encode("ascii", "replace"), hashlib.sha256).hex()
