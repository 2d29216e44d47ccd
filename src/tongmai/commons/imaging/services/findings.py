"""What a reader wrote about images in a viewer of others: measurements, segmentations, how they are to be shown."""

from django.db import transaction

from tongmai.commons.imaging import access, documents
from tongmai.commons.imaging.events import FindingsKept
from tongmai.commons.imaging.models import Instance, Study
from tongmai.commons.imaging.services import storing
from tongmai.commons.imaging.services.storing import Arrival, Outcome, Whose
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound, NotPermitted

# Presentation states, structured reports with key objects, segmentations (PS3.4 B.5): of nobody's body, but of images.
_FINDINGS = ("1.2.840.10008.5.1.4.1.1.11.", documents.STRUCTURED, "1.2.840.10008.5.1.4.1.1.66.4")


def keep_findings(each: Arrival, *, by: Actor) -> Outcome:
    """Keep what a reader wrote about the images of a study beside them.  The same again changes nothing.

    Raises:
        NotPermitted: this post reports no examinations, or it is an image of its own.
        NotFound, NotPermitted, BasisNeeded: the study, as in `access.read_study`.
        StorageFull, ArchiveAway: as in `storing.begin`.
    """
    require(by, Action.REPORT_EXAMINATION)
    if not each.facts.sop_class.startswith(_FINDINGS):
        raise NotPermitted()
    known = Study.objects.filter(uid=each.facts.study_uid).values_list("id", flat=True).first()
    if known is None:
        raise NotFound()
    study, _opened = access.read_study(known, by=by)
    storing.keep(each)
    with transaction.atomic():
        storing.store_many([each], resolve=_nobodys, by=by)
        if each.outcome == Outcome.STORED:
            assert study.resident_id is not None
            instance = Instance.objects.get(sop_uid=each.facts.sop_uid)
            audit.record(FindingsKept(study_id=study.id, resident_id=study.resident_id, instance_id=instance.id), by=by)
    assert each.outcome is not None
    return each.outcome


def _nobodys(*_asked: object) -> Whose:
    return Whose()  # the study stands, so nobody asks whose it is
