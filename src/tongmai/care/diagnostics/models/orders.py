"""The order, what was asked before it, and its history."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.care.diagnostics.rules import Answer, RejectReason
from tongmai.care.diagnostics.states import REASONED, Priority, State, Step
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Resident
from tongmai.commons.results.choices import Category
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Department, Org, Staff, User
from tongmai.kernel.ids import new_id


def _who() -> models.ForeignKey:
    return models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class Order(models.Model):
    """One examination of one resident, from the order to the report.

    `number` is the accession number; `study_uid` names the study that a device will make of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=16, unique=True)
    study_uid = models.CharField(max_length=64, unique=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="examinations")
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=[(s, s) for s in State], default=State.ORDERED)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    item_code = models.CharField(max_length=32)  # catalog.ExaminationItem, as it was on the day of the order
    item_name = models.CharField(max_length=60)
    category = models.CharField(max_length=12, choices=[(c, c) for c in Category])
    modality = models.CharField(max_length=8, blank=True)
    body_part = models.CharField(max_length=40, blank=True)
    charge_code = models.CharField(max_length=32, blank=True)
    priority = models.CharField(max_length=10, choices=[(p, p) for p in Priority], default=Priority.ROUTINE)
    clinical_question = models.CharField(max_length=500)
    diagnosis_name = models.CharField(max_length=200, blank=True)
    safety_note = models.CharField(max_length=300, blank=True)

    orderer = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    orderer_department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    orderer_staff = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # where it is performed
    centre = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # where it is reported

    scheduled_at = models.DateTimeField(null=True, blank=True)
    scheduled_by = _who()
    requested_at = models.DateTimeField()
    requested_by = _who()
    performed_at = models.DateTimeField(null=True, blank=True)
    performed_by = _who()
    sent_at = models.DateTimeField(null=True, blank=True)  # complete with the centre: its clock runs from here
    sent_by = _who()
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = _who()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = _who()
    published_at = models.DateTimeField(null=True, blank=True)  # for the first time
    published_by = _who()
    seen_at = models.DateTimeField(null=True, blank=True)  # by a doctor of the ordering organisation
    seen_by = _who()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = _who()

    reader = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verifier = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    n_rejections = models.PositiveSmallIntegerField(default=0)
    n_versions = models.PositiveSmallIntegerField(default=0)  # of the published report
    report_id = models.UUIDField(null=True, blank=True)  # commons.results.Report
    late_images_at = models.DateTimeField(null=True, blank=True)  # came after the report, and nobody has looked yet
    request_id = models.UUIDField(null=True, blank=True)  # commons.results.Request

    # The clock of the phase that runs: when it began, its limit, when the director is told.
    clock_started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    escalates_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "id"]
        indexes = [
            models.Index(fields=["centre", "state", "due_at"], name="dxorder_centre"),
            models.Index(fields=["site", "state", "due_at"], name="dxorder_site"),
            models.Index(fields=["orderer", "-requested_at"], name="dxorder_orderer"),
            models.Index(fields=["site", "-requested_at"], name="dxorder_site_latest"),
            models.Index(fields=["centre", "-requested_at"], name="dxorder_centre_latest"),
            models.Index(fields=["resident", "-requested_at"], name="dxorder_resident"),
            models.Index(fields=["reader"], name="dxorder_reader", condition=Q(state__in=["claimed", "preliminary"])),
            models.Index(
                fields=["orderer", "published_at"],
                name="dxorder_unseen",
                condition=Q(state="published", seen_at__isnull=True),
            ),
            models.Index(
                fields=["escalates_at"],
                name="dxorder_to_escalate",
                condition=Q(escalated_at__isnull=True, escalates_at__isnull=False),
            ),
            models.Index(fields=["centre", "published_at"], name="dxorder_centre_published"),
            models.Index(
                fields=["centre", "late_images_at"],
                name="dxorder_late_images",
                condition=Q(late_images_at__isnull=False),
            ),
        ]
        constraints = [
            # The same examination ordered again while the first one is open: a double click, or two doctors.
            models.UniqueConstraint(
                fields=["resident", "item_code"],
                condition=Q(published_at__isnull=True, cancelled_at__isnull=True),
                name="dxorder_one_open_per_item",
            ),
            models.CheckConstraint(name="dxorder_state", condition=Q(state__in=list(State))),
            models.CheckConstraint(name="dxorder_priority", condition=Q(priority__in=list(Priority))),
            models.CheckConstraint(name="dxorder_category", condition=Q(category__in=list(Category))),
            models.CheckConstraint(name="dxorder_has_question", condition=~Q(clinical_question="")),
            models.CheckConstraint(
                name="dxorder_claimed_has_reader", condition=~Q(state="claimed") | Q(reader__isnull=False)
            ),
            models.CheckConstraint(name="dxorder_free_has_none", condition=~Q(state="sent") | Q(reader__isnull=True)),
            models.CheckConstraint(
                name="dxorder_preliminary_has_author", condition=~Q(state="preliminary") | Q(author__isnull=False)
            ),
            # Two people, whoever asks and however fast.
            models.CheckConstraint(
                name="dxorder_verified_by_another",
                condition=Q(verifier__isnull=True) | Q(author__isnull=False) & ~Q(verifier=F("author")),
            ),
            models.CheckConstraint(
                name="dxorder_published_has_report",
                condition=~Q(state="published") | Q(published_at__isnull=False, report_id__isnull=False),
            ),
            models.CheckConstraint(
                name="dxorder_at_centre_is_sent",
                condition=~Q(state__in=["sent", "claimed", "preliminary", "published"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dxorder_cancelled_pair",
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SafetyAnswer(AppendOnly):
    """What was answered to a question that the examination asks: pregnancy, metal, contrast medium, allergies."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="answers")
    check_code = models.CharField(max_length=16)  # catalog.CHECKS
    answer = models.CharField(max_length=8, choices=[(a, a) for a in Answer])

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "check_code"], name="dxanswer_once")]


class Transition(AppendOnly):
    """One decision about one order.  Inserted, never changed."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=16)  # a Step, or "order"
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = _who()
    by_name = models.CharField(max_length=60)
    by_role = models.CharField(max_length=32)
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="dxtransition_has_reason",
                condition=~Q(step__in=[*(str(step) for step in REASONED), str(Step.REJECT)]) | ~Q(reason=""),
            ),
        ]


class Rejection(AppendOnly):
    """One coded reason for which the quality check sent an examination back."""

    class Reason(models.TextChoices):
        NO_QUESTION = RejectReason.NO_QUESTION, _("临床问题不清")
        WRONG_PERSON = RejectReason.WRONG_PERSON, _("患者信息不符")
        WRONG_PART = RejectReason.WRONG_PART, _("检查部位不符")
        NO_DATA = RejectReason.NO_DATA, _("没有收到图像或数据")
        POSITIONING = RejectReason.POSITIONING, _("体位不正")
        MOTION = RejectReason.MOTION, _("运动伪影")
        EXPOSURE = RejectReason.EXPOSURE, _("曝光不当")
        ARTEFACT = RejectReason.ARTEFACT, _("异物或其他伪影")
        INCOMPLETE = RejectReason.INCOMPLETE, _("序列或范围不全")
        LEADS = RejectReason.LEADS, _("导联接错或干扰")
        SPECIMEN = RejectReason.SPECIMEN, _("标本不合格")
        OTHER = RejectReason.OTHER, _("其他（请说明）")

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="rejections")
    attempt = models.PositiveSmallIntegerField()  # 1 for the first time
    reason = models.CharField(max_length=16, choices=Reason)
    rejected_at = models.DateTimeField()
    rejected_by = _who()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "attempt", "reason"], name="dxrejection_once"),
            models.CheckConstraint(name="dxrejection_reason", condition=Q(reason__in=list(RejectReason))),
        ]
