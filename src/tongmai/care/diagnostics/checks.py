"""`tongmai check`: examinations with their history, and the reports that they were published as."""

from collections.abc import Iterator

from tongmai.care.diagnostics.models import Order, Transition
from tongmai.commons.results.models import Report, Request
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding, SoftReference

REFERENCES = (SoftReference(Order, "report_id", Report), SoftReference(Order, "request_id", Request))


def orphans() -> Iterator[Finding]:
    """Yield the orders whose report or request is not there."""
    yield from proving.dangling(REFERENCES)


def states() -> Iterator[Finding]:
    """Yield the orders whose state is not what their last step led to."""
    yield from proving.not_as_last_step(Order, Transition, "order")
