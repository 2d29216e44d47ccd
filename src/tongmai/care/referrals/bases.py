"""Why a referral lets somebody open the resident's record; offered to `residents` by config/bases.py."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.care.referrals.models import Referral
from tongmai.commons.residents.sensitive import policies
from tongmai.commons.residents.sensitive.rules import kinds_in
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.policy import value


def has_received(by: Actor, resident_id: UUID) -> bool | QuerySet:
    """Whether the actor's organisation has a referral of this resident to answer, to review or in its care.

    It holds while the referral is open, and for the policy's time after it was closed; not after declining it.
    """
    if by.org_id is None:
        return False
    ours = Q(receiver_id=by.org_id, submitted_at__isnull=False) | Q(reviewer_id=by.org_id, sent_at__isnull=False)
    return Referral.objects.filter(ours, _current(by), resident_id=resident_id).exclude(state__in=_REFUSED)


def has_sent(by: Actor, resident_id: UUID) -> bool | QuerySet:
    """Whether the actor's organisation has sent this resident, and waits for her or has her back since not long."""
    if by.org_id is None:
        return False
    sent = Referral.objects.filter(_current(by), sender_id=by.org_id, sent_at__isnull=False, resident_id=resident_id)
    return sent.exclude(state="withdrawn")


def referred(by: Actor, resident_id: UUID) -> frozenset[str]:
    """Return the sensitive kinds about which the actor's organisation has a referral of this resident."""
    rows = has_received(by, resident_id)
    said = rows.values_list("diagnosis_code", "diagnosis_name") if isinstance(rows, QuerySet) else ()
    return frozenset().union(*(kinds_in(policies.kinds_of([code], [name], on=by.today)) for code, name in said))


_REFUSED = ("declined", "withdrawn")


def _current(by: Actor) -> Q:
    return Q(closed_at__isnull=True) | Q(closed_at__gt=_since(by.now, by.today))


def _since(now: datetime, today: date) -> datetime:
    after: timedelta = value("access.after_referral", on=today).timedelta()
    return now - after
