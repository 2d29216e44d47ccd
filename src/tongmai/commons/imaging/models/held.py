"""What came and is not an instance of any study."""

from django.db import models
from django.db.models import Q

from tongmai.commons.imaging.models.devices import Device
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Held(models.Model):
    """One file in quarantine: its bytes stand in the archive's own folder for that, under this id."""

    class Reason(models.TextChoices):
        NOT_DICOM = "not-dicom", "不是 DICOM 文件"
        UNREADABLE = "unreadable", "文件头读不出来"
        CUT_OFF = "cut-off", "文件不完整"
        NO_NUMBER = "no-number", "缺少唯一号（UID）"
        OTHER_CONTENT = "other-content", "同一编号、内容不同"
        OTHER_STUDY = "other-study", "序列属于另一检查"
        OTHER_PERSON = "other-person", "同一检查里的另一个人"
        TOO_BIG = "too-big", "文件太大"
        NOT_TAKEN = "not-taken", "影像归档系统不接收，或改动了文件"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reason = models.CharField(max_length=16, choices=Reason)
    detail = models.CharField(max_length=300, blank=True)  # for the engineer: where it broke off; nothing of a person
    sop_uid = models.CharField(max_length=64, blank=True)
    study_uid = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)
    n_bytes = models.PositiveBigIntegerField()
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.PROTECT, related_name="held")
    org = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, default="dimse")  # dimse, web, page
    n_times = models.PositiveIntegerField(default=1)  # how often the same bytes came
    held_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_reason = models.CharField(max_length=300, blank=True)
    is_taken = models.BooleanField(default=False)  # settled because it could be stored after all

    class Meta:
        ordering = ["-held_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["sha256", "reason"], name="held_once"),
            models.CheckConstraint(
                name="held_taken_is_settled", condition=Q(is_taken=False) | Q(settled_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["org", "held_at"], name="held_open", condition=Q(settled_at=None))]
