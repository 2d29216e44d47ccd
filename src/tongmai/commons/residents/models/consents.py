"""What a resident decided about her record: with whom it is shared, and for what beyond her care it may be used."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents.models.person import Resident
from tongmai.commons.residents.sensitive.rules import KIND_LABELS, Kind, Party
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Decided(models.Model):
    """A decision of the resident, or of who speaks for her: when, how and before whom; withdrawn, it stays readable."""

    class How(models.TextChoices):
        PAPER = "paper", _("纸质签字")
        SCREEN = "screen", _("本人在页面确认")
        PHONE = "phone", _("电话")

    class Given(models.TextChoices):
        HERSELF = "herself", _("本人")
        GUARDIAN = "guardian", _("监护人")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    given = models.CharField(max_length=8, choices=Given)
    given_name = models.CharField(max_length=60)
    how = models.CharField(max_length=8, choices=How)
    text_version = models.CharField(max_length=16)
    note = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # who wrote it down
    decided_org = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_how = models.CharField(max_length=8, choices=How, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


def _sound(name: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            name=f"{name}_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on"))
        ),
        models.CheckConstraint(name=f"{name}_says_who", condition=~Q(given_name="")),
        models.CheckConstraint(
            name=f"{name}_withdrawn_says_how", condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_how="")
        ),
    ]


class SharingChoice(Decided):
    """Whether the record, or a sensitive kind of entries in it, is shared: with all members, one organisation, her doctor."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="sharing_choices")
    is_permitted = models.BooleanField()
    kind = models.CharField(max_length=16, blank=True, choices=[(k.value, KIND_LABELS[k]) for k in Kind])
    party = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Party])
    org = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-decided_at", "id"]
        constraints = [
            *_sound("sharing"),
            models.CheckConstraint(
                name="sharing_names_org",
                condition=Q(party="org", org__isnull=False) | (Q(org__isnull=True) & ~Q(party="org")),
            ),
            models.CheckConstraint(name="sharing_kind", condition=Q(kind__in=["", *Kind])),
            models.CheckConstraint(name="sharing_party", condition=Q(party__in=list(Party))),
            models.UniqueConstraint(
                fields=["resident", "kind", "party"],
                condition=Q(withdrawn_at__isnull=True, org__isnull=True),
                name="sharing_once",
            ),
            models.UniqueConstraint(
                fields=["resident", "kind", "org"],
                condition=Q(withdrawn_at__isnull=True, org__isnull=False),
                name="sharing_once_per_org",
            ),
        ]


class UseConsent(Decided):
    """An agreement to a use beyond care: for which purpose, by whom, until when.  Without one, nothing is given."""

    class Purpose(models.TextChoices):
        RESEARCH = "research", _("科学研究")
        INSURANCE = "insurance", _("商业保险")
        OTHER = "other", _("其他用途")

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="use_consents")
    purpose = models.CharField(max_length=12, choices=Purpose)
    recipient = models.CharField(max_length=120)  # exactly whom: another recipient needs another agreement
    purpose_text = models.CharField(max_length=300)

    class Meta:
        ordering = ["-decided_at", "id"]
        constraints = [
            *_sound("use"),
            models.CheckConstraint(name="use_purpose", condition=Q(purpose__in=["research", "insurance", "other"])),
            models.CheckConstraint(name="use_says_what", condition=~Q(recipient="") & ~Q(purpose_text="")),
            models.CheckConstraint(name="use_has_an_end", condition=Q(ends_before__isnull=False)),
            models.UniqueConstraint(
                fields=["resident", "purpose", "recipient"], condition=Q(withdrawn_at__isnull=True), name="use_once"
            ),
        ]
