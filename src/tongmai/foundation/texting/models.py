"""Texts on their way, and one-time codes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.kernel.ids import new_id


class TextMessage(models.Model):
    """One text to one phone.  `sealed` holds phone and facts encrypted, and is emptied when the text is sent or too late."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        EXPIRED = "expired", _("已过期")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.CharField(max_length=32)
    sealed = models.TextField(blank=True)
    is_void = models.BooleanField(default=False)  # to nobody: only there to take as long as one to somebody
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    n_failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(name="text_state", condition=Q(state__in=["waiting", "sent", "expired"])),
            models.CheckConstraint(name="text_sent_has_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)),
            models.CheckConstraint(name="text_done_holds_nothing", condition=Q(state="waiting") | Q(sealed="")),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="text_due", condition=Q(state="waiting")),
            models.Index(fields=["failed_at"], name="text_failed", condition=Q(failed_at__isnull=False)),
        ]


class OneTimeCode(models.Model):
    """A code that lets in whoever has the phone, once.  Only keyed digests are kept: of the code, of the citizen's number
    for which it was asked, of the browser that asked, of its address.  `resident_id` is null where the number reaches nobody.
    """

    class State(models.TextChoices):
        LIVE = "live", _("有效")
        USED = "used", _("已使用")
        REPLACED = "replaced", _("已被新码替代")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number_key = models.CharField(max_length=64)
    holder_key = models.CharField(max_length=64)
    address_key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    resident_id = models.UUIDField(null=True, blank=True)
    text = models.OneToOneField(TextMessage, on_delete=models.PROTECT, related_name="code")
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    most_tries = models.PositiveSmallIntegerField()
    n_tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["number_key"], condition=Q(state="live"), name="code_one_live"),
            models.CheckConstraint(name="code_state", condition=Q(state__in=["live", "used", "replaced"])),
            models.CheckConstraint(name="code_tries", condition=Q(n_tries__lte=F("most_tries"))),
            models.CheckConstraint(
                name="code_used_has_time",
                condition=Q(state="used", used_at__isnull=False) | (~Q(state="used") & Q(used_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["number_key", "-created_at"], name="code_of_number"),
            models.Index(fields=["address_key", "created_at"], name="code_of_address"),
        ]
