"""What policy says of an order: its limits, the second person, how soon the director is told."""

from datetime import date, datetime
from decimal import Decimal

from tongmai.care.diagnostics import rules
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.rules import Phase, Second
from tongmai.care.diagnostics.states import Priority, State
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.policy import PolicyValue


def limit(order: Order, phase: Phase, *, on: date) -> PolicyValue:
    """Return how long a phase may take: the site's by urgency, the centre's by kind and urgency, the reader's likewise."""
    if phase == Phase.PRE:
        return value(f"diagnostics.perform.{order.priority}", on=on, at=order.site_id)
    if phase == Phase.POST:
        return value(f"diagnostics.read.{order.priority}", on=on, at=order.orderer_id)
    return report_limit(order.category, order.modality, order.priority, on=on, centre_id=order.centre_id)


def report_limit(category: str, modality: str, priority: str, *, on: date, centre_id: object) -> PolicyValue:
    """Return how long the centre has, from complete data to the published report."""
    group = rules.clock_group(category, modality)
    if priority == Priority.EMERGENCY:
        return value(f"diagnostics.report.emergency.{group}", on=on, at=centre_id)
    if priority == Priority.URGENT:
        return value(f"diagnostics.report.urgent.{group}", on=on, at=centre_id)
    return value(f"diagnostics.report.routine.{group}", on=on, at=centre_id)


def phase_now(order: Order) -> Phase | None:
    """Return whose time runs for an order."""
    return rules.phase_of(State(order.state), is_seen=order.seen_at is not None)


def wind(order: Order, *, now: datetime, on: date) -> None:
    """Set the clock of the phase that begins now; none where nobody is waited for.

    What is sent back runs on the site's clock anew; a reader who gives it back does not get more time.
    """
    phase = phase_now(order)
    order.escalated_at = None
    if phase is None:
        order.due_at = order.escalates_at = None
        return
    order.clock_started_at = now
    order.due_at = now + limit(order, phase, on=on).timedelta()
    order.escalates_at = None
    if phase == Phase.IN:
        part = value("diagnostics.escalate_after", on=on, at=order.centre_id).value
        order.escalates_at = rules.escalates_at(started_at=now, due_at=order.due_at, part=float(part))


def needs_second(order: Order, *, on: date) -> bool:
    """Whether a second person must verify this report."""
    rule = Second(value(f"diagnostics.second_person.{order.category}", on=on, at=order.centre_id).value)
    return rules.needs_second(second=rule, is_emergency=order.priority == Priority.EMERGENCY)


def sends_on_arrival(order: Order, *, on: date) -> bool:
    """Whether an examination goes to its centre as soon as its data have come."""
    return bool(value("diagnostics.send_on_arrival", on=on, at=order.site_id).value)


def centre_rate(*, on: date, centre_id: object) -> Decimal:
    """Return the centre's part of the price, 0–1."""
    return Decimal(str(value("diagnostics.fee_share", on=on, at=centre_id).value))
