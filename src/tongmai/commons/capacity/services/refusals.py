"""The list of requests that found no place (the slot-issue list)."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from tongmai.commons.capacity import access, events
from tongmai.commons.capacity.models import Refusal
from tongmai.commons.capacity.sources import Source
from tongmai.commons.capacity.states import Kind, Share
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import Conflict, InvalidInput, NotPermitted
from tongmai.kernel.text import N_


@transaction.atomic
def note_refusal(
    *,
    org_id: UUID,
    kind: Kind,
    resident_id: UUID,
    share_wanted: Share,
    wanted_on: date,
    source: Source,
    by: Actor,
    department_code: str = "",
    resource_id: UUID | None = None,
) -> None:
    """Write down that a request found no place.  Asking again for the same source raises its count instead.

    `book` does this by itself; a caller that found nothing to choose from does it with this.
    """
    again = Refusal.objects.filter(
        source_kind=source.kind, source_id=source.id, kind=kind, resolved_at__isnull=True, source_id__isnull=False
    )
    if again.update(times=F("times") + 1):
        return
    refusal = Refusal(
        org_id=org_id,
        kind=kind,
        department_code=department_code,
        resource_id=resource_id,
        resident_id=resident_id,
        share_wanted=share_wanted,
        wanted_on=wanted_on,
        source_kind=source.kind,
        source_id=source.id,
        refused_at=by.now,
        refused_by_id=by.user_id,
        booker_org_id=by.org_id,
    )
    if not _inserted(refusal, by):  # somebody else wrote it down at this moment
        again.update(times=F("times") + 1)


def _inserted(refusal: Refusal, by: Actor) -> bool:
    try:
        with transaction.atomic():
            refusal.save(force_insert=True)
    except IntegrityError:
        return False
    happened = events.BookingRefused(
        refusal_id=refusal.id,
        resident_id=refusal.resident_id,
        org_id=refusal.org_id,
        share_wanted=refusal.share_wanted,
        source_kind=refusal.source_kind,
        source_id=refusal.source_id,
    )
    audit.record(happened, by=by, subject_id=refusal.id)
    return True


@transaction.atomic
def drop_refusal(*, refusal_id: UUID, by: Actor, reason: str, through: Source | None = None) -> None:
    """Take a request off the list because nobody needs the place any more.

    `through` as in `access.booking`: the app on whose behalf the request was made.

    Raises:
        NotFound: absent, or out of reach.
        NotPermitted: seen as an overseer, but neither offered nor asked for by the organisation of `by`.
        InvalidInput: no reason.
        Conflict: it is resolved already.
    """
    if through is not None:
        rows = Refusal.objects.filter(source_kind=through.kind, source_id=through.id)
    else:
        rows = access.visible_refusals(by)
    refusal = access.one(rows.select_for_update(of=("self",)), refusal_id)
    if through is None and by.org_id is not None and by.org_id not in {refusal.org_id, refusal.booker_org_id}:
        raise NotPermitted()
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请填写原因"))
    if refusal.resolved_at is not None:
        raise Conflict()
    refusal.outcome = Refusal.Outcome.DROPPED
    refusal.resolved_at, refusal.resolved_by_id, refusal.dropped_reason = by.now, by.user_id, reason.strip()
    refusal.save(update_fields=["outcome", "resolved_at", "resolved_by", "dropped_reason"])
    audit.record(
        events.RefusalDropped(refusal_id=refusal.id, resident_id=refusal.resident_id, reason=reason.strip()),
        by=by,
        subject_id=refusal.id,
    )
