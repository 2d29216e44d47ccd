from datetime import datetime, timedelta

from tongmai.commons.capacity import rules
from tongmai.commons.capacity.states import Share
from tongmai.kernel.months import REPORTING_ZONE

title = "Who missed too many bookings"

NOW = datetime(2026, 11, 20, 9, tzinfo=REPORTING_ZONE)
TERMS = rules.NoShowTerms(limit=3, window=timedelta(days=90), length=timedelta(days=30))


def test_three_within_ninety_days_lead_to_thirty_days(table):
    """Days back at which bookings were missed; what lies ninety days back or more does not count."""
    for row in table("""
        missed, days ago | banned for days
        0                |
        0 10             |
        0 10 20          | 30
        0 10 89          | 30
        0 10 90          |
        0 10 20 30       | 30
    """):
        missed = [NOW - timedelta(days=int(days)) for days in row["missed, days ago"].split()]
        until = rules.ban_until(missed, now=NOW, terms=TERMS)
        expected = NOW + timedelta(days=int(row["banned for days"])) if row["banned for days"] else None
        assert until == expected, row


def test_what_a_ban_stands_against(table):
    """Never an emergency; a referral only where the local policy says so."""
    for row in table("""
        asks for | emergency | policy bans referrals | blocked
        public   | no        | no                    | yes
        public   | yes       | no                    | no
        public   | yes       | yes                   | no
        reserved | no        | no                    | no
        reserved | no        | yes                   | yes
        reserved | yes       | yes                   | no
    """):
        blocked = rules.ban_blocks(
            share_wanted=Share(row["asks for"]),
            is_emergency=row["emergency"] == "yes",
            blocks_referrals=row["policy bans referrals"] == "yes",
        )
        assert blocked == (row["blocked"] == "yes"), row
