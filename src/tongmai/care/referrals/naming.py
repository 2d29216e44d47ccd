"""What the trail calls referrals: their numbers, and the words of their codes; nothing of the case."""

from typing import Any
from uuid import UUID

from tongmai.care.referrals import presenters
from tongmai.care.referrals.lists import Wants


def lend(wording: Any) -> None:
    """Let the trail name them; `wording` is the trail's own module."""
    wording.name_ids("referral_id", named=_number)
    wording.say_codes("referrals", "direction", lambda code: str(presenters.DIRECTIONS.get(code, code)))
    wording.say_codes("referrals", "urgency", lambda code: presenters.urgency_tag(code).text)
    wording.say_codes("referrals", "state", lambda code: presenters.tag(code).text)
    wording.say_codes("referrals", "wants", lambda code: str(dict(Wants.choices).get(code, code)))


def _number(key: UUID) -> str:
    from tongmai.care.referrals.models import Referral

    return Referral.objects.filter(pk=key).values_list("number", flat=True).first() or ""
