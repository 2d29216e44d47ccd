"""One page of a list, without counting: one row more than shown tells whether there is a next page."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongmai.ui.words import Listing

FURTHEST = 1_000


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], size: int = 50) -> Listing:
    """Return the page of `rows` that `?page=` names; anything unusable there means the first."""
    asked = request.GET.get("page", "1")
    number = min(int(asked), FURTHEST) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    number = max(1, number)
    start = (number - 1) * size
    taken = list(rows[start : start + size + 1])
    shown = taken[:size]
    return Listing(
        rows=shown,
        previous_href=_href(request, number - 1) if number > 1 else "",
        next_href=_href(request, number + 1) if len(taken) > size else "",
        said=_("第 %(first)s–%(last)s 条") % {"first": start + 1, "last": start + len(shown)} if shown else "",
    )


def _href(request: HttpRequest, number: int) -> str:
    parameters = request.GET.copy()
    parameters["page"] = str(number)
    return f"?{parameters.urlencode()}"
