"""Tables drawn in a test: read by people in the manual, checked cell by cell here."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest


def rows(text: str) -> list[dict[str, str]]:
    """Return a drawn table as one dictionary per row, by the words of its first line.

    Lines of dashes are decoration.  The first column may have no heading; its key is then "".
    """
    lines = [line.strip() for line in text.strip("\n").splitlines() if line.strip(" -|+")]
    cut = [[cell.strip() for cell in line.split("|")] for line in lines]
    head, *body = cut
    for row in body:
        assert len(row) == len(head), f"{len(row)} cells under {len(head)} headings: {row}"
    return [dict(zip(head, row, strict=True)) for row in body]


def check_states(
    states: type[StrEnum],
    steps: type[StrEnum],
    after: Callable[[Any, Any], Any],
    *,
    refused: type[Exception],
    expected: str,
) -> None:
    """Check every (state, step) against the drawn table; an empty cell means that the step is refused."""
    drawn = {row.pop("", ""): row for row in rows(expected)}
    assert set(drawn) == {str(s) for s in states}, "the table must name every state once"
    wrong = []
    for state in states:
        assert set(drawn[state]) == {str(s) for s in steps}, "the table must name every step once"
        for step in steps:
            try:
                led_to = str(after(state, step))
            except refused:
                led_to = ""
            if led_to != drawn[state][step]:
                wrong.append(f"{state} × {step}: drawn {drawn[state][step] or 'refused'}, is {led_to or 'refused'}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="session")
def states_table():
    """Check a life-cycle against a table drawn in the test (see `check_states`)."""
    return check_states


@pytest.fixture(scope="session")
def table():
    """Read a table drawn in the test (see `rows`)."""
    return rows
