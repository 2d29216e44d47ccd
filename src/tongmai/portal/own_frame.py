"""What stands around each of the resident's own pages: whose record it is, and whom else she may look at."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tongmai.commons.resident_requests import selectors as requests
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound
from tongmai.ui.http import page

LARGE = "type"  # the cookie by which this browser shows large letters


@dataclass(frozen=True)
class Person:
    """Somebody whose pages the actor may open; `relation` is what she is to the actor's ward, "" for herself."""

    id: UUID
    name: str
    relation: str
    until: date | None
    href: str
    is_here: bool


def people(actor: Actor, whose: UUID) -> list[Person]:
    """Return herself and her wards, one of whom is looked at."""
    return [
        Person(
            id=each.id,
            name=each.name,
            relation=each.relation,
            until=each.until,
            href=reverse("portal:own-of", args=[each.id]) if each.relation else reverse("portal:own"),
            is_here=each.id == whose,
        )
        for each in requests.family(by=actor)
    ]


def whose(request: HttpRequest, resident_id: UUID | None) -> tuple[UUID, dict[str, Any]]:
    """Return whose page this is, and what the frame shows.

    Raises:
        NotFound: neither she herself nor somebody for whom she decides.
    """
    actor = request.actor  # type: ignore[attr-defined]
    wanted = resident_id or actor.resident_id
    found = people(actor, wanted)
    here = next((each for each in found if each.is_here), None)
    if here is None:
        raise NotFound()
    frame = {"people": found, "here": here, "is_large": request.COOKIES.get(LARGE) == "large", "now": actor.now}
    return here.id, frame


def shown(
    request: HttpRequest, template: str, frame: dict[str, Any], context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Answer with one of the own pages in its frame."""
    return page(request, template, frame | context, status=status)
