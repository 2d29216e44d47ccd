"""Half-open spans of days: the first day counts, the day of `ends_before` does not.  `None` means open-ended."""

from collections.abc import Iterable
from datetime import date

Span = tuple[date, date | None]


def covers(starts_on: date, ends_before: date | None, day: date) -> bool:
    """Whether `day` lies in the span."""
    return starts_on <= day and (ends_before is None or day < ends_before)


def overlap(a: Span, b: Span) -> bool:
    """Whether two spans share a day; an empty span shares none."""
    latest_start = max(a[0], b[0])
    return all(end is None or latest_start < end for end in (a[1], b[1]))


def is_empty(starts_on: date, ends_before: date | None) -> bool:
    """Whether the span holds no day."""
    return ends_before is not None and ends_before <= starts_on


def flaws(spans: Iterable[Span]) -> list[tuple[str, date]]:
    """Return what keeps `spans` from following each other without overlap and gap.

    Each flaw is (`"empty" | "overlap" | "gap"`, the day where it begins), in order of time.
    """
    found: list[tuple[str, date]] = []
    ordered = sorted(spans, key=lambda span: (span[0], span[1] or date.max))
    found += [("empty", start) for start, end in ordered if is_empty(start, end)]
    for (_, end), (start, _) in zip(ordered, ordered[1:], strict=False):
        if end is None or start < end:
            found.append(("overlap", start))
        elif end < start:
            found.append(("gap", end))
    return found
