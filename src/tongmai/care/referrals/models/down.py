"""What comes down with a resident: the plan, its medicines and items, and the follow-ups it asks for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongmai.care.referrals.models.referral import Referral
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class DownPlan(models.Model):
    """The plan of the upper hospital for those who go on below.  One per down-referral."""

    class Group(models.TextChoices):
        """Who may come down (国卫办医政发〔2024〕21号)."""

        ACUTE_RECOVERY = "acute_recovery", _("急性病恢复期")
        POST_OPERATIVE = "post_operative", _("术后恢复期")
        CRITICAL_STABLE = "critical_stable", _("急危重症稳定期")
        REHABILITATION = "rehabilitation", _("疾病康复期")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="plan")
    group = models.CharField(max_length=16, choices=Group)
    discharge_summary = models.TextField()
    red_flags = models.TextField(blank=True)  # when to come back at once
    discharged_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="down_plan_has_summary", condition=~Q(discharge_summary="")),
        ]


class PlanMedicine(models.Model):
    """One medicine to go on with."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(DownPlan, on_delete=models.PROTECT, related_name="medicines")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    dose = models.CharField(max_length=60)
    frequency = models.CharField(max_length=60)
    days = models.PositiveSmallIntegerField(null=True, blank=True)  # null: until the next visit decides
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="plan_medicine_position")]


class PlanItem(models.Model):
    """Something to be done below, by a day and by somebody."""

    class Who(models.TextChoices):
        VILLAGE = "village", _("村医")
        TOWNSHIP = "township", _("乡镇医生")
        COUNTY = "county", _("上级医院")
        SELF = "self", _("本人或家属")

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(DownPlan, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)
    who = models.CharField(max_length=12, choices=Who)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="plan_item_position")]


class FollowUp(models.Model):
    """One follow-up of a resident who came down: due, then done with a result, or no longer needed."""

    class Result(models.TextChoices):
        BETTER = "better", _("好转")
        STABLE = "stable", _("稳定")
        WORSE = "worse", _("加重")
        NOT_REACHED = "not_reached", _("未访到")
        DIED = "died", _("死亡")

    class Way(models.TextChoices):
        HOME = "home", _("上门")
        CLINIC = "clinic", _("门诊")
        PHONE = "phone", _("电话")
        VIDEO = "video", _("视频")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="follow_ups")
    number = models.PositiveSmallIntegerField()  # 1, 2, … along the referral
    due_on = models.DateField()
    task = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)  # no longer needed: the resident died, the matter closed
    dropped_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way, blank=True)
    result = models.CharField(max_length=12, choices=Result, blank=True)
    note = models.CharField(max_length=500, blank=True)
    systolic_mmhg = models.PositiveSmallIntegerField(null=True, blank=True)
    diastolic_mmhg = models.PositiveSmallIntegerField(null=True, blank=True)
    pulse_per_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    temperature_c = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    glucose_mmol = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    takes_medicines = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["due_on"], name="follow_up_due", condition=Q(done_at__isnull=True, dropped_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["referral", "number"], name="follow_up_number_once"),
            models.CheckConstraint(
                name="follow_up_done_has_result",
                condition=Q(done_at__isnull=True, done_by__isnull=True, result="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
            ),
            models.CheckConstraint(
                name="follow_up_done_or_dropped", condition=Q(done_at__isnull=True) | Q(dropped_at__isnull=True)
            ),
            models.CheckConstraint(
                name="follow_up_dropped_pair",
                condition=Q(dropped_at__isnull=True, dropped_by__isnull=True)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False),
            ),
        ]
