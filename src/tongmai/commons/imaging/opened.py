"""A study that was opened a moment ago: its pictures come one by one, and are not each an opening of their own.

Whoever opens a study through `access.read_study` is logged once and gets a pass, signed, for this study of this person
in this post; the addresses of its frames carry it.  A program without a pass opens the study with its first request, and
this process remembers it for a while.  Whose a study is, is asked at every frame: one that was taken out of a record is
closed at once.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.core import signing
from django.core.cache import cache
from django.db.models import QuerySet
from pydicom.dataset import Dataset

from tongmai.commons.imaging import access, archive, selectors
from tongmai.commons.imaging.archive import Place
from tongmai.commons.imaging.models import Instance, Study
from tongmai.commons.imaging.pixels import reading
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.errors import NotFound

_SIGNER = signing.TimestampSigner(salt="imaging.opened")
_COLUMNS = (
    "id", "sop_uid", "sha256", "sop_class", "transfer_syntax", "n_rows", "n_frames", "n_bytes", "series__uid",
    "series__study_id", "series__study__uid", "series__study__resident_id", "series__study__is_repaired",
    "series__study__device__assumed_charset",
)  # fmt: skip


@dataclass(frozen=True)
class File:
    """One instance whose study `by` has opened."""

    id: UUID
    sop_uid: str
    sha256: str
    sop_class: str
    transfer_syntax: str
    n_rows: int
    n_frames: int
    n_bytes: int
    series_uid: str
    study_id: UUID
    study_uid: str
    resident_id: UUID | None
    is_repaired: bool
    assumed_charset: str | None  # of the device that sent it, where one did

    @property
    def place(self) -> Place:
        return Place(self.study_uid, self.series_uid, self.sop_uid, self.sha256)

    def open(self) -> BinaryIO:
        """Open its bytes.

        Raises:
            NotFound: the archive has lost them (`tongmai check images` names such files).
        """
        try:
            return archive.store().open(self.place)
        except FileNotFoundError as why:
            raise NotFound() from why

    def head(self) -> Dataset:
        """Return what it says beside its pixels, its texts as the device wrote them in truth.

        Raises:
            NotFound: as `open`.
            Unreadable: it is no DICOM file, or breaks off.
        """
        with self.open() as opened:
            found = reading.head(opened)
        if self.is_repaired and self.assumed_charset:
            found.SpecificCharacterSet = self.assumed_charset
        return found

    def expect(self) -> None:
        """Tell the archive that this will be read next."""
        archive.store().expect(self.place)


def pass_for(study_id: UUID, resident_id: UUID, *, by: Actor) -> str:
    """Return the pass for a study that `by` has just opened."""
    return _SIGNER.sign(_said(study_id, resident_id, by))


def file(instance_id: UUID, *, by: Actor, pass_: str = "") -> File:
    """Return an instance to be read.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `access.read_study`.
    """
    return _checked(_OF_ID.rows(instance_id=instance_id), by, pass_)


def file_of_uid(study_uid: str, series_uid: str, sop_uid: str, *, by: Actor) -> File:
    """Return an instance by the numbers that it carries; "" for a series that is not named (errors as in `file`)."""
    found = _OF_UID.rows(study_uid=study_uid, sop_uid=sop_uid)
    return _checked([row for row in found if series_uid in ("", row[_SERIES])], by, "")


def files_of(study_uid: str, series_uid: str = "", sop_uid: str = "", *, by: Actor) -> list[File]:
    """Return the instances of a study, of one series of it, in their order, or one (errors as in `file`)."""
    if sop_uid:
        return [file_of_uid(study_uid, series_uid, sop_uid, by=by)]
    study = Study.objects.filter(uid=study_uid).values_list("id", "resident_id").first()
    if study is None:
        raise NotFound()
    study_id, resident_id = study
    check(study_id, resident_id, by=by)
    rows = _OF_STUDY.rows(study_id=study_id, series_uid=series_uid)
    if not rows:
        raise NotFound()
    return [File(*row) for row in rows]


def check(study_id: UUID, resident_id: UUID | None, *, by: Actor, pass_: str = "") -> None:
    """Open the study unless that was done lately (errors as in `file`)."""
    if resident_id is None:
        raise NotFound()
    lasts = policy.value("imaging.opened_for", on=by.today, at=by.org_id).timedelta()
    said = _said(study_id, resident_id, by)
    if pass_ and _is_valid(pass_, said, lasts):
        return
    if cache.get(f"imaging-opened:{said}"):
        return
    access.read_study(study_id, by=by)
    cache.set(f"imaging-opened:{said}", True, lasts.total_seconds())


def _of_id(by: Actor | None, *, instance_id: UUID) -> QuerySet:
    return Instance.objects.filter(id=instance_id).order_by().values_list(*_COLUMNS)


def _of_uid(by: Actor | None, *, study_uid: str, sop_uid: str) -> QuerySet:
    return Instance.objects.filter(sop_uid=sop_uid, series__study__uid=study_uid).order_by().values_list(*_COLUMNS)


def _of_study(by: Actor | None, *, study_id: UUID, series_uid: str) -> QuerySet:
    rows = selectors.instances_in(study_id)
    rows = rows.filter(series__uid=series_uid) if series_uid else rows
    return rows.values_list(*_COLUMNS)


# Asked again and again by a viewer or a program.
_OF_ID, _OF_UID, _OF_STUDY = Prepared(_of_id), Prepared(_of_uid), Prepared(_of_study)
_SERIES = _COLUMNS.index("series__uid")


def _checked(rows: list, by: Actor, pass_: str) -> File:
    if not rows:
        raise NotFound()
    found = File(*rows[0])
    check(found.study_id, found.resident_id, by=by, pass_=pass_)
    return found


def _said(study_id: UUID, resident_id: UUID, by: Actor) -> str:
    return f"{study_id.hex}.{resident_id.hex}.{by.user_id}.{by.post_id}"


def _is_valid(pass_: str, said: str, lasts: timedelta) -> bool:
    try:
        return _SIGNER.unsign(pass_, max_age=lasts) == said
    except signing.BadSignature:
        return False
