"""What the trail calls decisions, and how it reads their codes."""

from typing import Any
from uuid import UUID

from tongmai.commons.recognition.presenters.words import OUTCOMES


def lend(trail: Any) -> None:
    """Let the trail name them; `trail` is its own module of words."""
    from tongmai.commons.recognition.models import Decision, Item

    def item(code: str) -> str:
        return str(Item.objects.filter(code=code).values_list("name", flat=True).first() or code)

    def decision(key: UUID) -> str:
        return str(Decision.objects.filter(pk=key).values_list("item_name", flat=True).first() or "")

    trail.name_ids("decision_id", named=decision)
    trail.say_codes("recognition", "item_code", item)
    trail.say_codes("recognition", "outcome", lambda code: str(OUTCOMES.get(code, code)))
