"""Lines over time: what is drawn holds every value, and nothing is lost by thinning but what lies between."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongmai.ui import plots
from tongmai.ui.plots import Line, Point

BEGIN = datetime(2006, 11, 22, 8, tzinfo=UTC)
values = st.decimals(min_value=-1000, max_value=100_000, places=1, allow_nan=False)
courses = st.lists(st.tuples(st.integers(0, 7_300), values), min_size=1, max_size=300).map(
    lambda pairs: [Point(BEGIN + timedelta(days=day), value, str(value)) for day, value in sorted(pairs)]
)


@given(courses, st.integers(4, 60))
def test_thinning_keeps_the_ends_and_the_extremes_in_order(points, most):
    kept = plots.thinned(points, most)
    assert len(kept) <= max(most, 2) and kept[0] == points[0] and kept[-1] == points[-1]
    assert kept == [point for point in points if point in kept][: len(kept)] or len(set(points)) < len(points)
    assert {min(p.value for p in kept), max(p.value for p in kept)} == {
        min(p.value for p in points), max(p.value for p in points)
    }  # fmt: skip


@given(courses)
def test_every_mark_lies_inside_of_the_picture(points):
    drawn = plots.plot([Line("x", points)])
    for mark in drawn.lines[0].marks:
        assert drawn.left <= float(mark.x) <= drawn.right
        assert plots.TOP - 0.1 <= float(mark.y) <= drawn.bottom + 0.1
    assert 2 <= len(drawn.y_ticks) <= 8
    assert all(drawn.left - 0.1 <= float(x) <= drawn.right for x, _said in drawn.x_ticks if float(x) >= drawn.left)


def test_higher_stands_higher_and_later_stands_further_right():
    points = [Point(BEGIN, Decimal(120)), Point(BEGIN + timedelta(days=9), Decimal(150))]
    first, last = plots.plot([Line("x", points)]).lines[0].marks
    assert float(first.x) < float(last.x) and float(first.y) > float(last.y)


def test_what_is_abnormal_has_a_shape_of_its_own():
    points = [
        Point(BEGIN + timedelta(days=i), Decimal(i), tone=tone) for i, tone in enumerate(("", "abnormal", "critical"))
    ]
    shapes = [mark.shape for mark in plots.plot([Line("x", points)]).lines[0].marks]
    assert shapes[0] == "" and len(set(shapes)) == 3


@pytest.mark.parametrize(("low", "high"), [(Decimal(4), Decimal(6)), (None, Decimal(6)), (Decimal(4), None)])
def test_the_band_is_what_is_normal(low, high):
    top, height = plots.plot([Line("x", [Point(BEGIN, Decimal(5))])], low=low, high=high).band
    assert float(height) > 0 and float(top) >= plots.TOP - 0.1


def test_days_below_the_picture_are_years_months_or_days():
    def said(days):
        points = [Point(BEGIN, Decimal(1)), Point(BEGIN + timedelta(days=days), Decimal(2))]
        return [said for _x, said in plots.plot([Line("x", points)]).x_ticks]

    assert said(0) == ["11-22"]
    assert said(10) == ["11-22", "12-02"]
    assert said(300)[0] == "2006-12"
    assert said(7_300)[0] == "2007" and len(said(7_300)) <= 6


def test_a_small_line_wants_three_values():
    assert plots.spark([Decimal(1), Decimal(2)]) == ""
    assert plots.spark([Decimal(1), Decimal(2), Decimal(2)]).startswith("M2.0 ")
    assert plots.spark([Decimal(1)] * 5).count("10.0") == 5
