"""What the trail calls examinations: their numbers, and the words of their codes; nothing of the case."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from tongmai.care.diagnostics import presenters

_PHASES = {"pre": gettext_lazy("送达中心之前"), "in": gettext_lazy("书写报告"), "post": gettext_lazy("等待查看")}


def lend(wording: Any) -> None:
    """Let the trail name them; `wording` is the trail's own module."""
    wording.name_ids("order_id", named=_number)
    wording.say_codes("diagnostics", "category", lambda code: str(presenters.CATEGORIES.get(code, code)))
    wording.say_codes("diagnostics", "priority", lambda code: presenters.priority_tag(code).text)
    wording.say_codes("diagnostics", "state", lambda code: presenters.tag(code).text)
    wording.say_codes("diagnostics", "phase", lambda code: str(_PHASES.get(code, code)))
    wording.say_codes("diagnostics", "marked_by", _user)


def _number(key: UUID) -> str:
    from tongmai.care.diagnostics.models import Order

    return Order.objects.filter(pk=key).values_list("number", flat=True).first() or ""


def _user(key: str) -> str:
    from tongmai.foundation.orgs.models import User

    return User.objects.filter(pk=key).values_list("display_name", flat=True).first() or key
