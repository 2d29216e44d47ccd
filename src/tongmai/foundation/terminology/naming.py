"""What the trail calls local codes: by the code and whose it is, with the words of the decisions."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tongmai.foundation.terminology import presenters


def lend(trail: Any) -> None:
    """Let the trail name them; `trail` is its own module of words."""
    trail.name_ids("local_code_id", named=_named)
    trail.say_codes("terminology", "relation", lambda said: _(presenters.RELATIONS.get(said, said)))
    trail.say_codes("terminology", "code_set", lambda said: _(presenters.SETS.get(said, said)))


def _named(key: UUID) -> str:
    from tongmai.foundation.terminology.models import LocalCode

    found = LocalCode.objects.filter(pk=key).values_list("org__short_name", "code").first()
    return " ".join(found) if found else ""
