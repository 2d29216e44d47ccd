"""What was written down, in versions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.encounters.models.encounter import Encounter
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class Note(models.Model):
    """A text of the record.  The words are in its versions; `version` is the number of the current one."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("门诊病历")
        PROGRESS = "progress", _("病程记录")
        DISCHARGE = "discharge", _("出院小结")
        HOME_VISIT = "home_visit", _("随访记录")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["encounter"], condition=Q(kind="discharge"), name="note_one_discharge")
        ]


class NoteVersion(AppendOnly):
    """The words of a note as they were written at one instant; every version but the first says why."""

    id = models.BigAutoField(primary_key=True)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=20_000)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)
    by_org_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="noteversion_once"),
            models.CheckConstraint(name="noteversion_not_blank", condition=~Q(text="")),
            models.CheckConstraint(name="noteversion_says_why", condition=Q(number=1) | ~Q(reason="")),
        ]
