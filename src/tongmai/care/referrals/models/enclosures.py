"""What goes with a referral."""

from django.db import models

from tongmai.care.referrals.models.referral import Referral
from tongmai.commons.ecg.models import Recording
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class Enclosure(AppendOnly):
    """An electrocardiogram that its writer put to a referral: who receives it opens the paper from there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="enclosures")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="+")
    enclosed_at = models.DateTimeField()
    enclosed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program

    class Meta:
        ordering = ["enclosed_at", "id"]
        constraints = [models.UniqueConstraint(fields=["referral", "recording"], name="referral_enclosed_once")]
