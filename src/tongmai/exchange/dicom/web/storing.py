"""What is brought over DICOMweb (STOW-RS): images as devices send them; what a reader wrote about images, beside these."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import DatabaseError

from tongmai.commons.imaging import facts, part10, services
from tongmai.commons.imaging.archive import digest
from tongmai.commons.imaging.facts import Facts, Unusable
from tongmai.commons.imaging.services import Outcome
from tongmai.commons.imaging.services.storing import arrival
from tongmai.exchange.dicom import resolving
from tongmai.exchange.dicom.web.describing import attributes
from tongmai.exchange.dicom.web.multipart import Part
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound, NotPermitted, StorageFull

CHANNEL = "web"
# Failure reasons of PS3.18 table I.2-2.
NOT_UNDERSTOOD, NO_ROOM, OTHER_STUDY, CONTENT_DIFFERS, NOT_ALLOWED = 0xC000, 0xA700, 0xA900, 0xC001, 0x0124
_FAILED = {"other-content": CONTENT_DIFFERS, "other-study": OTHER_STUDY, "other-person": OTHER_STUDY}


@dataclass(frozen=True)
class Taken:
    """What became of one part.  `failure`: 0 where it is kept."""

    sop_class: str
    sop_uid: str
    study_uid: str
    failure: int


def take(parts: Iterable[Part], *, study_uid: str, by: Actor) -> list[Taken]:
    """Keep instances; `study_uid`: of which study they must be, "" for any.  What is doubtful waits for a person.

    Each is kept when it has come whole, so what stands before an error is kept; sent again it is the same.
    Who brings no images but reads them may put what she wrote beside those that she may open.

    Raises:
        NotPermitted: this post does neither.
        NotMultipart, RequestDataTooBig: as `multipart.parts_of`.
    """
    if not by.may(Action.RECONCILE_IMAGES):
        require(by, Action.REPORT_EXAMINATION)
    return list(map(partial(_one, study_uid=study_uid, by=by), parts))  # none is kept while the next one comes


def answer(taken: list[Taken], address: str) -> tuple[int, dict[str, Any]]:
    """Return the status and the data set of an answer (PS3.18 10.5.3)."""
    kept, failed = [each for each in taken if not each.failure], [each for each in taken if each.failure]
    said: dict[str, Any] = {}
    if kept:
        lines = [_line(each) | attributes({"RetrieveURL": f"{address}studies/{each.study_uid}"}) for each in kept]
        said |= _sequence("00081199", lines)
    if failed:
        said |= _sequence("00081198", [_line(each) | attributes({"FailureReason": each.failure}) for each in failed])
    status = 200 if not failed else 202 if kept else 409
    return status, said


def _one(part: Part, *, study_uid: str, by: Actor) -> Taken:
    assert by.org_id is not None or by.user_id is None
    try:
        opened = part10.opened(part.content)
    except part10.NotDicom:
        return _held(part, "not-dicom", "", Taken("", "", "", NOT_UNDERSTOOD), by)
    try:
        said = facts.read(opened.data_set, transfer_syntax=opened.transfer_syntax)
    except Unusable as error:
        return _held(part, error.reason, error.detail, Taken(opened.sop_class, opened.sop_uid, "", NOT_UNDERSTOOD), by)
    if study_uid and said.study_uid != study_uid:
        return Taken(said.sop_class, said.sop_uid, said.study_uid, OTHER_STUDY)
    return _kept(said, opened.data_set, by)


def _kept(said: Facts, data_set: memoryview, by: Actor) -> Taken:
    each = arrival(said, data_set, org_id=by.org_id, channel=CHANNEL)
    try:
        if by.may(Action.RECONCILE_IMAGES):
            services.store(each, resolve=resolving.whose, by=by)
        else:
            services.keep_findings(each, by=by)
    except (StorageFull, DatabaseError):
        return Taken(said.sop_class, said.sop_uid, said.study_uid, NO_ROOM)
    except (NotFound, NotPermitted):
        return Taken(said.sop_class, said.sop_uid, said.study_uid, NOT_ALLOWED)
    failure = _FAILED.get(each.reason, NOT_UNDERSTOOD) if each.outcome == Outcome.HELD else 0
    return Taken(said.sop_class, said.sop_uid, said.study_uid, failure)


def _held(part: Part, reason: str, detail: str, taken: Taken, by: Actor) -> Taken:
    services.hold(
        (part.content,), reason=reason, detail=detail, written=digest((part.content,)), sop_uid=taken.sop_uid[:64],
        org_id=by.org_id, channel=CHANNEL, by=by,
    )  # fmt: skip
    return taken


def _line(each: Taken) -> dict[str, Any]:
    return attributes({"ReferencedSOPClassUID": each.sop_class, "ReferencedSOPInstanceUID": each.sop_uid})


def _sequence(tag: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {tag: {"vr": "SQ", "Value": lines}}
