"""What is true of the person beyond one encounter: allergies, and what she takes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.encounters.models.encounter import Encounter
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.sensitive.columns import marked_of, sensitivity
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class Allergy(models.Model):
    """A substance that the person must not get.  A mistaken entry is refuted and stays readable."""

    class Severity(models.TextChoices):
        MILD = "mild", _("轻")
        MODERATE = "moderate", _("中")
        SEVERE = "severe", _("重")
        LIFE_THREATENING = "life_threatening", _("危及生命")
        UNKNOWN = "unknown", _("不详")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="allergies")
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    substance = models.CharField(max_length=80)
    reaction = models.CharField(max_length=120, blank=True)
    severity = models.CharField(max_length=16, choices=Severity, default=Severity.UNKNOWN)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    refuted_at = models.DateTimeField(null=True, blank=True)
    refuted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    refute_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["substance", "id"]
        verbose_name_plural = "allergies"
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "substance"], condition=Q(refuted_at__isnull=True), name="allergy_once"
            ),
            models.CheckConstraint(name="allergy_not_blank", condition=~Q(substance="")),
            models.CheckConstraint(
                name="allergy_refuted_says_why", condition=Q(refuted_at__isnull=True) | ~Q(refute_reason="")
            ),
        ]


class MedicationStatement(models.Model):
    """A medicine that the person takes or took, as she or a doctor said; it is not a prescription."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="medications")
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    dose = models.CharField(max_length=60, blank=True)  # in words: 5 mg, 半片
    frequency = models.CharField(max_length=60, blank=True)  # in words: 每日一次
    is_long_term = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stop_reason = models.CharField(max_length=200, blank=True)
    sensitivity = sensitivity()  # of its name

    class Meta:
        ordering = ["-is_long_term", "-starts_on", "id"]
        indexes = [marked_of("medication")]
        constraints = [
            models.CheckConstraint(
                name="medication_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="medication_not_blank", condition=~Q(name="")),
            models.CheckConstraint(
                name="medication_stopped_says_why",
                condition=Q(stopped_at__isnull=True) | (~Q(stop_reason="") & Q(ends_before__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["resident", "name"],
                condition=Q(is_long_term=True, stopped_at__isnull=True),
                name="medication_long_term_once",
            ),
        ]
