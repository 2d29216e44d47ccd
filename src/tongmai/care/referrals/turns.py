"""Whose turn it is, and for how long: the referrals and follow-ups in which the next step lies with an organisation."""

from datetime import date, datetime, timedelta
from itertools import product

from django.db.models import Q, QuerySet

from tongmai.care.referrals import access, rules
from tongmai.care.referrals.models import FollowUp, Referral
from tongmai.care.referrals.states import ALL_STATES, Direction, Urgency
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.policy import value_everywhere

# A length of time, and what may wait so long: direction, state, urgency.
Limits = tuple[tuple[timedelta, tuple[tuple[str, str, str], ...]], ...]
_WITH_RECEIVER = ("submitted", "accepted", "arrived", "treated", "no_show")


def ours(by: Actor, before: datetime) -> list[Q]:
    """Return the cases in which the next step lies with the actor's organisation, each read off an index of its own.

    What is booked waits when its day has come: when it is booked for an instant before `before`.
    """
    sender, receiver, reviewer = access.seen_as(by)[:3]
    return [
        reviewer & Q(state="reviewing"),
        receiver & Q(state__in=_WITH_RECEIVER),
        receiver & Q(state="booked", booked_for__lt=before),
        sender & Q(state__in=_WITH_RECEIVER, receiver__level="outside"),
        sender & Q(state__in=("returned", "no_show")),
        sender & Q(paperwork_until__isnull=False),
        sender & Q(state="declined", decline_seen_at__isnull=True),
        sender & Q(state="draft", created_by_id=by.user_id),
    ]


def follow_ups(by: Actor) -> QuerySet[FollowUp]:
    """Return the follow-ups that are due, today or since, at the actor's organisation."""
    received = Referral.objects.filter(receiver_id=by.org_id, state__in=["received", "following"])
    return access.open_follow_ups().filter(referral__in=received, due_on__lte=by.today).order_by("due_on")


def limits(on: date) -> Limits | None:
    """Return the limits of all waits on a day, None where an alliance or a place has one of its own."""
    found: dict[timedelta, list[tuple[str, str, str]]] = {}
    for direction, state, urgency in product(Direction, ALL_STATES, Urgency):
        policy_id = rules.limit_id(direction=direction, state=state, urgency=urgency)
        if policy_id is None:
            continue
        limit = value_everywhere(policy_id, on=on)
        if limit is None:
            return None
        found.setdefault(limit.timedelta(), []).append((str(direction), state, str(urgency)))
    return tuple((length, tuple(cases)) for length, cases in found.items())
