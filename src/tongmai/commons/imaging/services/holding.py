"""The quarantine: what came and cannot be an instance of anybody's study."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from tongmai.commons.imaging import access, archive
from tongmai.commons.imaging.archive import Pieces, Written
from tongmai.commons.imaging.events import FileHeld, HeldSettled
from tongmai.commons.imaging.models import Held
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.ids import new_id
from tongmai.kernel.text import N_


def hold(
    pieces: Pieces,
    *,
    reason: str,
    detail: str = "",
    written: Written | None = None,
    sop_uid: str = "",
    study_uid: str = "",
    org_id: UUID | None = None,
    device_id: UUID | None = None,
    channel: str = "dimse",
    by: Actor,
) -> Held:
    """Put a file into quarantine.  The same bytes for the same reason are counted, not kept twice.

    Raises:
        StorageFull: there is no room; nothing is left of it.
    """
    written = written or archive.digest(pieces)
    same = Held.objects.filter(sha256=written.sha256, reason=reason)
    with transaction.atomic():
        if same.update(n_times=F("n_times") + 1):
            return same.get()
    held_id = new_id()
    archive.archive().hold(held_id, pieces)
    with transaction.atomic():
        found, is_new = Held.objects.get_or_create(
            sha256=written.sha256, reason=reason,
            defaults={
                "id": held_id, "detail": detail[:300], "sop_uid": sop_uid[:64], "study_uid": study_uid[:64],
                "n_bytes": written.n_bytes, "device_id": device_id, "org_id": org_id, "channel": channel,
                "held_at": by.now,
            },
        )  # fmt: skip
        if is_new:
            audit.record(FileHeld(held_id=held_id, why=reason), by=by)
    if not is_new:
        archive.archive().drop_held(held_id)
    return found


@transaction.atomic
def dismiss(held_id: UUID, *, reason: str, by: Actor) -> None:
    """Decide that a file of the quarantine is of no use; its bytes stay.

    Raises:
        NotFound: absent, or of another organisation.  InvalidInput: no reason.  Conflict: settled already.
    """
    found = access.held(held_id, by=by)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明理由"))
    _settle(found, reason=reason.strip(), is_taken=False, by=by)


@transaction.atomic
def settle_as_taken(held_id: UUID, *, by: Actor) -> None:
    """Note that a file of the quarantine could be stored after all (errors as in `dismiss`)."""
    _settle(access.held(held_id, by=by), reason="", is_taken=True, by=by)


def _settle(found: Held, *, reason: str, is_taken: bool, by: Actor) -> None:
    open_rows = Held.objects.filter(id=found.id, settled_at=None)
    if not open_rows.update(
        settled_at=by.now, settled_by_id=by.user_id, settled_reason=reason[:300], is_taken=is_taken
    ):
        raise Conflict()
    audit.record(HeldSettled(held_id=found.id, is_taken=is_taken), by=by)
