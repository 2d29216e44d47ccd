"""What is asked of one referral: with all that is named on its page, its history, and whether it lacks a place."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tongmai.care.referrals import access
from tongmai.care.referrals.models import Referral, SlotIssue, Transition
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared

FIELDS = ("step", "from_state", "to_state", "at", "by_name", "by_role", "org_id", "reason", "facts")


def visible(referral_id: UUID, *, by: Actor) -> list[Referral]:
    """Return the referral with all that its page names; empty where `by` does not see it."""
    return _VISIBLE.objects(by, referral_id=referral_id)


def whole(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Read referrals with all that a page names of them."""
    rows = rows.order_by().select_related(
        "sender", "receiver", "reviewer", "alliance", "sender_department", "receiver_department", "sender_staff",
        "consent", "resident", "parent",
    )  # fmt: skip
    return access.with_slot_issue(rows)


def steps(referral_id: UUID) -> list[dict[str, Any]]:
    """Return the history as dictionaries, the first step first."""
    return _STEPS.rows(referral_id=referral_id)


def has_slot_issue(referral: Referral) -> bool:
    """Whether it was accepted without a place: as it was read along, or as a step has left it; else it is asked."""
    known = getattr(referral, "has_slot_issue", None)
    return bool(_ISSUE.rows(referral_id=referral.id)) if known is None else known


def _steps(by: None, *, referral_id: UUID) -> Any:
    return Transition.objects.filter(referral=referral_id).order_by("id").values(*FIELDS)


def _issue(by: None, *, referral_id: UUID) -> Any:
    return SlotIssue.objects.filter(referral=referral_id, closed_at__isnull=True).values_list("id")


def _visible(by: Actor, *, referral_id: UUID) -> QuerySet[Referral]:
    return whole(access.visible(by).filter(id=referral_id))


_VISIBLE = Prepared(_visible)
_STEPS, _ISSUE = Prepared(_steps), Prepared(_issue)
