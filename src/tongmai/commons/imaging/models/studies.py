"""What was taken of a person: study, series, instance."""

from django.db import models
from django.db.models import Q

from tongmai.commons.imaging.models.devices import Device
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.sensitive.columns import marked_of, sensitivity
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Study(models.Model):
    """One study.  It belongs to a record once `resident` is known; until then it waits and `doubts` says why.

    What begins with `said_` is what the images say of the person, decoded; it stays beside what a person decided.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    uid = models.CharField(max_length=64, unique=True)
    resident = models.ForeignKey(Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="studies")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # where it was taken
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.PROTECT, related_name="studies")
    order_number = models.CharField(max_length=16, blank=True, db_index=True)  # known with the resident
    modality = models.CharField(max_length=16, blank=True)  # of its first series
    description = models.CharField(max_length=200, blank=True)
    studied_at = models.DateTimeField(null=True, blank=True)  # as the images say
    said_accession = models.CharField(max_length=64, blank=True)
    said_number = models.CharField(max_length=64, blank=True)  # Patient ID
    said_name = models.CharField(max_length=200, blank=True)  # as people write it: the ideographic part, else the first
    said_sex = models.CharField(max_length=1, blank=True)  # M F O
    said_born_on = models.DateField(null=True, blank=True)
    charset = models.CharField(max_length=80, blank=True)  # Specific Character Set as received
    is_repaired = models.BooleanField(default=False)  # its texts were read as the device's own characters instead
    doubts = models.CharField(max_length=200, blank=True)  # codes with blanks between, while it waits
    sensitivity = sensitivity()  # of its description
    received_at = models.DateTimeField()
    linked_at = models.DateTimeField(null=True, blank=True)
    linked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejected_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-studied_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="study_linked_has_time",
                condition=Q(resident=None, linked_at=None) | Q(resident__isnull=False, linked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="study_rejected_is_nobodys", condition=Q(rejected_at=None) | Q(resident=None)
            ),
            models.CheckConstraint(name="study_waits_for_a_reason", condition=Q(resident__isnull=False) | ~Q(doubts="")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["resident", "-studied_at"], name="study_of_resident"),
            models.Index(
                fields=["org", "received_at"], name="study_waiting", condition=Q(resident=None, rejected_at=None)
            ),
            models.Index(fields=["-studied_at"], name="study_by_day"),
            marked_of("study"),
        ]


class StudyDecision(AppendOnly):
    """What a person (or the order's number) decided on whose a study is.  The last one counts."""

    class What(models.TextChoices):
        LINK = "link", "归入"
        UNLINK = "unlink", "撤回归入"
        REJECT = "reject", "不归档"
        RESTORE = "restore", "恢复待核对"

    id = models.BigAutoField(primary_key=True)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="decisions")
    what = models.CharField(max_length=8, choices=What)
    resident_id = models.UUIDField(null=True)
    order_number = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program
    by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]


class Series(models.Model):
    """One series of a study."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    uid = models.CharField(max_length=64, unique=True)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="series")
    modality = models.CharField(max_length=16, blank=True)
    number = models.IntegerField(null=True, blank=True)
    description = models.CharField(max_length=200, blank=True)
    body_part = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["study", "number", "uid"]


class Instance(AppendOnly):
    """One file.  Its bytes stand in the archive under study, number and hash; they are never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sop_uid = models.CharField(max_length=64, unique=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    sop_class = models.CharField(max_length=64)
    transfer_syntax = models.CharField(max_length=64)
    number = models.IntegerField(null=True, blank=True)
    n_rows = models.PositiveIntegerField(default=0)  # 0: no picture (a report, a waveform)
    n_columns = models.PositiveIntegerField(default=0)
    n_frames = models.PositiveIntegerField(default=1)
    sha256 = models.CharField(max_length=64)  # of the whole file
    n_bytes = models.PositiveBigIntegerField()
    charset = models.CharField(max_length=80, blank=True)  # Specific Character Set as received
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["series", "number", "sop_uid"]
