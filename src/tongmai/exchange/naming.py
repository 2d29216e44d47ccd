"""What the trail calls messages and imports: by where they come from, nothing of what they say."""

from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from tongmai.exchange import image_words, wording
from tongmai.exchange.tabular.columns import KIND_NAMES


def lend(trail: Any) -> None:
    """Let the trail name them; `trail` is its own module of words."""
    from tongmai.exchange.models import ImportRun, InboundMessage, OrgMeaning

    trail.name_ids("message_id", named=lambda key: _one(InboundMessage, key, "facility", "control_id"))
    trail.name_ids("run_id", named=lambda key: _one(ImportRun, key, "file_name"))
    trail.name_ids("meaning_id", named=lambda key: _one(OrgMeaning, key, "system", "text"))
    trail.say_codes("exchange", "kind", lambda code: _(KIND_NAMES[code]) if code in KIND_NAMES else code)
    trail.say_codes("exchange", "what", _problem)
    trail.say_codes("imaging", "doubts", image_words.doubts)
    trail.say_codes("imaging", "why", lambda code: str(image_words.REASONS.get(code, code)))


def _problem(what: str) -> str:
    """A person's own reason is not shown, only that there was one."""
    said = wording.said(wording.MESSAGES, what, {}, _)[0] if what in wording.MESSAGES else ""
    return said if said not in ("", "…") else what


def _one(model: type[Model], key: UUID, *fields: str) -> str:
    found = model._default_manager.filter(pk=key).values_list(*fields).first()
    return " ".join(str(part) for part in found if part) if found else ""
