from datetime import datetime, timedelta
from decimal import Decimal

from tongmai.commons.capacity import rules
from tongmai.commons.capacity.states import Kind, State
from tongmai.kernel.months import REPORTING_ZONE

title = "What time decides"


def _at(text):
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=REPORTING_ZONE)


def test_release(table):
    """Unused reserved places are open to everybody from a number of hours before the start; that instant counts."""
    for row in table("""
        starts      | hours before | now         | released
        11-24 08:00 | 24           | 11-23 07:59 | no
        11-24 08:00 | 24           | 11-23 08:00 | yes
        11-24 00:00 | 12           | 11-23 11:59 | no
        11-24 00:00 | 12           | 11-23 12:00 | yes
        11-24 08:00 | 0            | 11-24 07:59 | no
    """):
        release_at = rules.released_from(starts_at=_at(row["starts"]), hours_before=Decimal(row["hours before"]))
        assert rules.is_released(release_at=release_at, now=_at(row["now"])) == (row["released"] == "yes"), row


def test_hold(table):
    """A hold counts until its last instant, which is not included."""
    for row in table("""
        held until  | now         | over
        11-24 08:30 | 11-24 08:29 | no
        11-24 08:30 | 11-24 08:30 | yes
    """):
        assert rules.hold_is_over(held_until=_at(row["held until"]), now=_at(row["now"])) == (row["over"] == "yes")


def test_arriving_early(table):
    """From the day of the booking on."""
    for row in table("""
        starts      | now         | may arrive
        11-24 08:00 | 11-23 23:59 | no
        11-24 08:00 | 11-24 00:00 | yes
        11-24 08:00 | 11-25 09:00 | yes
    """):
        assert rules.may_arrive(starts_at=_at(row["starts"]), now=_at(row["now"])) == (row["may arrive"] == "yes")


def test_when_somebody_has_missed_a_booking(table):
    """After the grace, or at the end of a session shorter than that; a bed is kept through its first day."""
    for row in table("""
        kind   | starts      | first ends  | grace | missed from
        clinic | 11-24 08:00 | 11-24 12:00 | 60    | 11-24 09:00
        exam   | 11-24 08:00 | 11-24 08:30 | 60    | 11-24 08:30
        bed    | 11-24 00:00 | 11-25 00:00 | 60    | 11-25 00:00
    """):
        missed_from = rules.missed_from(
            kind=Kind(row["kind"]),
            starts_at=_at(row["starts"]),
            first_ends_at=_at(row["first ends"]),
            grace=timedelta(minutes=int(row["grace"])),
        )
        assert missed_from == _at(row["missed from"]), row


def test_cancelling(table):
    """Until the end of what was booked; a hold always.  Shortly before the start it counts as not coming."""
    for row in table("""
        state  | starts      | ends        | now         | allowed | late
        booked | 11-24 08:00 | 11-24 12:00 | 11-24 05:59 | yes     | no
        booked | 11-24 08:00 | 11-24 12:00 | 11-24 06:00 | yes     | no
        booked | 11-24 08:00 | 11-24 12:00 | 11-24 06:01 | yes     | yes
        booked | 11-24 08:00 | 11-24 12:00 | 11-24 11:59 | yes     | yes
        booked | 11-24 08:00 | 11-24 12:00 | 11-24 12:00 | no      | yes
        held   | 11-24 08:00 | 11-24 12:00 | 11-24 12:00 | yes     | yes
    """):
        now = _at(row["now"])
        allowed = rules.may_cancel(state=State(row["state"]), ends_at=_at(row["ends"]), now=now)
        late = rules.is_late_cancel(starts_at=_at(row["starts"]), now=now, limit=timedelta(hours=2))
        assert (allowed, late) == (row["allowed"] == "yes", row["late"] == "yes"), row


def test_how_far_ahead_the_public_books(table):
    """Fourteen days ahead, the fourteenth included."""
    today = _at("11-20 09:00").date()
    for row in table("""
        day   | may book
        11-20 | yes
        12-04 | yes
        12-05 | no
    """):
        day = _at(f"{row['day']} 00:00").date()
        assert rules.is_within_horizon(day=day, today=today, days=14) == (row["may book"] == "yes")


def test_pools_that_make_one_booking(table):
    """A bed is consecutive days of one ward; a clinic or an examination is one session.  Times are days of November."""
    for row in table("""
        kind   | resources | days     | now   | why not
        clinic | a         | 24       | 20    |
        bed    | a a a     | 24 25 26 | 20    |
        bed    | a a       | 25 24    | 20    |
        bed    | a a       | 24 26    | 20    | gap
        bed    | a b       | 24 25    | 20    | several_resources
        bed    | a a       | 24 24    | 20    | twice
        exam   | a a       | 24 25    | 20    | only_beds_run_on
        clinic | a         | 24       | 25    | over
        bed    | a a       | 24 25    | 24    |
    """):
        pieces = [
            rules.Piece(
                resource,
                Kind(row["kind"]),
                _at(f"11-{day} 00:00"),
                _at(f"11-{day} 00:00") + timedelta(days=1),
            )
            for resource, day in zip(row["resources"].split(), row["days"].split(), strict=True)
        ]
        assert (rules.why_not_together(pieces, now=_at(f"11-{row['now']} 00:00")) or "") == row["why not"], row
    assert rules.why_not_together([], now=_at("11-20 00:00")) == rules.NotTogether.NONE
