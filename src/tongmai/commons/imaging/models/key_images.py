"""Frames that somebody picked out of a study, for the report and for whoever reads it later."""

from django.db import models
from django.db.models import Q

from tongmai.commons.imaging.models.studies import Instance, Study
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class KeyImage(models.Model):
    """A frame that matters.  `center`, `width`: the window in which it was looked at; null: the file's own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="key_images")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="key_images")
    frame = models.PositiveIntegerField(default=1)  # from 1
    center = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    width = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program
    marked_name = models.CharField(max_length=60, blank=True)
    unmarked_at = models.DateTimeField(null=True, blank=True)
    unmarked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["study", "marked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "frame"], condition=Q(unmarked_at=None), name="keyimage_once"
            ),
            models.CheckConstraint(name="keyimage_frame", condition=Q(frame__gte=1)),
            models.CheckConstraint(
                name="keyimage_window",
                condition=Q(center=None, width=None) | Q(center__isnull=False, width__gt=0),
            ),
        ]  # fmt: skip
