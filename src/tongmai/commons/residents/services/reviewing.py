"""Two entries that may be one person: shown to a person, who decides with a reason."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tongmai.commons.residents import access
from tongmai.commons.residents.events import IdentityReviewOpened, IdentityReviewPostponed, IdentityReviewSettled
from tongmai.commons.residents.matching import settings
from tongmai.commons.residents.matching.scoring import Score
from tongmai.commons.residents.models import IdentityReview, Merge, Resident, SourceRegistration, Verdict
from tongmai.commons.residents.services.merging import merge
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_


def open_review(
    resident_id: UUID,
    other_id: UUID,
    *,
    score: Score,
    by: Actor,
    why: str = "",
    registration: SourceRegistration | None = None,
    kind: str = IdentityReview.Kind.ALIKE,
) -> IdentityReview | None:
    """Ask a person whether two entries are one; None where that waits already or was decided.

    Called by the services that find the two, inside their transaction; who may do that is decided there.
    """
    pair = Q(resident=resident_id, other=other_id) | Q(resident=other_id, other=resident_id)
    if IdentityReview.objects.filter(pair).filter(Q(settled_at=None) | Q(verdict=Verdict.DIFFERENT)).exists():
        return None
    opened = IdentityReview.objects.create(
        kind=kind, resident_id=resident_id, other_id=other_id, registration=registration,
        county_code=Resident.objects.values_list("county_code", flat=True).get(id=other_id) or by.county_code,
        weight=round(score.weight, 2), parts=told(score), why=why, model_version=settings.version(),
        opened_at=by.now, opened_by_id=by.user_id,
    )  # fmt: skip
    audit.record(
        IdentityReviewOpened(review_id=opened.id, resident_id=resident_id, other_id=other_id),
        by=by, subject_id=opened.id,
    )  # fmt: skip
    return opened


@transaction.atomic
def settle_review(review_id: UUID, *, by: Actor, verdict: str, reason: str) -> Merge | None:
    """Decide that two entries are one person, and merge them (the older one stands), or that they are two.

    Raises:
        NotFound, NotPermitted: not in reach; this post does not decide who is who.
        InvalidInput: no reason.  Conflict: it is decided already.
        MergeBlocked: something of both stands in the way; nothing is decided.
    """
    require(by, Action.MATCH_RESIDENTS)
    review = access.review(review_id, by=by, lock=True)
    why = _why(reason)
    if review.settled_at is not None:
        raise Conflict()
    IdentityReview.objects.filter(id=review.id).update(
        verdict=Verdict(verdict), reason=why, settled_at=by.now, settled_by_id=by.user_id
    )
    for each in (review.resident_id, review.other_id):
        audit.log_access(resident_id=each, by=by, basis="registration", what="identity-review")
    audit.record(
        IdentityReviewSettled(
            review_id=review.id, resident_id=review.resident_id, other_id=review.other_id, verdict=str(verdict)
        ),
        by=by, subject_id=review.id,
    )  # fmt: skip
    if verdict == Verdict.DIFFERENT:
        return None
    return merge(retired_id=review.resident_id, survivor_id=review.other_id, reason=why, by=by, review_id=review.id)


@transaction.atomic
def postpone_review(review_id: UUID, *, by: Actor, note: str) -> IdentityReview:
    """Leave the decision for later and say what is waited for; it stays on the list, behind the others.

    Raises:
        NotFound, NotPermitted, InvalidInput, Conflict: as in `settle_review`.
    """
    require(by, Action.MATCH_RESIDENTS)
    review = access.review(review_id, by=by, lock=True)
    why = _why(note)
    if review.settled_at is not None:
        raise Conflict()
    IdentityReview.objects.filter(id=review.id).update(postponed_at=by.now, postponed_by_id=by.user_id, note=why)
    audit.record(
        IdentityReviewPostponed(review_id=review.id, resident_id=review.resident_id), by=by, subject_id=review.id
    )
    review.refresh_from_db()
    return review


def told(score: Score) -> list[dict[str, Any]]:
    """Return the arithmetic of a decision as it is kept."""
    return [{"field": part.field, "level": part.level, "weight": round(part.weight, 2)} for part in score.parts()]


def _why(text: str) -> str:
    if not text.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    return text.strip()[:200]
