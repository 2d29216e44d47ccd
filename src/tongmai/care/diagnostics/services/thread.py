"""The one place where an order changes its state, its clock and its history."""

from typing import Any

from tongmai.care.diagnostics import events, policies, rules
from tongmai.care.diagnostics.errors import ReasonMissing
from tongmai.care.diagnostics.models import Order, Transition
from tongmai.care.diagnostics.states import THREAD, State, Step
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import insert
from tongmai.foundation.orgs.actors import Actor

# Steps with which another clock begins; a claim, a release or a step back takes nothing from the one that runs.
_WINDS = frozenset(
    {Step.SEND, Step.CANCEL, Step.REJECT, Step.PUBLISH, Step.VERIFY, Step.AMEND, Step.DROP_AMENDMENT}
)  # fmt: skip
_STAMPS = {
    Step.PERFORM: "performed", Step.REDO: "performed", Step.SEND: "sent", Step.CLAIM: "claimed", Step.ASSIGN: "claimed",
    Step.SUBMIT: "submitted", Step.CANCEL: "cancelled",
}  # fmt: skip


def take(order: Order, step: Step, *, by: Actor, reason: str = "") -> None:
    """Bring a locked order to the next state; save it, append the step to its history, tell the event.

    What else the caller has set on the order is saved with it.

    Raises:
        StepNotAllowed: the table has no such row.  ReasonMissing: the step wants a reason.
    """
    old, reason = State(order.state), reason.strip()
    order.state = THREAD.after(old, step)
    if THREAD.rules[step].needs_reason and not reason:
        raise ReasonMissing(field="reason")
    if order.state != old:
        order.state_since = by.now
    if stem := _STAMPS.get(step):
        setattr(order, f"{stem}_at", by.now)
        setattr(order, f"{stem}_by_id", by.user_id)
    if step in _WINDS:
        policies.wind(order, now=by.now, on=by.today)
    order.version += 1
    order.save()
    note(order, step, old, by=by, reason=reason)


def mark_late(order: Order, *, by: Actor) -> None:
    """Remember that something came after the report of a locked order was written; who has it open is told by the version."""
    if order.late_images_at is None and rules.is_reported(State(order.state), order.n_versions):
        order.late_images_at = by.now
        order.version += 1
        order.save(update_fields=["late_images_at", "version"])


def note(order: Order, step: Step, old: str, *, by: Actor, reason: str = "") -> None:
    """Append a step that is written already to the history, and tell its event."""
    remember(order, step, old, by=by, reason=reason)
    audit.record(events.OF_STEP[step](**about(order)), by=by, subject_id=order.id)


def remember(order: Order, step: str, old: str, *, by: Actor, reason: str = "") -> None:
    """Append one row to the history."""
    insert(
        Transition(
            order=order, step=str(step), from_state=old, to_state=order.state, at=by.now, by_id=by.user_id,
            by_name=by.name, by_role=by.role, org_id=by.org_id, reason=reason[:500],
        )
    )  # fmt: skip


def about(order: Order) -> dict[str, Any]:
    """Return what every event says of its order."""
    return {
        "order_id": order.id,
        "order_number": order.number,
        "resident_id": order.resident_id,
        "org_id": order.orderer_id,
        "site_id": order.site_id,
        "centre_id": order.centre_id,
        "category": order.category,
        "priority": order.priority,
        "state": order.state,
    }
