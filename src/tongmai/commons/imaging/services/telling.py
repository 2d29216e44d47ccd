"""What devices tell besides images: what they performed (MPPS), and whether they may delete (storage commitment)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tongmai.commons.imaging.events import StepPerformed
from tongmai.commons.imaging.models import Commitment, Device, PerformedStep
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound, StepNotAllowed


@transaction.atomic
def note_step(device_id: UUID, *, sop_uid: str, facts: Mapping[str, Any], is_new: bool, by: Actor) -> PerformedStep:
    """Keep what a device says of an examination.  `facts`: the columns of `PerformedStep`.

    Said again, nothing changes.  What is completed or discontinued is final.

    Raises:
        NotFound: it changes a step that nobody began, or another device's.  StepNotAllowed: it is over.
    """
    device = Device.objects.get(id=device_id)
    if is_new:
        found, created = PerformedStep.objects.get_or_create(
            sop_uid=sop_uid, defaults={"device": device, "received_at": by.now, **facts}
        )
        if created:
            _tell(found, device, by)
        elif found.device_id != device.id:
            raise StepNotAllowed(state=found.state, step="create")
        return found
    rows = PerformedStep.objects.select_for_update().filter(sop_uid=sop_uid, device=device)
    found = rows.first()
    if found is None:
        raise NotFound()
    if found.state != PerformedStep.State.IN_PROGRESS:
        if facts.get("state") == found.state:
            return found
        raise StepNotAllowed(state=found.state, step="set")
    rows.update(version=F("version") + 1, **facts)
    is_over = facts.get("state", found.state) != found.state
    found.refresh_from_db()
    if is_over:
        _tell(found, device, by)
    return found


def _tell(step: PerformedStep, device: Device, by: Actor) -> None:
    audit.record(
        StepPerformed(step_id=step.id, order_number=step.order_number, org_id=device.org_id, state=step.state), by=by
    )


@transaction.atomic
def keep_commitment(device_id: UUID, *, transaction_uid: str, asked: bytes, n_asked: int, by: Actor) -> Commitment:
    """Keep that a device wants to know whether its images are kept; asked again under one number, it is one question."""
    said = {"asked": asked, "n_asked": n_asked, "next_try_at": by.now}
    found, _is_new = Commitment.objects.update_or_create(
        device_id=device_id, transaction_uid=transaction_uid, defaults=said, create_defaults=said | {"asked_at": by.now}
    )
    return found


@transaction.atomic
def note_answered(commitment_id: UUID, *, n_failed: int | None, next_try_at: datetime | None, by: Actor) -> None:
    """Note a try to answer: it went out (`n_failed`: how many are not kept), or when it is tried again.

    Without either it was given up: the device can ask again.
    """
    rows = Commitment.objects.filter(id=commitment_id)
    if n_failed is not None:
        rows.update(n_failed=n_failed, answered_at=by.now, next_try_at=None, n_tries=F("n_tries") + 1)
    else:
        rows.update(next_try_at=next_try_at, n_tries=F("n_tries") + 1)
