"""The one place where a critical value changes its state, its version and its history."""

from tongmai.care.critical_values import errors, events
from tongmai.care.critical_values.models import CriticalValue, Transition
from tongmai.care.critical_values.states import LIFE, State, Step
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor


def take(
    value: CriticalValue, step: Step, *, by: Actor, reason: str = "", facts: str = "", minutes: int | None = None
) -> None:
    """Bring a locked value to the next state; save it, append the step to its history, tell the event.

    Raises:
        StepNotAllowed: the table has no such row.
        ReasonMissing: the step wants a reason.
    """
    old = State(value.state)
    new = LIFE.after(old, step)
    if LIFE.rules[step].needs_reason and not reason.strip():
        raise errors.ReasonMissing(field="reason")
    value.state = new
    value.version += 1
    value.save()
    remember(value, step, old, by=by, reason=reason.strip(), facts=facts, minutes=minutes)
    moved = events.CriticalValueMoved(value_id=value.id, resident_id=value.resident_id, step=str(step), state=str(new))
    audit.record(moved, by=by, subject_id=value.id)


def end_as_wrong(value: CriticalValue, step: Step, *, reason: str, by: Actor) -> None:
    """Bring a locked value to its end as a false alarm, for a reason (errors: `take`)."""
    value.closed_at, value.closed_by_id, value.closed_because = by.now, by.user_id, reason.strip()[:500]
    value.due_at = None
    take(value, step, by=by, reason=reason)


def remember(
    value: CriticalValue,
    step: str,
    old: str,
    *,
    by: Actor,
    reason: str = "",
    facts: str = "",
    minutes: int | None = None,
) -> None:
    """Append one row to the history."""
    Transition.objects.create(
        value=value, step=step, from_state=old, to_state=value.state, at=by.now, by_id=by.user_id, by_name=by.name,
        by_role=by.role, org_id=by.org_id, reason=reason[:500], facts=facts[:500], minutes=minutes,
    )  # fmt: skip
