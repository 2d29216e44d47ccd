"""Imports of registers: the file, every row's fate, and by what a row is recognised the next time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongmai.exchange.states import ImportState, ImportStep
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class Kind(models.TextChoices):
    RESIDENTS = "residents", _("居民花名册")
    STAFF = "staff", _("人员名册")
    CONTRACTS = "contracts", _("签约名单")
    CAPACITY = "capacity", _("号源床位计划")
    PRICES = "prices", _("价格表")
    CODES = "codes", _("编码对照表")
    LIMITS = "limits", _("危急值界值表")


class Fate(models.TextChoices):
    """What becomes of a row; told by the dry run, and again when it is done."""

    UNKNOWN = "unknown", _("待检查")
    NEW = "new", _("新增")
    UPDATED = "updated", _("更新")
    SAME = "same", _("无变化")
    HELD = "held", _("需人工确认")
    REJECTED = "rejected", _("不能导入")


class ImportRun(models.Model):
    """One file from one source system on its way in.

    `done_rows` and `done_line` say how far the phase is that `state` names; `scope` whose list it is: a county's, or one
    organisation's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    source = models.CharField(max_length=60)  # the system it comes from, e.g. 公卫系统
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    head = models.JSONField()  # the head line as it came: evidence
    places = models.JSONField(default=dict)  # our field → index of its column in `head`
    county_code = models.CharField(max_length=6, blank=True)  # of the administrator who imports
    scope = models.CharField(max_length=36, blank=True)  # a county's code or an organisation's id
    state = models.CharField(max_length=10, choices=[(s, s) for s in ImportState], default=ImportState.CHECKING)
    total_rows = models.PositiveIntegerField()
    done_rows = models.PositiveIntegerField(default=0)
    done_line = models.PositiveIntegerField(default=0)  # the line of the last row that was done
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(name="import_state", condition=Q(state__in=list(ImportState))),
            models.CheckConstraint(name="import_done_within_total", condition=Q(done_rows__lte=models.F("total_rows"))),
        ]


class ImportRow(models.Model):
    """One row as it came (`cells`, in the order of the head), and its fate."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()  # in the file, counted from 1
    identity = models.CharField(max_length=80, blank=True)  # of the row in the source system
    number_key = models.CharField(max_length=16, blank=True)  # digest of a resident's number: by what rows meet
    cells = models.JSONField()  # evidence
    fate = models.CharField(max_length=10, choices=Fate, default=Fate.UNKNOWN)
    what = models.CharField(max_length=24, blank=True)  # why it was not taken: a key of wording.ROWS
    facts = models.JSONField(default=dict)  # what its words are filled with: texts of the row, kept as evidence
    target_id = models.UUIDField(null=True, blank=True)  # what it became: a resident, a member of staff
    is_applied = models.BooleanField(default=False)

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["run", "line"], name="importrow_once_per_line"),
            models.CheckConstraint(
                name="importrow_refusal_says_why", condition=~Q(fate__in=["held", "rejected"]) | ~Q(what="")
            ),
        ]
        indexes = [
            models.Index(fields=["run", "fate", "line"], name="importrow_by_fate"),
            models.Index(fields=["run", "identity", "line"], name="importrow_by_identity"),
            models.Index(fields=["run", "number_key"], name="importrow_by_number", condition=~Q(number_key="")),
        ]


class ImportTransition(AppendOnly):
    """One step in the life of an import."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=16, choices=[(s, s) for s in ImportStep])
    to_state = models.CharField(max_length=10, choices=[(s, s) for s in ImportState])
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]


class SourceRow(models.Model):
    """What a row of a source system became here, and its content when it was last taken over."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind)
    scope = models.CharField(max_length=36, blank=True)  # as the run's
    source = models.CharField(max_length=60)
    identity = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)  # of the facts, not of the cells: a moved column changes nothing
    target_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope", "source", "identity"], name="sourcerow_once_per_identity")
        ]


class ColumnChoice(models.Model):
    """Which heading of a source's files means which of our fields, where a person has said so.

    The second column of one heading is called `heading ‹2›`; "" says that the field has no column.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind)
    scope = models.CharField(max_length=36, blank=True)  # as the run's
    source = models.CharField(max_length=60)
    field = models.CharField(max_length=24)
    heading = models.CharField(max_length=120, blank=True)
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "source", "field"], name="columnchoice_once")]
