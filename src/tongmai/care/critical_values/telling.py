"""Telling people: a row says who was told, a text goes where a phone is known; both in the transaction of the step.

The text is handed over by the worker afterwards, at least once; the row stands once.
"""

from datetime import timedelta

from tongmai.care.critical_values import recipients
from tongmai.care.critical_values.models import CriticalValue, Notice
from tongmai.care.critical_values.recipients import Recipient
from tongmai.care.critical_values.states import Owed
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.texting import notices
from tongmai.foundation.texting.wording import (
    CRITICAL_VALUE,
    CRITICAL_VALUE_ACT,
    CRITICAL_VALUE_ACT_DRILL,
    CRITICAL_VALUE_DRILL,
)

MOST_TEXTS = 10  # of one rung: who is not reached so is reached by the next
LIFE = timedelta(hours=2)
_WORDINGS = {
    (Owed.ANSWER, False): CRITICAL_VALUE,
    (Owed.ANSWER, True): CRITICAL_VALUE_DRILL,
    (Owed.ACTION, False): CRITICAL_VALUE_ACT,
    (Owed.ACTION, True): CRITICAL_VALUE_ACT_DRILL,
}


def tell(value: CriticalValue, recipient: Recipient, *, by: Actor, minutes: int = 0) -> None:
    """Write down that somebody is told, and the texts to her phones; at once only the ordering doctor gets one."""
    n_texts = 0
    if (recipient.staff_id or minutes) and policy.value("critical_values.texts", on=by.today, at=value.site_id).yes:
        n_texts = _texts(value, recipient, by)
    Notice.objects.create(
        value=value, owed=recipients.owed(value), minutes=minutes, org_id=recipient.org_id, staff_id=recipient.staff_id, role=recipient.role,
        title=recipient.title, told_at=by.now, n_texts=n_texts,
    )  # fmt: skip


def _texts(value: CriticalValue, recipient: Recipient, by: Actor) -> int:
    template = _WORDINGS[recipients.owed(value), value.is_drill]
    facts = {"number": value.short}
    phones = recipients.phones(recipient, by=by, most=MOST_TEXTS)
    return sum(notices.write(template, phone=phone, facts=facts, life=LIFE, by=by) for phone in phones)
