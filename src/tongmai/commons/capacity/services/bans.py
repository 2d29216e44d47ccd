"""The way back for those who missed too many bookings."""

from uuid import UUID

from django.db import transaction

from tongmai.commons.capacity import access, banning
from tongmai.commons.capacity.models import Ban
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_


@transaction.atomic
def lift_ban(*, ban_id: UUID, by: Actor, reason: str) -> Ban:
    """Let a resident book again before the ban ends.

    Raises:
        NotFound, NotPermitted: see `access.ban`.
        InvalidInput: no reason.
        Conflict: it was lifted already, or is over.
    """
    ban = access.ban(ban_id, by=by, lock=True)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请填写原因"))
    if ban.lifted_at is not None or ban.until <= by.now:
        raise Conflict()
    banning.lift(ban, by=by, reason=reason.strip())
    return ban
