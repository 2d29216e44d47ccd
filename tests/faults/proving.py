"""What must hold after whatever happened: nothing acknowledged is lost, nothing is there twice, nothing is half there."""

import time

from tests.faults.installation import Installation
from tests.faults.journeys import Journeys

# Longer than a killed worker's claim on a delivery.
PATIENCE_SECONDS = 120


def wait_until_delivered(at: Installation) -> None:
    """The outbox empties; what a killed worker had claimed is taken over when the claim has run out."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while waiting := at.rows("SELECT id, attempts, last_error FROM audit_delivery WHERE state = 'pending'"):
        assert time.monotonic() < deadline, waiting[:5]
        time.sleep(0.5)
    assert at.rows("SELECT id, last_error FROM audit_delivery WHERE state = 'parked'") == []


def check(at: Installation, journeys: Journeys) -> None:
    """Compare what was answered with what is there, and let the product check itself."""
    lost_or_twice = [*_differences(at, journeys), *_twice(at)]
    assert not lost_or_twice, lost_or_twice[:10]
    assert at.findings() == ""


def _differences(at: Installation, journeys: Journeys) -> list[str]:
    registered = at.grouped("SELECT value, resident_id FROM residents_identifier WHERE is_current")
    held = {
        "encounter": at.grouped("SELECT resident_id, id FROM encounters_encounter"),
        "referral": at.grouped("SELECT resident_id, id, state FROM referrals_referral"),
        "booking": at.grouped("SELECT resident_id, id, state FROM capacity_booking WHERE source_kind <> 'referral'"),
    }
    wrong = []
    for number, facts in journeys.acknowledged.items():
        resident = _plain(facts["resident"])
        if registered.get(number) != [(resident,)]:
            wrong.append(f"{number} is {registered.get(number)} and not {resident}")
        for kind, rows in held.items():
            expected = [(_plain(facts[kind]), *([facts["state"]] if "state" in facts else []))] if kind in facts else []
            if rows.get(resident, []) != expected:
                wrong.append(f"{kind} of {number}: {rows.get(resident)}, answered was {expected}")
    return wrong


def _twice(at: Installation) -> list[str]:
    again = at.rows(
        "SELECT name, subject_id, count(*) FROM audit_event WHERE name IN ('residents.ResidentRegistered',"
        " 'encounters.EncounterStarted', 'referrals.ReferralSubmitted', 'referrals.ReferralAccepted',"
        " 'referrals.ReferralBooked', 'capacity.Booked', 'capacity.BookingCancelled')"
        " GROUP BY name, subject_id HAVING count(*) > 1"
    )
    return [f"twice: {row}" for row in again]


def _plain(identity: object) -> str:
    return str(identity).replace("-", "")
