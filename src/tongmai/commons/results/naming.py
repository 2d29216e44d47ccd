"""What the trail calls reports, requests and documents: by their numbers, nothing of what they say."""

from typing import Any
from uuid import UUID

from django.db.models import Model


def lend(trail: Any) -> None:
    """Let the trail name them; `trail` is its own module of words."""
    from tongmai.commons.results.models import Document, Report, Request

    trail.name_ids("report_id", named=lambda key: _number(Report, key))
    trail.name_ids("request_id", named=lambda key: _number(Request, key))
    trail.name_ids("document_id", named=lambda key: _number(Document, key))


def _number(model: type[Model], key: UUID) -> str:
    return str(model._default_manager.filter(pk=key).values_list("number", flat=True).first() or "")
