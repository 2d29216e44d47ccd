"""What is being written, what was published, and the critical findings that were marked."""

from django.db import models
from django.db.models import Q

from tongmai.care.diagnostics.models.orders import Order
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class Draft(models.Model):
    """The report while it is written; saved again and again, and gone into a version when it is published."""

    order = models.OneToOneField(Order, primary_key=True, on_delete=models.PROTECT, related_name="draft")
    conclusion = models.TextField(blank=True)
    is_abnormal = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)


class DraftLine(models.Model):
    """One structure that was looked at, and what was seen."""

    id = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["draft", "position"], name="dxdraftline_once")]


class ReportVersion(AppendOnly):
    """One published version as it was signed: the trace of amendments, and what is printed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    findings = models.TextField()  # `名称：所见`, one in each row
    conclusion = models.TextField()
    is_abnormal = models.BooleanField(default=False)
    author_name = models.CharField(max_length=60)
    verifier_name = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # of an amendment
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="dxversion_once"),
            models.CheckConstraint(name="dxversion_has_conclusion", condition=~Q(conclusion="")),
            models.CheckConstraint(name="dxversion_amended_has_reason", condition=Q(number=1) | ~Q(reason="")),
        ]


class FindingMark(AppendOnly):
    """A reader marked a critical finding: told at once, whether or not the report is finished."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="marks")
    code = models.CharField(max_length=40)  # CriticalFinding
    name = models.CharField(max_length=80)
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["marked_at", "id"]
        constraints = [models.UniqueConstraint(fields=["order", "code"], name="dxmark_once")]
