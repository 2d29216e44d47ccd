"""The referral disease catalogue (转诊病种目录) of an alliance: what a level keeps, what goes up, what comes down."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.orgs.models import Alliance, User
from tongmai.kernel.ids import new_id


class CatalogueEntry(models.Model):
    """One line: at this level, a diagnosis that begins so is kept, goes up, or may come down, under conditions."""

    class Level(models.TextChoices):
        VILLAGE = "village", _("村级")
        TOWNSHIP = "township", _("乡镇级")
        COUNTY = "county", _("县级")

    class Guidance(models.TextChoices):
        KEEP = "keep", _("本级诊治")
        UP = "up", _("上转")
        DOWN = "down", _("下转")

    class Status(models.TextChoices):
        STATED = "stated", _("文件载明")
        INFERRED = "inferred", _("据文件推定")
        LOCAL_DEFAULT = "local-default", _("系统初始值，待牵头医院确认")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="referral_catalogue")
    level = models.CharField(max_length=12, choices=Level)
    icd10_prefix = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    guidance = models.CharField(max_length=8, choices=Guidance)
    conditions = models.CharField(max_length=500)
    source = models.CharField(max_length=300)
    status = models.CharField(max_length=16, choices=Status, default=Status.LOCAL_DEFAULT)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: starter entries
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["icd10_prefix", "level", "guidance"]
        indexes = [models.Index(fields=["alliance", "icd10_prefix"], name="catalogue_prefix")]
        constraints = [
            # A line that was taken back on the day it began has an empty span: it never counted.
            models.CheckConstraint(
                name="catalogue_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on"))
            ),
            models.UniqueConstraint(
                fields=["alliance", "level", "icd10_prefix", "guidance"],
                condition=Q(ends_before__isnull=True),
                name="catalogue_line_once",
            ),
            models.CheckConstraint(name="catalogue_has_conditions", condition=~Q(conditions="") & ~Q(source="")),
        ]
