"""What is asked of one referral after a step: its history as an answer shows it, and whether it lacks a place."""

from typing import Any
from uuid import UUID

from tongmai.care.referrals.models import Referral, SlotIssue, Transition
from tongmai.foundation.orgs.prepared import Prepared

FIELDS = ("step", "from_state", "to_state", "at", "by_name", "by_role", "org_id", "reason", "facts")


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


_STEPS, _ISSUE = Prepared(_steps), Prepared(_issue)
