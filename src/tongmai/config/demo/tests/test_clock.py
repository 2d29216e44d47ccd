"""The diary is played in the order of time, and not beyond its end."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tongmai.config.demo.clock import Diary, at, in_hours

DAY = date(2026, 11, 20)


def test_deeds_happen_in_the_order_of_time_whoever_noted_them_first():
    done = []
    diary = Diary(ends_before=at(DAY, 24))
    diary.note(at(DAY, 12), lambda now: done.append("noon"))
    diary.note(at(DAY, 8), lambda now: (done.append("morning"), diary.note(at(DAY, 10), lambda _: done.append("ten"))))
    assert diary.play(at(DAY, 24)) == 3
    assert done == ["morning", "ten", "noon"]


def test_what_lies_after_the_end_never_happens():
    diary = Diary(ends_before=at(DAY, 9))
    diary.note(at(DAY, 9), lambda now: None)
    assert diary.play(at(DAY, 24)) == 0


@given(starts=st.floats(0, 24), hours=st.floats(0, 200))
def test_work_goes_on_within_working_hours_and_never_before_it_began(starts, hours):
    begun = at(DAY, starts)
    later = in_hours(begun, hours)
    assert later >= begun
    assert 8 <= later.hour + later.minute / 60 or later == begun
