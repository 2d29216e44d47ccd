"""The chain: whoever does not answer, or answers and does not act, is overtaken, rung by rung.

The worker's job, safe to run twice, late, or at once.

A rung is taken in one transaction with its row, its notices and its texts; a constraint lets it be taken once.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tongmai.care.critical_values import recipients, rules, telling
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.recipients import Recipient
from tongmai.care.critical_values.services.taking import take
from tongmai.care.critical_values.states import OWES, State, Step
from tongmai.foundation.orgs.actors import Actor

MOST = 500


def escalate_due(by: Actor) -> int:
    """Take every rung that is due; return how many.

    What waits unanswered is few: all of it is looked at; of what was read back, what is over its time.
    """
    # A reading back that lies ahead was written under a clock that was set back since: it is looked at, too.
    over = Q(due_at__lte=by.now) | Q(clock_from__gt=by.now + timedelta(minutes=1))
    waiting = [Q(state=State.NOTIFIED), Q(over, state=State.ACKNOWLEDGED)]
    found = [CriticalValue.objects.filter(each).order_by("raised_at", "id") for each in waiting]
    ids = [value_id for rows in found for value_id in rows.values_list("id", flat=True)[:MOST]]
    return sum(_escalate(value_id, by) for value_id in ids)


@transaction.atomic
def _escalate(value_id: UUID, by: Actor) -> int:
    value = CriticalValue.objects.select_for_update().filter(id=value_id, state__in=list(OWES)).first()
    if value is None:  # acted on a moment ago
        return 0
    chain = recipients.chain(value, by=by)
    minutes = [each.minutes for each in chain]
    assert value.clock_from is not None
    if rules.clock_was_ahead(value.clock_from, by.now):
        # Nobody knows how long it waited: it counts as having waited for the next rung.
        value.clock_from = rules.reset_clock(minutes, done=value.escalated_minutes, now=by.now)
        value.due_at = by.now
    remind = recipients.reminded_every(value, by=by)
    due = rules.due_rungs(minutes, done=value.escalated_minutes, clock_from=value.clock_from, now=by.now, remind=remind)
    for rung in due:
        value.escalated_minutes = rung
        take(value, Step.ESCALATE, by=by, minutes=rung)
        for each in _told_at(chain, rung):
            telling.tell(value, each, by=by, minutes=rung)
    return len(due)


def _told_at(chain: list[Recipient], rung: int) -> list[Recipient]:
    """Return whom a rung tells; a reminder goes to the last."""
    last = max((each.minutes for each in chain), default=0)
    return [each for each in chain if each.minutes == min(rung, last)]
