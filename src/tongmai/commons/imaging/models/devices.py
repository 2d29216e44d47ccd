"""The machines that send images, and what they tell besides."""

from django.db import models
from django.db.models import Q

from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Device(models.Model):
    """A machine that may talk DICOM to us.  It is known by its AE title and, where entered, by where it sends from."""

    class Charset(models.TextChoices):
        """In which characters its worklist is written (DICOM PS3.3 C.12.1.1.2)."""

        GB18030 = "GB18030", "GB18030"
        UTF_8 = "ISO_IR 192", "UTF-8"

    class Assumed(models.TextChoices):
        """What texts of its images are read as that are not what the image says of itself; blank: such an image waits."""

        NONE = "", "不推断"
        GB18030 = "GB18030", "GB18030（含 GBK）"
        UTF_8 = "ISO_IR 192", "UTF-8"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ae_title = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80)  # what people call it
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # where it stands
    modalities = models.CharField(max_length=60)  # DICOM's words with blanks between, e.g. "DX CR"
    host = models.CharField(max_length=43, blank=True)  # an address or a network; blank: not asked for
    port = models.PositiveIntegerField(null=True, blank=True)  # where it listens, for answers on an own association
    certificate = models.CharField(max_length=64, blank=True)  # SHA-256 of its TLS certificate; blank: not asked for
    charset = models.CharField(max_length=12, choices=Charset, default=Charset.GB18030)
    assumed_charset = models.CharField(max_length=12, choices=Assumed, default=Assumed.NONE, blank=True)
    is_active = models.BooleanField(default=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["ae_title"]
        constraints = [
            models.CheckConstraint(name="device_is_named", condition=~Q(ae_title="") & ~Q(name="")),
            models.CheckConstraint(name="device_has_modality", condition=~Q(modalities="")),
            models.CheckConstraint(name="device_port", condition=Q(port=None) | Q(port__gt=0, port__lt=65536)),
        ]

    def __str__(self) -> str:
        return self.name


class Commitment(models.Model):
    """A device asked whether its images are kept (storage commitment).  `asked` is the request as it came."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="commitments")
    transaction_uid = models.CharField(max_length=64)
    asked = models.BinaryField()  # the action information, Explicit VR Little Endian
    n_asked = models.PositiveIntegerField()
    n_failed = models.PositiveIntegerField(null=True, blank=True)  # null until it was answered
    n_tries = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)  # null: answered, or given up

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [models.UniqueConstraint(fields=["device", "transaction_uid"], name="commitment_once")]
        indexes = [models.Index(fields=["next_try_at"], name="commitment_due", condition=Q(next_try_at__isnull=False))]


class PerformedStep(models.Model):
    """What a device says of an examination while it performs it (MPPS)."""

    class State(models.TextChoices):
        IN_PROGRESS = "in_progress", "进行中"
        COMPLETED = "completed", "已完成"
        DISCONTINUED = "discontinued", "已中止"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sop_uid = models.CharField(max_length=64, unique=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="performed_steps")
    order_number = models.CharField(max_length=16, blank=True, db_index=True)
    study_uid = models.CharField(max_length=64, blank=True)
    modality = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.IN_PROGRESS)
    n_instances = models.PositiveIntegerField(default=0)  # that the device says it made
    reason = models.CharField(max_length=120, blank=True)  # why it was discontinued, in the device's words
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-received_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="performedstep_state", condition=Q(state__in=["in_progress", "completed", "discontinued"])
            )
        ]
