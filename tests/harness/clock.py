"""The clock of a test run.  Whatever day it is outside, a run begins on the morning on which the smallest county lives, so
that a test meets the same policies, deadlines and hours on each day of each year.  From there it goes on as clocks do.

Processes that a test starts, and a browser, go by the clock of the machine.
"""

import time
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from tongmai.foundation.orgs.tests.factories import NOW

_begun = time.monotonic()


def now() -> datetime:
    """Return the time of this run."""
    return (NOW + timedelta(seconds=time.monotonic() - _begun)).astimezone(UTC)


def start() -> None:
    """Let everything in this process go by this clock."""
    timezone.now = now
