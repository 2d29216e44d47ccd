"""Asking once more for the password before something that whoever finds an open screen must not do."""

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import WrongPassword
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.services import attempts
from tongmai.kernel.errors import NotFound
from tongmai.kernel.text import N_


def confirm_self(*, by: Actor, password: str) -> None:
    """Make sure that `by` knows the account's password; failures are counted like those at the door.

    Raises:
        WrongPassword: it is not it.
        TooManyAttempts: too many were not.
    """
    user = User.objects.filter(id=by.user_id).first()
    if user is None:
        raise NotFound()
    tried = attempts.of_factor(user.id)
    attempts.charge(tried, now=by.now)
    if not user.check_password(password):
        raise WrongPassword(field="password", problem=N_("当前密码不正确"))
    attempts.give_back(tried, now=by.now)
