"""Records that were opened in an emergency, and what those who answer for it said afterwards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents.models.person import Resident
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class EmergencyAccess(models.Model):
    """Somebody without another reason opened a record, said why, and may look until `until`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="emergency_accesses")
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_post_id = models.UUIDField(null=True)
    opened_org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [models.CheckConstraint(name="emergency_says_why", condition=~Q(reason=""))]
        indexes = [models.Index(fields=["resident", "opened_by", "until"], name="emergency_of")]


class EmergencyReview(models.Model):
    """One side's judgement of an emergency access; each side gives one."""

    class Side(models.TextChoices):
        FAMILY_DOCTOR = "family_doctor", _("家庭医生")
        MANAGER = "manager", _("机构管理者")
        AUDIT = "audit", _("审计管理员")

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", _("确有必要")
        QUESTIONED = "questioned", _("需要说明")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    access = models.ForeignKey(EmergencyAccess, on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField(max_length=16, choices=Side)
    verdict = models.CharField(max_length=12, choices=Verdict)
    note = models.CharField(max_length=200, blank=True)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["access", "side"], name="emergency_review_once"),
            models.CheckConstraint(
                name="emergency_question_says_what", condition=~Q(verdict="questioned") | ~Q(note="")
            ),
        ]
