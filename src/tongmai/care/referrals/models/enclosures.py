"""What goes with a referral, and where it began."""

from django.db import models
from django.db.models import Q

from tongmai.care.referrals.models.referral import Referral
from tongmai.commons.ecg.models import Recording
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class Enclosure(models.Model):
    """An electrocardiogram that its writer put to a referral: who receives it opens the paper from there.

    As long as the referral is a draft it may be taken off, and put back; the trail says each time who did.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="enclosures")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="+")
    enclosed_at = models.DateTimeField()
    enclosed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program

    taken_off_at = models.DateTimeField(null=True, blank=True)  # null: it goes with the referral
    taken_off_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["enclosed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "recording"], name="referral_enclosed_once"),
            models.CheckConstraint(
                name="referral_enclosure_off_pair",
                condition=Q(taken_off_at__isnull=False) | Q(taken_off_by__isnull=True),
            ),
        ]


class Occasion(AppendOnly):
    """The critical value from whose page a referral was begun: that page shows what became of it."""

    referral = models.OneToOneField(Referral, primary_key=True, on_delete=models.PROTECT, related_name="occasion")
    critical_value_id = models.UUIDField(db_index=True)  # another app's: no foreign key
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program
