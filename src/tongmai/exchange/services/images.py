"""What a person does about images that came and belong to nobody yet."""

from uuid import UUID

from django.db import transaction

from tongmai.care.diagnostics import for_devices
from tongmai.commons.imaging import access, archive, facts, part10
from tongmai.commons.imaging import services as imaging
from tongmai.commons.imaging.facts import Unusable
from tongmai.commons.imaging.models import Held
from tongmai.commons.imaging.services import Outcome
from tongmai.commons.imaging.services.storing import arrival
from tongmai.commons.residents.bases import Basis
from tongmai.exchange.dicom import resolving
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, StorageFull
from tongmai.kernel.text import N_


@transaction.atomic
def link(study_id: UUID, *, order_number: str, reason: str, by: Actor) -> None:
    """Put a waiting study to an order of the site where it was taken, and so into that person's record.

    Raises:
        NotFound, NotPermitted, Conflict: as in `imaging.services.link`.
        InvalidInput: no such order here, or it was cancelled; or no reason.
    """
    require(by, Action.RECONCILE_IMAGES)
    study = access.study_to_reconcile(study_id, by=by)
    asked = for_devices.by_number(order_number)
    if asked is None or asked.org_id != study.org_id:
        raise InvalidInput(field="order_number", problem=N_("本机构没有这个申请单号，请核对后再填"))
    if asked.state == resolving.CANCELLED:
        raise InvalidInput(field="order_number", problem=N_("这张申请单已取消，请让医生重新开单"))
    audit.log_access(resident_id=asked.resident_id, by=by, basis=Basis.ORDER, what="study", reason=reason.strip()[:300])
    imaging.link(study_id, resident_id=asked.resident_id, order_number=asked.order_number, reason=reason, by=by)


def try_again(held_id: UUID, *, by: Actor) -> bool:
    """Take a file of the quarantine as if it came now; return whether it could be stored.

    Raises:
        NotFound: absent, or of another organisation.  NotPermitted.  Conflict: settled already, or its file is gone.
    """
    require(by, Action.RECONCILE_IMAGES)
    found = access.held(held_id, by=by)
    if found.settled_at is not None or found.org_id is None:
        raise Conflict()
    if not _is_taken(found, by):
        return False
    imaging.settle_as_taken(held_id, by=by)
    return True


def _is_taken(found: Held, by: Actor) -> bool:
    try:
        opened = part10.opened(archive.archive().held(found.id))
        assumed = found.device.assumed_charset if found.device else ""
        said = facts.read(opened.data_set, transfer_syntax=opened.transfer_syntax, assumed_charset=assumed)
    except (FileNotFoundError, part10.NotDicom, Unusable):
        return False
    assert found.org_id is not None
    each = arrival(said, bytes(opened.data_set), org_id=found.org_id, device_id=found.device_id, channel=found.channel)
    try:
        return imaging.store(each, resolve=resolving.whose, by=by) != Outcome.HELD
    except StorageFull as full:
        raise Conflict() from full
