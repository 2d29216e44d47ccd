from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation

from tongmai.ui.words import Deadline, RailStop, Tag, ago, clock, day, policy_amount, span, when
from tongmai.ui.worklist import WorkItem, most_urgent_first

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in the reporting zone


def test_a_deadline_fills_from_green_over_amber_to_red():
    start, due = NOW - timedelta(hours=8), NOW + timedelta(hours=16)
    assert [Deadline(due, start, start + timedelta(hours=h)).tone for h in (0, 17, 18, 24, 25)] == [
        "green", "green", "amber", "amber", "red",
    ]  # fmt: skip


def test_a_deadline_says_what_is_left_and_what_is_over():
    assert Deadline(NOW + timedelta(hours=3, minutes=59), NOW, NOW).words == "还剩 3 小时"
    assert Deadline(NOW - timedelta(minutes=20), NOW - timedelta(hours=1), NOW).words == "已超 20 分钟"


def test_a_deadline_without_time_is_full():
    assert Deadline(NOW, NOW, NOW).fraction == 1


@pytest.mark.parametrize(
    ("length", "said"),
    [(timedelta(0), "1 分钟"), (timedelta(minutes=59), "59 分钟"), (timedelta(hours=25), "1 天")],
)
def test_a_span_is_said_in_its_largest_whole_unit(length, said):
    assert span(length) == said


def test_time_is_told_relative_to_now():
    assert ago(NOW, NOW) == "刚刚"
    assert ago(NOW - timedelta(minutes=5), NOW) == "5 分钟前"
    assert ago(NOW + timedelta(days=2), NOW) == "2 天后"
    assert ago(None, NOW) == "—"


def test_instants_are_shown_in_the_reporting_zone():
    late = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    assert (when(late), clock(late), day(late)) == ("2026-03-02 01:30", "03-02 01:30", "2026-03-02")
    assert day(date(2026, 3, 1)) == "2026-03-01"
    assert (when(None), clock(None), day(None)) == ("—", "—", "—")


def test_unknown_tones_and_states_are_mistakes():
    with pytest.raises(AssertionError):
        Tag("x", "pink")
    with pytest.raises(AssertionError):
        RailStop("x", "maybe")


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (24, "hour", "24 小时"),
        (True, "yes-no", "是"),
        (("a", "b"), "list", "a、b"),
        ({"x": 1}, "table", "x 1"),
        (150, "fen", "1.50 元"),
    ],
)
def test_policy_values_are_said_with_their_unit(value, unit, said):
    assert policy_amount(SimpleNamespace(value=value, unit=unit)) == said


def test_english_words_come_from_the_catalogue():
    with translation.override("en"):
        assert Deadline(NOW + timedelta(hours=3), NOW, NOW).words == "3 hours left"


def _item(title, **fields):
    return WorkItem(kind="referrals", title=title, who="", what="", from_whom="", **({"started_at": NOW} | fields))


def test_the_most_urgent_comes_first():
    items = [
        _item("no limit"),
        _item("older, no limit", started_at=NOW - timedelta(days=3)),
        _item("due soon", due_at=NOW + timedelta(hours=1)),
        _item("urgent", urgency="urgent", due_at=NOW + timedelta(hours=5)),
        _item("late", due_at=NOW - timedelta(minutes=1)),
        _item("emergency", urgency="emergency"),
    ]
    order = [item.title for item in most_urgent_first(items, NOW)]
    assert order == ["late", "emergency", "urgent", "due soon", "older, no limit", "no limit"]
