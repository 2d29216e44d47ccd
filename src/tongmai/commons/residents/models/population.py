"""Groups, insurance and the doctor: what holds for a person from a day until a day."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents.models.person import Resident
from tongmai.foundation.orgs.models import Org, Staff, User
from tongmai.kernel.ids import new_id


def _span_is_forward(name: str) -> models.CheckConstraint:
    """A span may be empty: what was entered by mistake ends on the day it began."""
    return models.CheckConstraint(name=name, condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on")))


class Coverage(models.Model):
    """Under which scheme and in which area the person is insured."""

    class Scheme(models.TextChoices):
        EMPLOYEE = "employee", _("职工医保")
        RESIDENT = "resident", _("城乡居民医保")
        OTHER = "other", _("其他保障")
        NONE = "none", _("未参保")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="coverages")
    scheme = models.CharField(max_length=12, choices=Scheme)
    area_code = models.CharField(max_length=6, blank=True)  # where the fund is
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on", "-added_at"]
        constraints = [
            _span_is_forward("coverage_span"),
            models.UniqueConstraint(
                fields=["resident"], condition=Q(ends_before__isnull=True), name="coverage_one_open"
            ),
            models.CheckConstraint(
                name="coverage_has_area", condition=Q(scheme__in=["none", "other"]) | ~Q(area_code="")
            ),
        ]


class Tag(models.Model):
    """A group that somebody put the person into.  Groups by age (elderly, child 0–6) are derived, never stored."""

    class Kind(models.TextChoices):
        PREGNANT = "pregnant", _("孕产妇")
        DISABLED = "disabled", _("残疾人")
        POOR_HOUSEHOLD = "poor_household", _("低收入人口")
        SPECIAL_FAMILY = "special_family", _("计划生育特殊家庭")
        HYPERTENSION = "hypertension", _("高血压")
        DIABETES = "diabetes", _("糖尿病")
        COPD = "copd", _("慢阻肺")
        CORONARY = "coronary", _("冠心病")
        STROKE = "stroke", _("脑卒中")
        SEVERE_MENTAL = "severe_mental", _("严重精神障碍")
        TUBERCULOSIS = "tuberculosis", _("肺结核")
        TUMOUR = "tumour", _("肿瘤")

    class Source(models.TextChoices):
        DOCTOR = "doctor", _("医生登记")
        SCREENING = "screening", _("筛查")
        IMPORT = "import", _("外部名册")
        HOUSEHOLD = "household", _("本人或家属申报")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="tags")
    kind = models.CharField(max_length=16, choices=Kind)
    source = models.CharField(max_length=12, choices=Source)
    note = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "-starts_on"]
        constraints = [
            _span_is_forward("tag_span"),
            models.UniqueConstraint(fields=["resident", "kind"], condition=Q(ended_at__isnull=True), name="tag_once"),
            models.CheckConstraint(
                name="tag_ended_says_why", condition=Q(ended_at__isnull=True) | (~Q(end_reason="") & Q(ends_before__isnull=False))
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["kind", "resident"], name="tag_by_kind")]


class CareRelation(models.Model):
    """Who looks after the person.  Written from the events of the app that knows (config/subscriptions.py)."""

    class Kind(models.TextChoices):
        FAMILY_DOCTOR = "family_doctor", _("家庭医生")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="care_relations")
    kind = models.CharField(max_length=16, choices=Kind)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team_id = models.UUIDField(null=True, blank=True, db_index=True)  # a value of the app that knows teams
    team_name = models.CharField(max_length=60, blank=True)
    source_id = models.UUIDField(unique=True)  # the contract from which it follows: heard twice, written once
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [_span_is_forward("carerelation_span")]
        indexes = [models.Index(fields=["resident", "kind", "starts_on"], name="carerelation_of")]
