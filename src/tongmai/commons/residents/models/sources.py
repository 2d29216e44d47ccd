"""The registrations of a person in other systems, and how it was decided whose they are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents.models.person import Resident
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Zone(models.TextChoices):
    """What the index made of a registration when it came."""

    LINKED = "linked", _("自动关联")
    REVIEW = "review", _("待核对")
    NEW = "new", _("新建")


class SourceRegistration(models.Model):
    """A person as another system has her, under that system's own number.  Always linked to one resident.

    The fields are as received; `raw` is all of it, evidence.  One that is `review` has an entry of its own until a
    person has decided, so that nothing that arrives under it has to wait.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=60)  # the system
    local_number = models.CharField(max_length=64)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="registrations")
    org = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # whose system
    name = models.CharField(max_length=60, blank=True)
    sex = models.CharField(max_length=12, blank=True)
    born_on = models.DateField(null=True, blank=True)
    id_number = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    village_code = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=200, blank=True)
    insurance_number = models.CharField(max_length=40, blank=True)
    is_unnamed = models.BooleanField(default=False)
    raw = models.JSONField(default=dict)  # evidence
    digest = models.CharField(max_length=64)  # of the fields: said again, nothing is done again
    zone = models.CharField(max_length=8, choices=Zone)
    received_at = models.DateTimeField()  # the first time
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()  # the last time that its content changed
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "local_number"], name="registration_once"),
            models.CheckConstraint(name="registration_is_named", condition=~Q(source="") & ~Q(local_number="")),
            models.CheckConstraint(name="registration_zone", condition=Q(zone__in=Zone.values)),
        ]
        indexes = [models.Index(fields=["resident", "received_at"], name="registration_of")]


class ReceivedVersion(AppendOnly):
    """What a source system said before it said something else."""

    id = models.BigAutoField(primary_key=True)
    registration = models.ForeignKey(SourceRegistration, on_delete=models.PROTECT, related_name="versions")
    raw = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()  # until then it held

    class Meta:
        ordering = ["id"]


class LinkDecision(AppendOnly):
    """Whose a registration is: decided by the index or by a person, with the arithmetic."""

    id = models.BigAutoField(primary_key=True)
    registration = models.ForeignKey(SourceRegistration, on_delete=models.PROTECT, related_name="decisions")
    to_resident_id = models.UUIDField()  # a value: the row outlives a merge
    zone = models.CharField(max_length=8, choices=Zone)
    weight = models.DecimalField(max_digits=7, decimal_places=2, null=True)  # log2 of the odds; null: nobody like her
    margin = models.DecimalField(max_digits=7, decimal_places=2, null=True)  # over the next best
    parts = models.JSONField(default=list)  # the arithmetic, field by field: evidence
    why = models.CharField(max_length=24, blank=True)  # what kept it from being linked: a key of words.VETOES
    model_version = models.CharField(max_length=16)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="decision_zone", condition=Q(zone__in=Zone.values))]


class IndexEntry(models.Model):
    """What a person is compared by, in the normal form of `matching.facts`.  Derived; `services.indexing` writes it.

    One for her own entry, one more for each registration that says something else.
    """

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="index_entries")
    digest = models.CharField(max_length=32)
    name = models.CharField(max_length=60, blank=True)
    pinyin = models.CharField(max_length=80, blank=True)
    surname = models.CharField(max_length=20, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    born = models.CharField(max_length=8, blank=True)
    swapped = models.CharField(max_length=8, blank=True)
    lunar = models.CharField(max_length=8, blank=True)
    number = models.CharField(max_length=40, blank=True)
    is_number_valid = models.BooleanField(default=False)
    phone = models.CharField(max_length=40, blank=True)
    insurance = models.CharField(max_length=40, blank=True)
    village = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "index entries"
        constraints = [models.UniqueConstraint(fields=["resident", "digest"], name="indexentry_once")]


class IndexKey(models.Model):
    """One key under which an entry is looked up.  A number that says nothing: eight bytes of the key's digest."""

    id = models.BigAutoField(primary_key=True)
    key = models.BigIntegerField()
    # As with the search keys: proved by `tongmai check`, not asked for each of half a dozen rows.
    entry = models.ForeignKey(IndexEntry, on_delete=models.PROTECT, related_name="keys", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "entry"], name="indexkey_once")]


class IndexTurn(models.Model):
    """A row that is locked while somebody with such keys is being registered, so that two at once make one entry."""

    id = models.PositiveSmallIntegerField(primary_key=True)


class Verdict(models.TextChoices):
    SAME = "same", _("同一人")
    DIFFERENT = "different", _("不是同一人")


class IdentityReview(models.Model):
    """Two entries that may be one person, for a person to decide."""

    class Kind(models.TextChoices):
        ALIKE = "alike", _("疑似同一人")
        CHANGED = "changed", _("来源信息有重大变化")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ALIKE)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey(SourceRegistration, null=True, on_delete=models.PROTECT, related_name="reviews")
    county_code = models.CharField(max_length=6, blank=True)  # whose registrars see it
    weight = models.DecimalField(max_digits=7, decimal_places=2)
    parts = models.JSONField(default=list)  # evidence
    why = models.CharField(max_length=24, blank=True)
    model_version = models.CharField(max_length=16)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    postponed_at = models.DateTimeField(null=True, blank=True)
    postponed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)  # why it waits

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(name="review_of_two", condition=~Q(resident=F("other"))),
            models.CheckConstraint(
                name="review_settled_says_why",
                condition=Q(verdict="", settled_at__isnull=True)
                | (Q(verdict__in=Verdict.values, settled_at__isnull=False) & ~Q(reason="")),
            ),
            models.UniqueConstraint(
                fields=["resident", "other"], condition=Q(settled_at__isnull=True), name="review_once_per_pair"
            ),
        ]
        indexes = [models.Index(fields=["county_code", "settled_at", "opened_at"], name="review_open_of_county")]


class Merge(models.Model):
    """Two entries that are one person: what hung on `retired` hangs on `survivor`, until it is undone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    survivor = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    retired = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(IdentityReview, null=True, on_delete=models.PROTECT, related_name="merges")
    reason = models.CharField(max_length=200)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undo_reason = models.CharField(max_length=200, blank=True)
    stood = models.JSONField(null=True)  # evidence: what hung on the survivor then; null: merged before this was kept

    class Meta:
        ordering = ["-merged_at", "id"]
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(survivor=F("retired"))),
            models.CheckConstraint(name="merge_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="merge_undone_says_why",
                condition=Q(undone_at__isnull=True, undo_reason="") | (Q(undone_at__isnull=False) & ~Q(undo_reason="")),
            ),
            models.UniqueConstraint(fields=["retired"], condition=Q(undone_at__isnull=True), name="merge_retires_once"),
        ]


class MergedRow(AppendOnly):
    """One column of one row that a merge changed, and what stood there before: what undoing puts back."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="rows")
    model = models.CharField(max_length=80)  # its label
    row_key = models.CharField(max_length=40)
    column = models.CharField(max_length=40)
    before = models.JSONField(null=True)  # evidence
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
