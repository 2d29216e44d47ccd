"""What one process takes in hand is claimed until an instant; when that has passed, the next to come may take it."""

from datetime import datetime, timedelta

from django.db.models import Q

# Another process's clock may be a little ahead of ours, and our `now` is that of the beginning of a round.
SKEW = 2


def free(now: datetime, claim: timedelta) -> Q:
    """Return the condition of rows (`claimed_until`) that nobody has in hand.

    A claim that ends far later than any can was made while the clock was ahead.
    """
    latest = now + SKEW * claim
    return Q(claimed_until__isnull=True) | Q(claimed_until__lte=now) | Q(claimed_until__gt=latest)
