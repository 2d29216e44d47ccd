"""What was measured."""

from django.db import models
from django.db.models import F, Q

from tongmai.commons.encounters.models.encounter import Encounter
from tongmai.commons.encounters.rules import VITAL_LIMITS
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


def _within(field: str) -> models.CheckConstraint:
    low, high = VITAL_LIMITS[field]
    return models.CheckConstraint(
        name=f"vitals_{field}",
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": low, f"{field}__lte": high}),
    )


class Vitals(models.Model):
    """One set of measurements.  The limits keep out slips of the keyboard; they are not norms of health."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="vitals")
    systolic = models.PositiveSmallIntegerField(null=True, blank=True)  # mmHg
    diastolic = models.PositiveSmallIntegerField(null=True, blank=True)  # mmHg
    pulse = models.PositiveSmallIntegerField(null=True, blank=True)  # per minute
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)  # °C
    respiratory_rate = models.PositiveSmallIntegerField(null=True, blank=True)  # per minute
    spo2 = models.PositiveSmallIntegerField(null=True, blank=True)  # %
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveSmallIntegerField(null=True, blank=True)
    glucose = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)  # mmol/L
    is_fasting = models.BooleanField(null=True, blank=True)  # whether the glucose was taken fasting
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdraw_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-recorded_at", "-id"]
        verbose_name_plural = "vitals"
        constraints = [
            *(_within(field) for field in VITAL_LIMITS),
            models.CheckConstraint(
                name="vitals_pressure_pair",
                condition=Q(systolic__isnull=True, diastolic__isnull=True)
                # Without these two a missing half would make the comparison unknown, and unknown passes.
                | Q(systolic__isnull=False, diastolic__isnull=False, systolic__gt=F("diastolic")),
            ),
            models.CheckConstraint(
                name="vitals_not_empty",
                condition=~Q(**{f"{field}__isnull": True for field in VITAL_LIMITS}),
            ),
            models.CheckConstraint(
                name="vitals_withdrawn_says_why", condition=Q(withdrawn_at__isnull=True) | ~Q(withdraw_reason="")
            ),
        ]
