"""Requests to the planted county."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from tests.meta.acting import Acting
from tests.privacy.planted import Planted
from tongmai.foundation.orgs.tests import factories


def sender(county: Planted) -> Callable[..., Any]:
    """Return `ask(role, method, address)`: the answer to somebody in that role at home; what it writes is taken back."""
    acting, actors, world = Acting(), {}, county.world

    def ask(role: Any, method: str, address: str, *, as_json: bool = False) -> Any:
        if role not in actors:
            actors[role] = factories.actor(role, org=getattr(world, factories._PLACES[role][0]), now=world.now)
        with transaction.atomic():
            answer = acting.send(actors[role], method, address, as_json=as_json)
            transaction.set_rollback(True)
        return answer

    return ask
