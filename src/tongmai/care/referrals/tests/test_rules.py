"""Boundaries of the rules."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tongmai.care.referrals import rules
from tongmai.care.referrals.rules import Facts, Flaw, Line, Wish
from tongmai.care.referrals.states import Direction, Side, Urgency

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("direction", "sender", "receiver", "is_inside", "reason", "expected"),
    [
        ("up", "village", "township", True, "", None),
        ("up", "township", "county", True, "", None),
        ("up", "county", "county", True, "", None),
        ("up", "township", "township", True, "", Flaw.WRONG_WAY),
        ("up", "county", "township", True, "", Flaw.WRONG_WAY),
        ("up", "township", "outside", False, "", Flaw.OUTSIDE_UNEXPLAINED),
        ("up", "township", "outside", False, "心脏外科", None),
        ("down", "county", "township", True, "", None),
        ("down", "township", "village", True, "", None),
        ("down", "county", "county", True, "", Flaw.WRONG_WAY),
        ("down", "village", "township", True, "", Flaw.WRONG_WAY),
    ],
)
def test_which_receiver_is_allowed(direction, sender, receiver, is_inside, reason, expected):
    flaw = rules.receiver_flaw(
        direction=Direction(direction), sender_level=sender, receiver_level=receiver, is_same=False,
        is_inside=is_inside, outside_reason=reason, alliance_first=True,
    )  # fmt: skip
    assert flaw == expected


@pytest.mark.parametrize(
    ("wants", "sender", "receiver", "urgency", "expected"),
    [
        (True, "village", "county", "routine", True),
        (True, "village", "township", "routine", False),
        (True, "township", "county", "routine", False),
        (True, "village", "county", "emergency", False),
        (False, "village", "county", "routine", False),
    ],
)
def test_when_the_township_reviews(wants, sender, receiver, urgency, expected):
    assert (
        rules.needs_review(
            chain_wants_review=wants, sender_level=sender, receiver_level=receiver, urgency=Urgency(urgency)
        )
        is expected
    )


def test_the_longest_prefix_of_the_own_level_advises():
    def line(prefix, guidance, level="township"):
        return Line(level, prefix, "病", guidance, "条件", "来源", "stated")

    lines = [line("I1", "keep"), line("I10", "up"), line("I10", "keep"), line("I10.x", "down", "county")]
    assert [each.guidance for each in rules.advise(lines, "i10.x00", "township")] == ["keep", "up"]
    assert rules.advise(lines, "J18", "township") == []


def test_exactly_at_the_limit_is_in_time():
    limit = timedelta(hours=2)
    assert not rules.is_late(since=NOW - limit, now=NOW, limit=limit)
    assert rules.is_late(since=NOW - limit - timedelta(seconds=1), now=NOW, limit=limit)


def test_the_queue_serves_emergencies_then_urgent_then_family_doctors_then_the_longest_waiting():
    waiting = [
        ("routine", False, NOW - timedelta(days=9)),
        ("routine", True, NOW),
        ("routine", True, NOW - timedelta(hours=1)),
        ("urgent", False, NOW),
        ("emergency", False, NOW),
    ]
    keys = [rules.queue_key(urgency=Urgency(u), by_family_doctor=f, waiting_since=at) for u, f, at in waiting]
    assert [waiting[keys.index(key)] for key in sorted(keys)] == waiting[::-1][:2] + [
        waiting[2],
        waiting[1],
        waiting[0],
    ]


@pytest.mark.parametrize(
    ("by_family_doctor", "urgency", "expected"),
    [(True, "routine", Wish.RESERVED), (False, "routine", Wish.PUBLIC), (False, "emergency", Wish.RESERVED)],
)
def test_which_share_is_asked_for(by_family_doctor, urgency, expected):
    assert rules.wanted_share(by_family_doctor=by_family_doctor, urgency=Urgency(urgency)) == expected


def test_follow_ups_are_the_days_asked_for_filled_up_to_the_number():
    start, week = date(2026, 11, 20), timedelta(days=7)
    assert rules.follow_up_days(starts_on=start, interval=week, times=2) == [
        (date(2026, 11, 27), False),
        (date(2026, 12, 4), False),
    ]
    asked = [date(2026, 11, 25), date(2026, 11, 1)]
    days = rules.follow_up_days(starts_on=start, interval=week, times=2, asked_for=asked)
    assert days == [(date(2026, 11, 25), True), (date(2026, 11, 27), False)]


def test_after_getting_worse_the_next_look_is_sooner():
    week, done = timedelta(days=7), date(2026, 11, 20)
    assert rules.next_follow_up_on(done_on=done, interval=week, result="worse") == date(2026, 11, 23)
    assert rules.next_follow_up_on(done_on=done, interval=timedelta(days=1), result="worse") == date(2026, 11, 21)
    assert rules.next_follow_up_on(done_on=done, interval=week, result="stable") == date(2026, 11, 27)


def test_steps_that_make_no_sense_are_not_offered():
    reviewed = Facts(Urgency.ROUTINE, has_reviewer=True, has_been_submitted=False, owes_paperwork=False)
    plain = Facts(Urgency.ROUTINE, has_reviewer=False, has_been_submitted=False, owes_paperwork=True)
    sender = frozenset({Side.SENDER})
    assert rules.applies(Direction.UP, "ask_review", reviewed, sides=sender)
    assert not rules.applies(Direction.UP, "submit", reviewed, sides=sender)
    assert not rules.applies(Direction.UP, "close", plain, sides=sender)
    assert not rules.applies(Direction.UP, "reassign", plain, sides=frozenset({Side.RECEIVER, Side.COORDINATOR}))


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("urgency", list(Urgency))
def test_every_limit_names_a_policy_that_exists(direction, urgency):
    from tongmai.care.referrals.states import STATES
    from tongmai.foundation.orgs.policy import value

    for state in STATES[direction]:
        policy_id = rules.limit_id(direction=direction, state=state, urgency=urgency)
        if policy_id is not None:
            assert value(policy_id, on=date(2026, 11, 20)).timedelta() > timedelta(0)
