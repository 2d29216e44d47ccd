"""The files that an address names, of a study that is opened with it."""

from pydicom.dataset import Dataset

from tongmai.commons.imaging import opened
from tongmai.commons.imaging.models import Study
from tongmai.commons.imaging.opened import File
from tongmai.exchange.dicom.web import reading
from tongmai.foundation.orgs.actors import Actor


def of(study_uid: str, series_uid: str = "", sop_uid: str = "", *, by: Actor) -> list[File]:
    """Return the instances of a study, of a series of it, or one.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `access.read_study`; NotFound also where nothing is named so.
    """
    if sop_uid:
        return [opened.file_of_uid(study_uid, series_uid, sop_uid, by=by)]
    return opened.files_of(study_uid, series_uid, by=by)


def head(file: File) -> Dataset:
    """Return what a file says beside its pixels, its texts as the device wrote them in truth."""
    found = reading.head(file)
    study = Study.objects.select_related("device").get(id=file.study_id)
    if study.is_repaired and study.device is not None and study.device.assumed_charset:
        found.SpecificCharacterSet = study.device.assumed_charset
    return found
