from decimal import Decimal

import pytest

from tongmai.commons.capacity import rules
from tongmai.commons.capacity.states import Share

title = "The reserved share"


def test_reserved_places_are_rounded_up(table):
    """The share is a floor: of few places one more is reserved rather than one too few."""
    for row in table("""
        places | at 20 % | at 30 % | at 0 %
        1      | 1       | 1       | 0
        4      | 1       | 2       | 0
        5      | 1       | 2       | 0
        6      | 2       | 2       | 0
        10     | 2       | 3       | 0
        18     | 4       | 6       | 0
        20     | 4       | 6       | 0
        21     | 5       | 7       | 0
        100    | 20      | 30      | 0
    """):
        for rate in ("20", "30", "0"):
            reserved = rules.reserved_places(int(row["places"]), Decimal(rate) / 100)
            assert reserved == int(row[f"at {rate} %"]), row


@pytest.mark.parametrize(("total", "rate"), [(10, Decimal("1.1")), (10, Decimal("-0.1")), (-1, Decimal("0.2"))])
def test_nonsense_is_no_share(total, rate):
    with pytest.raises(ValueError, match="no share"):
        rules.reserved_places(total, rate)


def test_the_higher_share_holds(table):
    """A resource may be configured to reserve more than the policy, never less where the policy is due."""
    for row in table("""
        policy is due | policy | configured | reserved
        yes           | 0.20   |            | 0.20
        yes           | 0.20   | 0.30       | 0.30
        yes           | 0.20   | 0.10       | 0.20
        no            | 0.20   |            | 0
        no            | 0.20   | 0.10       | 0.10
    """):
        configured = Decimal(row["configured"]) if row["configured"] else None
        rate = rules.rate_in_force(
            policy_rate=Decimal(row["policy"]), is_due=row["policy is due"] == "yes", configured_rate=configured
        )
        assert rate == Decimal(row["reserved"]), row


def test_who_takes_which_places(table):
    """In the order in which they are tried.  Released places are only taken once the release has come."""
    for row in table("""
        asks for | may borrow | may be lent | tries
        reserved | yes        | no          | reserved borrowed
        reserved | no         | no          | reserved
        public   | yes        | no          | public released
        public   | no         | yes         | public released lent
    """):
        shares = rules.shares_to_try(
            Share(row["asks for"]), may_borrow=row["may borrow"] == "yes", may_be_lent=row["may be lent"] == "yes"
        )
        assert " ".join(shares) == row["tries"]


@pytest.mark.parametrize("share", [Share.BORROWED, Share.LENT, Share.RELEASED])
def test_nobody_asks_for_an_outcome(share):
    with pytest.raises(ValueError, match="nobody asks"):
        rules.shares_to_try(share, may_borrow=True)


def test_what_is_free_for_whom(table):
    """Twenty places, four reserved; one reserved and ten public ones are taken."""
    fill = rules.Fill(total=20, reserved=4, taken_reserved=1, taken_public=9, taken_borrowed=1)
    for row in table("""
        tries                | released | free reserved | free public
        reserved borrowed    | no       | 3             | 6
        reserved             | no       | 3             | 0
        public released      | no       | 0             | 6
        public released      | yes      | 3             | 6
        public released lent | no       | 3             | 6
    """):
        free = rules.free_as(
            [Share(each) for each in row["tries"].split()],
            reserved_left=fill.free_in_reserved_part,
            public_left=fill.free_in_public_part,
            released=row["released"] == "yes",
        )
        assert (free.reserved, free.public) == (int(row["free reserved"]), int(row["free public"])), row


def test_the_share_of_a_booking_of_several_nights(table):
    """One night outside the part it was asked for names the whole booking."""
    for row in table("""
        nights                     | booking
        reserved reserved          | reserved
        reserved borrowed reserved | borrowed
        public released            | released
        public lent                | lent
        public public              | public
    """):
        assert rules.share_of_booking([Share(each) for each in row["nights"].split()]) == row["booking"]
