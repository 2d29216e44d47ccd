"""What the diagnoses of a visit that a member's own system reported are in the community's own list."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.services.reported import SOURCE
from tongmai.foundation.terminology import presenters as words
from tongmai.foundation.terminology import selectors as terminology
from tongmai.foundation.terminology.choices import CodeSet
from tongmai.foundation.terminology.selectors import Key, Meaning
from tongmai.ui.words import Tag


def meanings_of(encounter: Encounter, diagnoses: Iterable[Any], on: date) -> dict[str, Meaning]:
    """Return by code what the diagnoses mean.  Of a doctor's own visit nothing is asked: hers were chosen from the list.

    A diagnosis does not keep from which of the member's code lists its code is.
    """
    if encounter.source_kind != SOURCE:
        return {}
    keys = [Key(encounter.org_id, CodeSet.DIAGNOSES, None, row.code) for row in diagnoses]
    return {key.code: meaning for key, meaning in terminology.meanings(keys, on).items()}


def beside(diagnoses: Iterable[Any], meanings: Mapping[str, Meaning]) -> dict[str, tuple[str, Tag | None]]:
    """Return by code what stands beside the diagnoses; those that say it all themselves are left out."""
    said = {row.code: words.beside(meanings.get(row.code), row.code, row.name) for row in diagnoses}
    return {code: each for code, each in said.items() if any(each)}


def told(diagnoses: Iterable[Any], meanings: Mapping[str, Meaning]) -> list[dict[str, Any]]:
    """Return the diagnoses for programs, each with what it means in the unified list."""
    own = ("code", "name", "is_main", "certainty", "is_chronic", "recorded_at")
    empty = Meaning("")
    return [
        {name: getattr(row, name) for name in own}
        | {
            "standing": str((found := meanings.get(row.code, empty)).standing), "unified_code": found.code,
            "unified_name": found.name, "relation": str(found.relation),
        }
        for row in diagnoses
    ]  # fmt: skip
