"""The one place where a referral changes its state, its version and its history."""

from django.db import IntegrityError, transaction

from tongmai.care.referrals import errors, events, rules, states
from tongmai.care.referrals.models import Referral, Transition
from tongmai.care.referrals.states import TABLES, Direction, Step
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import insert, update
from tongmai.foundation.orgs.actors import Actor

_FINAL = frozenset({"closed", "declined", "withdrawn"})
# Steps after which the same state is waited for anew: another receiver, another day, another follow-up.
_RESTARTS = frozenset({"redirect", "reassign", "reschedule", "follow_up"})


def take(referral: Referral, step: Step, *, by: Actor, reason: str = "", facts: str = "") -> None:
    """Bring a locked referral to the next state; save it, append the step to its history, tell the event.

    What else the caller has set on the referral is saved with it.

    Raises:
        StepNotAllowed: the table has no such row.
        ReasonMissing: the step wants a reason.
        ConsentMissing: it would leave the draft without consent.
        AlreadyOpen: the resident has another open referral for this problem.
    """
    direction, old, reason = Direction(referral.direction), referral.state, reason.strip()
    new = states.after(direction, old, step)
    if TABLES[direction].rules[step].needs_reason and not reason:
        raise errors.ReasonMissing(field="reason")
    if rules.is_open(direction, new) and not rules.may_leave_draft(
        has_consent=referral.consent_id is not None, urgency=states.Urgency(referral.urgency)
    ):
        raise errors.ConsentMissing(field="consent")
    referral.state = new
    if new != old or step in _RESTARTS:
        referral.state_since = by.now
    if rules.is_open(direction, new) and referral.sent_at is None:
        referral.sent_at, referral.sent_by_id = by.now, by.user_id
    if new in _FINAL:
        referral.closed_at, referral.closed_by_id = by.now, by.user_id
    referral.version += 1
    _save(referral, opens=not rules.is_open(direction, old) and rules.is_open(direction, new))
    remember(referral, step, old, by=by, reason=reason, facts=facts)
    audit.record(events.OF_STEP[step](**about(referral)), by=by, subject_id=referral.id)


def remember(referral: Referral, step: str, old: str, *, by: Actor, reason: str = "", facts: str = "") -> None:
    """Append one row to the history."""
    insert(
        Transition(
            referral=referral,
            step=step,
            from_state=old,
            to_state=referral.state,
            at=by.now,
            by_id=by.user_id,
            by_name=by.name,
            by_role=by.role,
            org_id=by.org_id,
            reason=reason,
            facts=facts[:300],
        )
    )


def about(referral: Referral) -> dict:
    """Return what every event says of its referral."""
    return {
        "referral_id": referral.id,
        "resident_id": referral.resident_id,
        "direction": referral.direction,
        "urgency": referral.urgency,
        "state": referral.state,
        "sender_id": referral.sender_id,
        "receiver_id": referral.receiver_id,
    }


def _save(referral: Referral, *, opens: bool) -> None:
    if not opens:
        update(referral, *referral.changed_fields())
        referral.note_written()
        return
    others = Referral.objects.filter(
        resident_id=referral.resident_id,
        direction=referral.direction,
        problem_key=referral.problem_key,
        state__in=states.OPEN_STATES,
    ).exclude(id=referral.id)
    if others.exists():
        raise errors.AlreadyOpen(problem=referral.diagnosis_name)
    try:
        with transaction.atomic():  # the other one may be coming at this very moment: the constraint decides
            referral.save()
    except IntegrityError as refusal:
        if others.exists():
            raise errors.AlreadyOpen(problem=referral.diagnosis_name) from refusal
        raise
