"""How accounts are signed in to: what is open on which device, failures at the door, second factors, past passwords."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.orgs.models.directory import User
from tongmai.kernel.ids import new_id


class SignIn(models.Model):
    """One device's stay, from signing in to its end.  The browser's session names it; without one nobody is let in.

    `last_seen_at` is exact to a minute.  Whether it has timed out follows from the policy and is stored nowhere.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    device = models.CharField(max_length=60)
    address = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    has_second_factor = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-last_seen_at"], name="sign_in_of_user")]
        constraints = [
            models.CheckConstraint(
                name="sign_in_seen_after_start", condition=Q(last_seen_at__gte=models.F("started_at"))
            )
        ]


class Attempts(models.Model):
    """Failures in a row at the door, by what was tried: kept here so that every process counts the same.

    An attempt is charged before the password is looked at and given back when it was right, so that many at once
    cannot get more than the limit.  `key` is a keyed digest: what people type as a name is not kept.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("账号")
        ADDRESS = "address", _("网络地址")
        FACTOR = "factor", _("第二因素")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=64)
    n_failures = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="attempts_once")]


class Factor(models.Model):
    """Something an account's holder has: an authenticator (TOTP) or a passkey.  A removed one is deleted.

    `secret` is encrypted (see `vault`): the shared secret of an authenticator, the public key of a passkey.
    """

    class Kind(models.TextChoices):
        TOTP = "totp", _("动态码")
        PASSKEY = "passkey", _("通行密钥")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=60)
    secret = models.TextField()
    credential_id = models.CharField(max_length=1400, null=True, blank=True, unique=True)  # base64url, of a passkey
    sign_count = models.BigIntegerField(default=0)  # of a passkey: a copy would count behind
    last_step = models.BigIntegerField(default=0)  # of an authenticator: no code is taken twice
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="factor_passkey_has_id",
                condition=Q(kind="passkey", credential_id__isnull=False) | Q(kind="totp", credential_id__isnull=True),
            ),
        ]


class RecoveryCode(models.Model):
    """A code that lets the holder in once when her factor is lost.  Random, so a keyed digest is enough."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)


class PastPassword(models.Model):
    """The hash of a password that the account had, so that it is not chosen again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="past_passwords")
    hash = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()
