"""Sign-ins of staff.  An initial password is shown once, to whoever set it, and must be changed at the first sign-in."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import access, events, policy, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import WrongPassword
from tongmai.foundation.orgs.models import PastPassword, User
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.services import administrators, attempts, sign_ins
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted

# Without characters that look like others on an old screen or a printed slip.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class InitialPassword:
    """A password that is shown once and stored only as a hash."""

    user_id: UUID
    username: str
    password: str


@transaction.atomic
def create_account(*, by: Actor, staff_id: UUID, username: str = "", with_password: bool = True) -> InitialPassword:
    """Give a person a sign-in; her staff number is the user name unless another is given.

    Without a password nobody can sign in by it yet: `reset_password` gives one when she comes for it.

    Raises:
        NotFound, NotPermitted: see `access.staff`.
        OwnRights: not for oneself.
        Conflict: she has one already (it is neither shown nor changed).
        AlreadyExists: the user name is taken.
    """
    staff = access.staff(staff_id, by=by, to=Action.MANAGE_POSTS, lock=True)
    writing.not_own(staff_id, by=by)
    if not staff.is_active:
        raise InvalidInput(field="staff", problem=_("该人员已停用"))
    if User.objects.filter(staff=staff).exists():
        raise Conflict(field="staff")
    name = writing.text("username", username or staff.number, most=60, least=2).lower()
    password = _new_password() if with_password else ""
    row = User(username=name, staff=staff, display_name=staff.name, must_change_password=True, password_set_on=by.today)
    row.set_password(password or None)
    writing.insert(row, value=name)
    created = events.AccountCreated(user_id=row.id, staff_id=staff.id, username=name)
    record(created, by=by, subject_id=staff.id)
    return InitialPassword(user_id=row.id, username=name, password=password)


@transaction.atomic
def create_resident_account(*, by: Actor, resident_id: UUID, display_name: str, username: str = "") -> InitialPassword:
    """Give a resident her own sign-in, after she was identified in person.  The caller has opened her record.

    Raises:
        NotPermitted: the post registers nobody.
        Conflict: she has one already (it is neither shown nor changed).
        AlreadyExists: the user name is taken.
    """
    access.require(by, Action.REGISTER_RESIDENT)
    if User.objects.filter(resident_id=resident_id).exists():
        raise Conflict(field="resident")
    name = writing.text("username", username or f"r{resident_id.hex[-10:]}", most=60, least=2).lower()
    password = _new_password()
    row = User(
        username=name,
        resident_id=resident_id,
        display_name=display_name,
        must_change_password=True,
        password_set_on=by.today,
    )
    row.set_password(password)
    writing.insert(row, value=name)
    created = events.ResidentAccountCreated(user_id=row.id, resident_id=resident_id, username=name)
    record(created, by=by, subject_id=row.id)
    return InitialPassword(user_id=row.id, username=name, password=password)


def resident_account(resident_id: UUID) -> User | None:
    """Return a resident's own sign-in, None where she has none.  A member of staff's is never one."""
    return User.objects.filter(resident_id=resident_id, staff=None, is_active=True).first()


@transaction.atomic
def open_account_by_code(*, by: Actor, resident_id: UUID, display_name: str) -> User:
    """Give a resident a sign-in without a password, who has shown that a phone checked face to face is in her hand.

    Asked again, or twice at once, it is the same one.

    Raises:
        NotPermitted: not asked by the door.
    """
    if by.role != Role.SYSTEM:
        raise NotPermitted()
    row, is_new = User.objects.get_or_create(
        resident_id=resident_id, defaults={"username": f"r{resident_id.hex}", "display_name": display_name}
    )
    if is_new:
        row.set_unusable_password()
        row.save(update_fields=["password"])
        created = events.ResidentAccountCreated(user_id=row.id, resident_id=resident_id, username=row.username)
        record(created, by=by, subject_id=row.id)
    return row


@transaction.atomic
def reissue_resident_password(*, by: Actor, resident_id: UUID) -> InitialPassword:
    """Set a new initial password for a resident who lost hers and was identified in person; older sessions end.

    Raises:
        NotPermitted: the post registers nobody.
        NotFound: she has no account.
    """
    access.require(by, Action.REGISTER_RESIDENT)
    row = User.objects.select_for_update().filter(resident_id=resident_id).first()
    if row is None:
        raise NotFound()
    password = _give_initial(row, by=by)
    record(events.ResidentPasswordReset(user_id=row.id, resident_id=resident_id), by=by, subject_id=row.id)
    return InitialPassword(user_id=row.id, username=row.username, password=password)


@transaction.atomic
def reset_password(*, by: Actor, staff_id: UUID) -> InitialPassword:
    """Set a new initial password; whoever is signed in with the old one is signed out.

    Raises:
        NotFound, NotPermitted, OwnRights.
    """
    row = _account(staff_id, by=by)
    password = _give_initial(row, by=by)
    record(events.PasswordReset(user_id=row.id, staff_id=staff_id), by=by, subject_id=staff_id)
    return InitialPassword(user_id=row.id, username=row.username, password=password)


@transaction.atomic
def deactivate_account(*, by: Actor, staff_id: UUID) -> User:
    """Stop a sign-in at once.  One that is stopped is returned as it is.

    Raises:
        NotFound, NotPermitted, OwnRights.
        LastAdministrator: without her nobody could do an administrator's work.
    """
    row = _account(staff_id, by=by)
    if row.is_active:
        administrators.check_not_last(staff_id, on=by.today)
        row.is_active = False
        row.save(update_fields=["is_active"])
        sign_ins.end_all(row, now=by.now)
        record(events.AccountDeactivated(user_id=row.id, staff_id=staff_id), by=by, subject_id=staff_id)
    return row


@transaction.atomic
def reactivate_account(*, by: Actor, staff_id: UUID) -> User:
    """Let a person in service sign in again.

    Raises:
        NotFound, NotPermitted, OwnRights.
        InvalidInput: she is not in service.
    """
    row = _account(staff_id, by=by)
    if row.is_active:
        return row
    if row.staff is None or not row.staff.is_active:
        raise InvalidInput(field="staff", problem=_("该人员已停用"))
    row.is_active = True
    row.save(update_fields=["is_active"])
    record(events.AccountReactivated(user_id=row.id, staff_id=staff_id), by=by, subject_id=staff_id)
    return row


@transaction.atomic
def change_password(*, by: Actor, current: str, new: str, sign_in_id: UUID | None = None) -> User:
    """Change one's own password; the initial one is thereby used up.  All devices but this one are signed out.

    Raises:
        WrongPassword: `current` is not it.
        InvalidInput: the new one is too weak, the same, or was used lately.
    """
    row = User.objects.select_for_update().filter(id=by.user_id).first()
    if row is None:
        raise NotFound()
    if not row.check_password(current):
        raise WrongPassword(field="current", problem=_("当前密码不正确"))
    if current == new:
        raise InvalidInput(field="new", problem=_("新密码不能与当前密码相同"))
    _check_new(row, new, by=by)
    _set(row, new, by=by, is_initial=False)
    sign_ins.end_all(row, now=by.now, but=sign_in_id)
    record(events.PasswordChanged(user_id=row.id), by=by, subject_id=row.staff_id)
    return row


def _account(staff_id: UUID, *, by: Actor) -> User:
    row = access.user_of(staff_id, by=by, lock=True)
    writing.not_own(staff_id, by=by)
    return row


def _give_initial(row: User, *, by: Actor) -> str:
    """Set a new initial password; whoever is signed in with the old one is signed out, and a lock is lifted."""
    password = _new_password()
    _set(row, password, by=by, is_initial=True)
    attempts.forget(row)
    sign_ins.end_all(row, now=by.now)
    return password


def _set(row: User, password: str, *, by: Actor, is_initial: bool) -> None:
    if row.has_usable_password() and not row.must_change_password:
        PastPassword.objects.create(user=row, hash=row.password, replaced_at=by.now)
    row.set_password(password)
    row.must_change_password = is_initial
    row.password_set_on = by.today
    row.save(update_fields=["password", "must_change_password", "password_set_on"])


def _check_new(row: User, new: str, *, by: Actor) -> None:
    """Refuse a password that is weak, or one of the last few.  The initial one was nobody's choice and is not kept."""
    try:
        validate_password(new, row)
    except ValidationError as flaw:
        raise InvalidInput(field="new", problem=" ".join(flaw.messages)) from None
    n_remembered = policy.value("security.password.remembered", on=by.today).int
    past = PastPassword.objects.filter(user=row).order_by("-replaced_at").values_list("hash", flat=True)
    # The current one is the first of them.
    if any(check_password(new, hashed) for hashed in past[: max(n_remembered - 1, 0)]):
        problem = _("最近用过的 %(num)s 个密码不能再用") % {"num": n_remembered}
        raise InvalidInput(field="new", problem=problem)


def _new_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
