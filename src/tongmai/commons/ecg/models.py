"""The tables of electrocardiograms.  The file stays as it came; what was measured is inserted once, with it."""

from django.db import models
from django.db.models import Q

from tongmai.commons.ecg.choices import Standing
from tongmai.commons.ecg.rules import PatternCode
from tongmai.commons.ecg.tracing import Format, Value
from tongmai.commons.residents.models import Resident
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Recording(models.Model):
    """One file of a device.  `proposed` is who it was said to be of, `resident` who it is of: null until that is sure."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="ecg_recordings"
    )
    proposed = models.ForeignKey(Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    standing = models.CharField(max_length=10, choices=[(s, s) for s in Standing])
    doubts = models.CharField(max_length=60, blank=True)  # codes with blanks between
    order_number = models.CharField(max_length=16, blank=True, db_index=True)  # blank: nobody ordered it
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # where it was taken
    received_from = models.CharField(max_length=64)  # upload, or the device's title
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What the file says.
    format = models.CharField(max_length=8, choices=[(f, f) for f in Format])
    content = models.BinaryField()
    n_bytes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of content
    recorded_at = models.DateTimeField(null=True, blank=True)  # by the device's clock, taken to be ours
    device = models.CharField(max_length=200, blank=True)
    said_name = models.CharField(max_length=120, blank=True)
    said_number = models.CharField(max_length=64, blank=True)
    said_sex = models.CharField(max_length=8, blank=True)
    said_born_on = models.DateField(null=True, blank=True)
    said_order = models.CharField(max_length=64, blank=True)
    leads = models.CharField(max_length=120)  # with blanks between
    rate_hz = models.DecimalField(max_digits=8, decimal_places=2)
    n_samples = models.PositiveIntegerField()  # of one lead
    high_pass_hz = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    low_pass_hz = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    notch_hz = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    late_ms = models.PositiveSmallIntegerField(default=80)  # after J: where the later level of ST was taken
    rr_variation = models.DecimalField(max_digits=5, decimal_places=3, null=True, blank=True)  # share of the mean
    # Who decided about a recording that was held, or took one back.
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-received_at", "id"]
        constraints = [
            models.CheckConstraint(name="recording_format", condition=Q(format__in=list(Format))),
            models.CheckConstraint(name="recording_standing", condition=Q(standing__in=list(Standing))),
            models.CheckConstraint(
                name="recording_linked_has_person",
                condition=Q(standing=Standing.LINKED, resident__isnull=False)
                | (~Q(standing=Standing.LINKED) & Q(resident__isnull=True)),
            ),
            models.CheckConstraint(name="recording_has_samples", condition=Q(n_samples__gt=0, rate_hz__gt=0)),
        ]
        indexes = [
            models.Index(fields=["resident", "-received_at"], name="recording_of_resident"),
            models.Index(fields=["org", "-received_at"], name="recording_held", condition=~Q(standing=Standing.LINKED)),
        ]


class Measurement(AppendOnly):
    """One value: of the device, as its file says, or of this computer.  Milliseconds, degrees, beats a minute."""

    class Source(models.TextChoices):
        DEVICE = "device"
        COMPUTER = "computer"

    id = models.BigAutoField(primary_key=True)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="measurements")
    source = models.CharField(max_length=8, choices=Source.choices)
    code = models.CharField(max_length=8, choices=[(v, v) for v in Value])
    number = models.DecimalField(max_digits=7, decimal_places=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "source", "code"], name="ecg_measurement_once"),
            models.CheckConstraint(name="ecg_measurement_code", condition=Q(code__in=list(Value))),
            models.CheckConstraint(name="ecg_measurement_source", condition=Q(source__in=["device", "computer"])),
        ]


class Level(AppendOnly):
    """ST of one lead in µV: at the end of QRS, and `Recording.late_ms` after it."""

    id = models.BigAutoField(primary_key=True)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="levels")
    lead = models.CharField(max_length=4)
    j_uv = models.IntegerField()
    late_uv = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "lead"], name="ecg_level_once")]


class Statement(AppendOnly):
    """What the device says of the recording, in its own words."""

    id = models.BigAutoField(primary_key=True)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="statements")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=400)

    class Meta:
        ordering = ["recording", "position"]
        constraints = [models.UniqueConstraint(fields=["recording", "position"], name="ecg_statement_once")]


class Pattern(models.Model):
    """What was found beyond the limits of the person; `detail` are the leads, or the number.  Found anew for another person."""

    id = models.BigAutoField(primary_key=True)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="patterns")
    code = models.CharField(max_length=20, choices=[(c, c) for c in PatternCode])
    detail = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "code"], name="ecg_pattern_once"),
            models.CheckConstraint(name="ecg_pattern_code", condition=Q(code__in=list(PatternCode))),
        ]
