"""Beginning a referral of a person from another page: what is known there stands in the form already.

What it says of a person stands in no address: it is kept in the session, where the form of referrals looks for it.
"""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tongmai.ui.http import go

_KEY = "referral_begun"


@dataclass(frozen=True)
class Begun:
    """What another page knows of a referral that begins there."""

    resident_id: UUID
    reason: str
    diagnosis_code: str = ""
    recording_id: UUID | None = None  # the electrocardiogram that goes with it
    critical_value_id: UUID | None = None  # whose page shows what became of it


def begin(request: HttpRequest, begun: Begun, *, encounter_id: UUID | None = None) -> HttpResponse:
    """Lead to the form of a referral that opens with what is known."""
    request.session[_KEY] = {name: str(value) for name, value in asdict(begun).items() if value}
    encounter = f"&encounter={encounter_id}" if encounter_id else ""
    return go(request, f"{reverse('referrals:new')}?resident={begun.resident_id}{encounter}")


def begun_with(request: HttpRequest, resident_id: UUID) -> Begun | None:
    """Return with what another page began this person's referral; None where none did."""
    kept = request.session.get(_KEY) or {}
    if kept.get("resident_id") != str(resident_id):
        return None
    recording, alarm = kept.get("recording_id"), kept.get("critical_value_id")
    return Begun(
        resident_id=resident_id,
        reason=kept["reason"],
        diagnosis_code=kept.get("diagnosis_code", ""),
        recording_id=UUID(recording) if recording else None,
        critical_value_id=UUID(alarm) if alarm else None,
    )


def forget(request: HttpRequest) -> None:
    """The referral is written: the next one begins empty."""
    request.session.pop(_KEY, None)
