"""Second factors: added by their holder, removed by her, reset by a security administrator when they are lost."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import access, codes, events, passkeys, policy, required, vault, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import AlreadyExists, WrongCode
from tongmai.foundation.orgs.models import Factor, RecoveryCode, SignIn, User
from tongmai.foundation.orgs.services import attempts, sign_ins
from tongmai.kernel.errors import InvalidInput, NotFound

_CODE_PURPOSE = "recovery-code"


@dataclass(frozen=True)
class Proof:
    """What somebody gives at the second question: a code of the authenticator or the sheet, or a passkey's answer."""

    code: str = ""
    passkey: str = ""
    question: dict[str, str] | None = None  # what `passkeys.ask_to_prove` said to remember
    place: passkeys.Place | None = None


@transaction.atomic
def add_authenticator(*, by: Actor, secret: str, code: str, name: str, sign_in_id: UUID | None = None) -> Factor:
    """Take an authenticator into use, once a code shows that it was set up rightly.

    Raises:
        WrongCode: the code is not of this secret and moment.
        InvalidInput: the name.
    """
    user = _self(by)
    step = codes.step_of(secret, code, now=by.now)
    if step is None:
        raise WrongCode(field="code", problem=_("验证码不正确，请核对手机的时间"))
    row = Factor.objects.create(
        user=user,
        kind=Factor.Kind.TOTP,
        name=writing.text("name", name, most=60, least=1),
        secret=vault.sealed(secret.encode()),
        last_step=step,
        added_at=by.now,
    )
    _added(row, user, by=by, sign_in_id=sign_in_id)
    return row


@transaction.atomic
def add_passkey(*, by: Actor, made: passkeys.Made, name: str, sign_in_id: UUID | None = None) -> Factor:
    """Take a passkey into use.

    Raises:
        AlreadyExists: it is in use.
        InvalidInput: the name.
    """
    user = _self(by)
    row = Factor(
        user=user,
        kind=Factor.Kind.PASSKEY,
        name=writing.text("name", name, most=60, least=1),
        secret=vault.sealed(made.public),
        credential_id=made.credential_id,
        sign_count=made.sign_count,
        added_at=by.now,
    )
    if Factor.objects.filter(credential_id=made.credential_id).exists():
        raise AlreadyExists(value=row.name)
    writing.insert(row, value=row.name)
    _added(row, user, by=by, sign_in_id=sign_in_id)
    return row


@transaction.atomic
def remove_factor(*, by: Actor, factor_id: UUID) -> None:
    """Remove one of one's own factors.  With the last one the recovery codes go too.

    Raises:
        NotFound: it is not hers.
        InvalidInput: her post needs one, and this is the last.
    """
    user = _self(by)
    row = Factor.objects.filter(id=factor_id, user=user).first()
    if row is None:
        raise NotFound()
    is_last = Factor.objects.filter(user=user).count() == 1
    if is_last and required.factor_for(by):
        raise InvalidInput(field="factor", problem=_("您的岗位须有第二种验证方式：请先添加另一种，再移除这一种"))
    kind = row.kind
    row.delete()
    if is_last:
        _clear(user)
    record(events.FactorRemoved(user_id=user.id, kind=kind), by=by, subject_id=user.id)


@transaction.atomic
def make_recovery_codes(*, by: Actor) -> list[str]:
    """Return new recovery codes, shown once; the earlier ones are worth nothing from now on.

    Raises:
        InvalidInput: she has no second factor that could be lost.
    """
    user = _self(by)
    if user.second_factor_on is None:
        raise InvalidInput(field="factor", problem=_("请先添加一种验证方式"))
    made = codes.recovery_codes(policy.value("security.factor.recovery_codes", on=by.today).int)
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in made)
    record(events.RecoveryCodesMade(user_id=user.id), by=by, subject_id=user.id)
    return made


