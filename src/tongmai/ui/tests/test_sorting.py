"""Only the columns that a list names are sorted, and a head says how."""

import pytest
from django.test import RequestFactory

from tongmai.ui import sorting
from tongmai.ui.sorting import UNSORTED, Sorting


def _asked(text):
    return sorting.asked(RequestFactory().get("/", {"sort": text}), ["name", "due"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name", Sorting("name")),
        ("-due", Sorting("due", is_down=True)),
        ("", UNSORTED),
        ("password", UNSORTED),
        ("--name", UNSORTED),
        ("name__id", UNSORTED),
    ],
)
def test_only_named_columns_are_sorted(text, found):
    assert _asked(text) == found


def test_a_head_is_pressed_up_down_and_off():
    assert [UNSORTED.next("name"), Sorting("name").next("name"), Sorting("name", is_down=True).next("name")] == [
        "name",
        "-name",
        "",
    ]
    assert Sorting("name").next("due") == "due"
    assert [Sorting("name").aria("name"), Sorting("name", is_down=True).aria("name"), UNSORTED.aria("name")] == [
        "ascending",
        "descending",
        "none",
    ]


def test_blanks_stand_last_either_way():
    keys = {"n": lambda n: n}
    assert sorting.in_order([2, None, 1], Sorting("n"), keys) == [1, 2, None]
    assert sorting.in_order([2, None, 1], Sorting("n", is_down=True), keys) == [2, 1, None]
    assert sorting.in_order([2, None, 1], UNSORTED, keys) == [2, None, 1]
