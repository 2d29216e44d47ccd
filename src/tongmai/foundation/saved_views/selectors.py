"""The views that a user has kept of a list."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.foundation.saved_views.models import SavedView


@dataclass(frozen=True)
class View:
    """One kept view."""

    id: UUID
    name: str
    query: str


def views_of(list_name: str, *, by: Actor) -> list[View]:
    """Return the actor's own views of a list, in the order of keeping."""
    if by.user_id is None:
        return []
    return [View(**row) for row in _OWN.rows(by, list_name=list_name)]


def _own(by: Actor, *, list_name: str) -> QuerySet:
    return SavedView.objects.filter(user_id=by.user_id, list_name=list_name).values("id", "name", "query")


_OWN = Prepared(_own)
