"""The chain over time, however late or often the worker looks."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.care.critical_values import items, rules, starter
from tongmai.care.critical_values.states import LIFE, State, Step
from tongmai.kernel.errors import StepNotAllowed

T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
REMIND = timedelta(minutes=10)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine proves nothing
CHAINS = st.lists(st.integers(1, 240), min_size=1, max_size=5, unique=True)
LOOKS = st.lists(st.integers(0, 20_000), min_size=1, max_size=12)


def _walk(chain, looks):
    """Return (minute of the rung, second at which it was taken) for a worker that looks at these seconds."""
    done, taken = 0, []
    for second in sorted(looks):
        now = T0 + timedelta(seconds=second)
        for rung in rules.due_rungs(chain, done=done, clock_from=T0, now=now, remind=REMIND):
            done = rung
            taken.append((rung, second))
    return taken


@PATIENT
@given(CHAINS, LOOKS)
def test_every_rung_is_taken_once_in_order_and_never_early(chain, looks):
    taken = _walk(chain, looks)
    minutes = [rung for rung, _at in taken]
    assert minutes == sorted(set(minutes))
    assert all(second >= rung * 60 for rung, second in taken)


@PATIENT
@given(CHAINS, LOOKS)
def test_a_rung_is_taken_at_the_first_look_after_it_is_due(chain, looks):
    taken = dict(_walk(chain, looks))
    for rung in chain:
        later = [second for second in looks if second >= rung * 60]
        assert taken.get(rung) == (min(later) if later else None)


@PATIENT
@given(CHAINS, st.integers(1, 50_000))
def test_however_late_the_worker_is_it_reminds_once(chain, minutes):
    now = T0 + timedelta(minutes=max(chain) + minutes)
    first = rules.due_rungs(chain, done=0, clock_from=T0, now=now, remind=REMIND)
    assert first == tuple(sorted(chain))
    again = rules.due_rungs(chain, done=first[-1], clock_from=T0, now=now, remind=REMIND)
    assert len(again) == (1 if minutes >= 10 else 0)
    if again:
        assert not rules.due_rungs(chain, done=again[-1], clock_from=T0, now=now, remind=REMIND)


@PATIENT
@given(CHAINS, st.integers(0, 240), st.integers(2, 100_000))
def test_a_clock_that_was_set_back_silences_nobody(chain, done, minutes_ahead):
    ahead = T0 + timedelta(minutes=minutes_ahead)
    assert rules.clock_was_ahead(ahead, T0)
    counted = rules.reset_clock(chain, done=done, now=T0)
    left = [rung for rung in chain if rung > done]
    due = rules.due_rungs(chain, done=done, clock_from=counted, now=T0, remind=REMIND)
    assert due == ((min(left),) if left else ())
    assert rules.next_at(chain, done=done, clock_from=counted, remind=REMIND) <= T0 + REMIND


@PATIENT
@given(st.lists(st.sampled_from(list(Step)), max_size=40))
def test_whatever_the_order_of_steps_nothing_is_closed_without_an_acknowledgement(steps):
    state, acknowledged, told = State.RAISED, False, False
    for step in steps:
        try:
            state = LIFE.after(state, step)
        except StepNotAllowed:
            continue
        told = told or state == State.NOTIFIED
        acknowledged = acknowledged or step in (Step.ACKNOWLEDGE, Step.PHONE)
        if state in (State.ACKNOWLEDGED, State.ACTED, State.CLOSED):
            assert acknowledged
        if state == State.FALSE_ALARM:
            assert acknowledged or not told


def test_the_shipped_limits_speak_of_known_items_in_their_units():
    limits = starter.limits()
    assert {each.item for each in limits} <= set(items.ITEMS)
    assert all(each.unit == items.ITEMS[each.item].unit and each.source for each in limits)
    assert len({each.ref for each in limits}) == len(limits)
