"""The checker of drawn state tables is itself checked: a wrong or forgotten cell must fail."""

from enum import StrEnum

import pytest

from tests.harness.tables import check_states, rows
from tongmai.kernel.errors import StepNotAllowed
from tongmai.kernel.states import Table


class State(StrEnum):
    OPEN = "open"
    SHUT = "shut"


class Step(StrEnum):
    SHUT = "shut"


TABLE = Table({(State.OPEN, Step.SHUT): State.SHUT})


def _check(expected):
    check_states(State, Step, TABLE.after, refused=StepNotAllowed, expected=expected)


def test_a_table_that_is_right_passes():
    _check("""
             | shut
        open | shut
        shut |
    """)


@pytest.mark.parametrize(
    "expected",
    [
        "   | shut\nopen | shut",
        "   | shut\nopen |\nshut |",
        "   | shut\nopen | shut\nshut | shut",
        "  | shut | x\nopen | shut |\nshut | |",
    ],
    ids=["a state is missing", "a step is missing", "a step too many", "an unknown step"],
)
def test_a_table_that_is_wrong_fails(expected):
    with pytest.raises(AssertionError):
        _check(expected)


def test_rows_are_read_by_their_headings():
    assert rows("a | b\n--|--\n1 | 2\n") == [{"a": "1", "b": "2"}]
