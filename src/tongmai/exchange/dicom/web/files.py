"""The files that an address names, of a study that is opened with it."""

from pydicom.dataset import Dataset

from tongmai.commons.imaging import opened, selectors
from tongmai.commons.imaging.models import Study
from tongmai.commons.imaging.opened import File
from tongmai.exchange.dicom.web import reading
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound


def of(study_uid: str, series_uid: str = "", sop_uid: str = "", *, by: Actor) -> list[File]:
    """Return the instances of a study, of a series of it, or one.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `access.read_study`; NotFound also where nothing is named so.
    """
    if sop_uid:
        return [opened.file_of_uid(study_uid, series_uid, sop_uid, by=by)]
    study = Study.objects.filter(uid=study_uid).first()
    if study is None:
        raise NotFound()
    opened.check(study.id, study.resident_id, by=by)
    found = [_file(study, each) for each in selectors.instances_of(study, series_uid=series_uid)]
    if not found:
        raise NotFound()
    return found


def head(file: File) -> Dataset:
    """Return what a file says beside its pixels, its texts as the device wrote them in truth."""
    found = reading.head(file)
    study = Study.objects.select_related("device").get(id=file.study_id)
    if study.is_repaired and study.device is not None and study.device.assumed_charset:
        found.SpecificCharacterSet = study.device.assumed_charset
    return found


def _file(study: Study, row) -> File:
    return File(
        row.id, row.sop_uid, row.sha256, row.sop_class, row.transfer_syntax, row.n_rows, row.n_frames, row.n_bytes,
        row.series.uid, study.id, study.uid, study.resident_id,
    )  # fmt: skip
