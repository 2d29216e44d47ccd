"""`tongmai check images`: every row has its file with its hash, every file its row; links are borne out by decisions."""

import time
from collections.abc import Iterator

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from tongmai.commons.imaging import archive, marking
from tongmai.commons.imaging.archive import DIGEST_IN_NAME, Place, Stray
from tongmai.commons.imaging.errors import ArchiveAway
from tongmai.commons.imaging.models import Held, Instance, Series, Study, StudyDecision
from tongmai.commons.residents.models import Resident
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding, SoftReference

_AT_ONCE = 500
_LONGEST_WRITING = 24 * 3600  # seconds; what is younger may still be on its way


def files() -> Iterator[Finding]:
    """Yield the rows whose file is missing or changed, the files without a row, and what was never finished."""
    yield from _rows_without_file()
    yield from _files_without_row()
    for held_id in Held.objects.order_by().values_list("id", flat=True).iterator(chunk_size=_AT_ONCE):
        if not archive.archive().has_held(held_id):
            yield Finding("imaging_held", str(held_id), "its file is missing from the quarantine")
    for path in archive.archive().unfinished(before=time.time() - _LONGEST_WRITING):
        yield Finding("imaging_instance", path.name, "was being written when a process ended; it may be removed")


def _rows_without_file() -> Iterator[Finding]:
    rows = Instance.objects.order_by("pk").values_list("pk", "series__study__uid", "series__uid", "sop_uid", "sha256")
    store = archive.store()
    for row_id, *named in rows.iterator(chunk_size=_AT_ONCE):
        place = Place(*named)
        try:
            is_received = store.digest_of(place) == place.sha256
        except FileNotFoundError:
            yield Finding("imaging_instance", str(row_id), "its file is missing")
            continue
        except OSError as error:
            yield Finding("imaging_instance", str(row_id), f"its file cannot be read: {error.strerror}")
            continue
        except ArchiveAway as away:
            yield Finding("imaging_instance", str(row_id), f"not looked at, nor what follows: {away.facts['why']}")
            return
        if not is_received:
            yield Finding("imaging_instance", str(row_id), "its file is not the one that was received")


def _files_without_row() -> Iterator[Finding]:
    """A file that was written when a process ended before its row: never acknowledged, so the device sends it again."""
    waiting: list[Stray] = []
    for each in archive.archive().files():
        waiting.append(each)
        if len(waiting) == _AT_ONCE:
            yield from _strays(waiting)
            waiting = []
    yield from _strays(waiting)


def _strays(files: list[Stray]) -> Iterator[Finding]:
    rows = Instance.objects.filter(sop_uid__in=[each.sop_uid for each in files])
    known = {(uid, sha[:DIGEST_IN_NAME]) for uid, sha in rows.values_list("sop_uid", "sha256")}
    for each in files:
        if (each.sop_uid, each.digest) not in known:
            yield Finding("imaging_instance", f"{each.sop_uid}-{each.digest}", "a file without a row")


REFERENCES = (SoftReference(StudyDecision, "resident_id", Resident),)


def orphans() -> Iterator[Finding]:
    """Yield series and studies of which nothing was stored, and decisions about somebody who is not there."""
    yield from proving.dangling(REFERENCES)
    yield from proving.rows_that(Series.objects.filter(instances=None), "has no instances")
    yield from proving.rows_that(Study.objects.filter(series=None), "has no series")


def counters() -> Iterator[Finding]:
    """Yield the studies that stand elsewhere than the last decision put them, and what is not marked as policy says."""
    last = StudyDecision.objects.filter(study=OuterRef("pk")).order_by("-id")
    studies = Study.objects.annotate(last=Subquery(last.values("what")[:1]))
    linked = studies.filter(resident__isnull=False).exclude(last=StudyDecision.What.LINK)
    yield from proving.rows_that(linked, "stands in a record, and its last decision is another")
    yield from proving.rows_that(
        studies.filter(resident=None, last=StudyDecision.What.LINK), "its last decision put it into a record"
    )
    for each in marking.stale(timezone.localdate()):
        yield from proving.rows_that(each.rows, "sensitivity is not what policy says; the worker mends it every night")
