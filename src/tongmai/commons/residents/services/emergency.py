"""Looking at a record without another reason than an emergency, and answering for it afterwards."""

from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.residents import access, rules
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.events import EmergencyReviewed, RecordOpenedInEmergency
from tongmai.commons.residents.models import EmergencyAccess, EmergencyReview
from tongmai.commons.residents.selectors.emergencies import answerable
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound
from tongmai.kernel.text import N_


@transaction.atomic
def break_glass(resident_id: UUID, *, by: Actor, reason: str) -> EmergencyAccess:
    """Let `by` look at a record for the time that policy allows; the family doctor, managers and audit are told.

    Asked again while it lasts, the access that holds is returned.

    Raises:
        NotFound, NotPermitted: not in reach; this post may not.
        InvalidInput: a reason of fewer than `rules.LEAST_REASON` characters.
    """
    require(by, Action.BREAK_GLASS)
    resident = access.get(resident_id, by=by)
    why = " ".join(reason.split())
    if len(why) < rules.LEAST_REASON:
        raise InvalidInput(field="reason", problem=N_("请用至少十个字说明紧急情况"))
    present = access.emergency_of(by, resident_id)
    if present is not None:
        return present
    lasts = policy.value("access.break_glass", on=by.today, at=by.org_id).timedelta()
    opened = EmergencyAccess.objects.create(
        resident=resident, reason=why[:500], opened_at=by.now, opened_by_id=by.user_id, opened_post_id=by.post_id,
        opened_org_id=by.org_id, until=by.now + lasts,
    )  # fmt: skip
    audit.log_access(
        resident_id=resident.id, by=by, basis=Basis.EMERGENCY, what="break-glass", reason=opened.reason
    )  # fmt: skip
    audit.record(
        RecordOpenedInEmergency(resident_id=resident.id, access_id=opened.id, org_id=by.org_id),
        by=by,
        subject_id=opened.id,
    )
    return opened


def review_emergency(access_id: UUID, *, by: Actor, verdict: str, note: str = "") -> EmergencyReview:
    """Say whether an emergency access was justified, for the side on which `by` stands; once per side.

    Raises:
        NotFound: absent, or `by` does not answer for it.
        InvalidInput: questioned without saying what.  Conflict: this side has judged already.
    """
    side = answerable(by, access_id)
    if side is None:
        raise NotFound()
    if verdict == EmergencyReview.Verdict.QUESTIONED and not note.strip():
        raise InvalidInput(field="note", problem=N_("请写明需要说明的问题"))
    try:
        with transaction.atomic():
            opened = EmergencyAccess.objects.get(id=access_id)
            review = EmergencyReview.objects.create(
                access=opened, side=side, verdict=EmergencyReview.Verdict(verdict), note=note.strip()[:200],
                reviewed_at=by.now, reviewed_by_id=by.user_id,
            )  # fmt: skip
            audit.record(
                EmergencyReviewed(
                    resident_id=opened.resident_id, access_id=opened.id, side=str(side), verdict=str(review.verdict)
                ),
                by=by,
                subject_id=opened.id,
            )
            return review
    except IntegrityError:
        raise Conflict() from None
