"""A resident's own sign-in, handed out face to face after her papers were checked."""

from uuid import UUID

from django.db import transaction

from tongmai.commons.residents import access
from tongmai.foundation.orgs import services as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.services.accounts import InitialPassword
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


@transaction.atomic
def open_account(resident_id: UUID, *, by: Actor, username: str = "") -> InitialPassword:
    """Give a resident her own sign-in; the password is returned once and must be changed at the first sign-in.

    Raises:
        NotFound, NotPermitted: see `access.identity`; the look is logged.
        InvalidInput: she has died, or nobody knows who she is.
        Conflict: she has an account, or the user name is taken.
    """
    resident = access.identity(resident_id, by=by, what="account", lock=True).resident
    if resident.died_on:
        raise InvalidInput(field="resident", problem=N_("已登记死亡，不能开通账号"))
    if resident.is_unnamed:
        raise InvalidInput(field="resident", problem=N_("身份待查，核实后才能开通账号"))
    return orgs.create_resident_account(by=by, resident_id=resident_id, display_name=resident.name, username=username)


@transaction.atomic
def reissue_password(resident_id: UUID, *, by: Actor) -> InitialPassword:
    """Give a resident who lost her password a new initial one; where she is signed in, she is signed out.

    Raises:
        NotFound: absent, out of reach, or without an account.
        NotPermitted: `by` does not register residents.
    """
    access.identity(resident_id, by=by, what="account", lock=True)
    return orgs.reissue_resident_password(by=by, resident_id=resident_id)
