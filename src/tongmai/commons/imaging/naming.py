"""What the trail calls studies, devices and files in quarantine."""

from typing import Any
from uuid import UUID

from django.db.models import Model


def lend(trail: Any) -> None:
    """Let the trail name them; `trail` is its own module of words."""
    from tongmai.commons.imaging.models import Device, Held, PerformedStep, Study

    trail.name_ids("study_id", named=lambda key: _text(Study, key, "uid"))
    trail.name_ids("device_id", named=lambda key: _text(Device, key, "ae_title"))
    trail.name_ids("held_id", named=lambda key: _text(Held, key, "sop_uid"))
    trail.name_ids("step_id", named=lambda key: _text(PerformedStep, key, "sop_uid"))


def _text(model: type[Model], key: UUID, column: str) -> str:
    return str(model._default_manager.filter(pk=key).values_list(column, flat=True).first() or "")
