"""Which studies are sensitive: what is stored, and what policy says."""

from collections.abc import Iterator
from datetime import date

from tongmai.commons.imaging.models import Study
from tongmai.commons.residents.sensitive import marking, policies
from tongmai.commons.residents.sensitive.marking import Stale


def of_study(description: str, *, on: date) -> str:
    """Return the kinds of a study by what it is called."""
    return policies.kinds_of([], [description], on=on)


def stale(on: date) -> Iterator[Stale]:
    """Yield the rows whose stored kinds are not what policy says on that day."""
    yield from marking.by_text(Study.objects.all(), ("description",), lambda text: policies.kinds_of([], [text], on=on))


def mark(on: date) -> int:
    """Write what policy says of every row; return how many were changed.  Safe to repeat."""
    return marking.write(stale(on))
