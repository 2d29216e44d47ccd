"""`tongmai check`: critical values with their history."""

from collections.abc import Iterator

from tongmai.care.critical_values.models import CriticalValue, Transition
from tongmai.commons.ecg.models import Recording
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding, SoftReference

REFERENCES = (SoftReference(CriticalValue, "recording_id", Recording),)


def orphans() -> Iterator[Finding]:
    """Yield the values whose electrocardiogram is not there."""
    yield from proving.dangling(REFERENCES)


def states() -> Iterator[Finding]:
    """Yield the values whose state is not what their last step led to."""
    yield from proving.not_as_last_step(CriticalValue, Transition, "value", begins_in=["raised"])
