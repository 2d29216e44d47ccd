"""What identifies a person: numbers given by authorities, cards and codes handed out, and what they were before."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents.models.person import Resident
from tongmai.commons.residents.states import MediumState
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class Identifier(models.Model):
    """A number that an authority gave the person.

    `value` is in normal form: half-width capitals without blanks, a 15-digit citizen's number in its 18-digit form, so
    that equal means the same number.  No two people hold the same number at a time: the constraint, not the service,
    holds that.
    """

    class Kind(models.TextChoices):
        CITIZEN_ID = "citizen_id", _("居民身份证")
        HK_MO_TW_PERMIT = "hk_mo_tw_permit", _("港澳台居民居住证")
        FOREIGN_PERMANENT_ID = "foreign_permanent_id", _("外国人永久居留身份证")
        PASSPORT = "passport", _("护照")
        BIRTH_CERTIFICATE = "birth_certificate", _("出生医学证明")
        HEALTH_FILE = "health_file", _("居民健康档案编号")
        TEMPORARY = "temporary", _("临时编号")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=24, choices=Kind)
    issuer = models.CharField(max_length=32, blank=True)  # country of a passport, organisation of a temporary number
    value = models.CharField(max_length=32)
    is_current = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    close_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["value", "kind", "issuer"], condition=Q(is_current=True), name="identifier_one_holder"
            ),
            models.UniqueConstraint(
                fields=["resident"], condition=Q(is_current=True, kind="citizen_id"), name="identifier_one_citizen_id"
            ),
            models.CheckConstraint(name="identifier_not_blank", condition=~Q(value="")),
            models.CheckConstraint(name="identifier_kind", condition=Q(kind__in=[
                "citizen_id", "hk_mo_tw_permit", "foreign_permanent_id", "passport", "birth_certificate",
                "health_file", "temporary",
            ])),
            models.CheckConstraint(
                name="identifier_closed_says_why",
                condition=Q(is_current=True, closed_at__isnull=True)
                | (Q(is_current=False, closed_at__isnull=False) & ~Q(close_reason="")),
            ),
        ]  # fmt: skip


class Medium(models.Model):
    """A card or code in the person's hand.  Its number identifies it for ever and is never given out again."""

    class Kind(models.TextChoices):
        HEALTH_CARD = "health_card", _("居民健康卡")
        E_CODE = "e_code", _("电子健康码")
        INSURANCE_CARD = "insurance_card", _("社会保障卡")
        TEMPORARY_CARD = "temporary_card", _("临时就诊卡")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="media")
    kind = models.CharField(max_length=16, choices=Kind)
    number = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=MediumState.choices(), default=MediumState.ACTIVE)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    valid_before = models.DateField(null=True, blank=True)  # first day on which it is not accepted any more
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-issued_at", "id"]
        verbose_name_plural = "media"
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="medium_number_for_ever"),
            models.CheckConstraint(name="medium_number_not_blank", condition=~Q(number="")),
            models.CheckConstraint(name="medium_state", condition=Q(state__in=list(MediumState))),
            models.CheckConstraint(
                name="medium_ended_has_time",
                condition=Q(state__in=["active", "lost"], ended_at__isnull=True)
                | Q(state__in=["revoked", "replaced"], ended_at__isnull=False),
            ),
        ]


class MediumTransition(AppendOnly):
    """A step in the life of a card or code."""

    id = models.BigAutoField(primary_key=True)
    medium = models.ForeignKey(Medium, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=16)
    to_state = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)

    class Meta:
        ordering = ["id"]


class IdentityChange(AppendOnly):
    """One field of a person's identity as it was before and after, and why it changed."""

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=32)
    old_value = models.CharField(max_length=200, blank=True)
    new_value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)
    by_org_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="change_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="change_changes", condition=~Q(old_value=F("new_value"))),
        ]
