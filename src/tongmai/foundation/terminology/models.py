"""Local codes and the decisions about them.  A decision stays on the code as its current one, and in a row of its own."""

from django.db import models
from django.db.models import Q

from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.catalog.models import CodeList
from tongmai.foundation.orgs.models import Org, User
from tongmai.foundation.terminology.choices import Relation
from tongmai.kernel.ids import new_id


class LocalCode(models.Model):
    """One code of a member's own system.  `n_seen` is counted in passing: it orders a list, and proves nothing.

    `unified_code` names a code of the set, not a row: editions come and go, the decision stays.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    code_set = models.CharField(max_length=16, choices=CodeList.System)
    system = models.CharField(max_length=60, blank=True)  # the code list as the sender names it; blank: its own
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=200, blank=True)
    plain_name = models.CharField(
        max_length=200, blank=True
    )  # squeezed, for comparing; blank where the name says no more
    search = models.TextField()  # as in catalog.Code
    example = models.CharField(max_length=200, blank=True)  # where it stood: a field of a message, nothing of a person
    n_seen = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    relation = models.CharField(max_length=12, blank=True, choices=[(r, r) for r in Relation])  # blank: not decided
    unified_code = models.CharField(max_length=32, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-n_seen", "id"]
        constraints = [
            models.UniqueConstraint(fields=["org", "code_set", "system", "code"], name="localcode_once"),
            models.CheckConstraint(name="localcode_has_code", condition=~Q(code="")),
            models.CheckConstraint(name="localcode_relation", condition=Q(relation__in=["", *Relation])),
            models.CheckConstraint(
                name="localcode_relation_has_code",
                condition=(Q(relation__in=["", Relation.NONE]) & Q(unified_code=""))
                | (~Q(relation__in=["", Relation.NONE]) & ~Q(unified_code="")),
            ),
            models.CheckConstraint(
                name="localcode_decided_when",
                condition=Q(relation="", decided_at__isnull=True) | (~Q(relation="") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["org", "code"], name="localcode_by_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Decision(AppendOnly):
    """One decision about a local code; a relation of "" takes the one before back."""

    id = models.BigAutoField(primary_key=True)
    local = models.ForeignKey(LocalCode, on_delete=models.PROTECT, related_name="decisions")
    relation = models.CharField(max_length=12, blank=True, choices=[(r, r) for r in Relation])
    unified_code = models.CharField(max_length=32, blank=True)
    unified_name = models.CharField(max_length=200, blank=True)  # as it read then
    local_name = models.CharField(max_length=200, blank=True)  # as it read then
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="codedecision_relation", condition=Q(relation__in=["", *Relation])),
        ]