@transaction.atomic
def reset_factors(*, by: Actor, staff_id: UUID, reason: str) -> int:
    """Take away all factors of a person who lost hers and was identified; return how many.  She is signed out.

    Raises:
        NotFound, NotPermitted: see `access.user_of`.
        OwnRights: not for oneself; another security administrator does it, or `tongmai account` on the server.
        InvalidInput: no reason.
    """
    row = access.user_of(staff_id, by=by, lock=True)
    writing.not_own(staff_id, by=by)
    reason = writing.text("reason", reason, most=200, least=1)
    n_factors = Factor.objects.filter(user=row).delete()[0]
    _clear(row)
    attempts.forget(row)
    sign_ins.end_all(row, now=by.now)
    record(events.FactorsReset(user_id=row.id, reason=reason), by=by, subject_id=staff_id)
    return n_factors


@transaction.atomic
def use(user: User, proof: Proof, *, by: Actor) -> bool:
    """Whether `proof` is right for `user`.  A right one is used up: no code is taken twice."""
    if proof.passkey:
        return _use_passkey(user, proof, by=by)
    digits = "".join(proof.code.split())
    if digits.isascii() and digits.isdigit():
        return any(_use_code(row, digits, by=by) for row in Factor.objects.filter(user=user, kind=Factor.Kind.TOTP))
    return _use_recovery_code(user, proof.code, by=by)


def passkeys_of(user: User) -> list[bytes]:
    """Return the public halves of the account's passkeys; one that cannot be read any more is left out."""
    return [public for row in Factor.objects.filter(user=user, kind=Factor.Kind.PASSKEY) if (public := _open(row))]


def own_passkeys(*, by: Actor) -> list[bytes]:
    """Return the public halves of one's own passkeys."""
    return passkeys_of(User.objects.get(id=by.user_id))


def _use_code(row: Factor, digits: str, *, by: Actor) -> bool:
    secret = _open(row)
    step = codes.step_of(secret.decode(), digits, now=by.now) if secret else None
    if step is None:
        return False
    # One conditional UPDATE: of two who send the same code at once, one is let in.
    fresh = Factor.objects.filter(id=row.id, last_step__lt=step)
    return fresh.update(last_step=step, last_used_at=by.now) == 1


def _use_recovery_code(user: User, code: str, *, by: Actor) -> bool:
    kept = RecoveryCode.objects.filter(user=user, digest=_digest(user, codes.tidy(code)), used_at__isnull=True)
    if kept.update(used_at=by.now) != 1:
        return False
    n_left = RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()
    record(events.RecoveryCodeUsed(user_id=user.id, n_left=n_left), by=by, subject_id=user.id)
    return True


def _use_passkey(user: User, proof: Proof, *, by: Actor) -> bool:
    if proof.question is None or proof.place is None:
        return False
    try:
        used = passkeys.proven(proof.place, proof.question, proof.passkey, existing=passkeys_of(user))
    except passkeys.NotProven:
        return False
    row = Factor.objects.select_for_update().filter(user=user, credential_id=used.credential_id).first()
    # A key that counts (many do not: 0) and counts backwards is a copy.
    if row is None or (used.sign_count and used.sign_count <= row.sign_count):
        return False
    row.sign_count, row.last_used_at = used.sign_count, by.now
    row.save(update_fields=["sign_count", "last_used_at"])
    return True


def _added(row: Factor, user: User, *, by: Actor, sign_in_id: UUID | None) -> None:
    """With the first factor every other device must prove it too: they are closed; this one just did."""
    if user.second_factor_on is None:
        user.second_factor_on = by.today
        user.save(update_fields=["second_factor_on"])
        sign_ins.end_all(user, now=by.now, but=sign_in_id)
        SignIn.objects.filter(id=sign_in_id, user=user).update(has_second_factor=True)
    record(events.FactorAdded(user_id=user.id, kind=row.kind), by=by, subject_id=user.id)


def _clear(user: User) -> None:
    RecoveryCode.objects.filter(user=user).delete()
    User.objects.filter(id=user.id).update(second_factor_on=None)
    sign_ins.look_again(user.id)


def _open(row: Factor) -> bytes | None:
    try:
        return vault.opened(row.secret)
    except vault.Unreadable:
        return None


def _digest(user: User, code: str) -> str:
    return vault.keyed_digest(_CODE_PURPOSE, f"{user.id.hex}:{code}")


def _self(by: Actor) -> User:
    user = User.objects.select_for_update().filter(id=by.user_id).first()
    if user is None:
        raise NotFound()
    return user
