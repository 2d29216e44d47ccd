"""What was found unusual about reading, and how much everybody reads on a day."""

from django.db import models
from django.db.models import Q

from tongmai.commons.residents.models.person import Resident
from tongmai.commons.residents.reading.rules import Kind
from tongmai.commons.residents.reading.states import State
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class ReaderDay(models.Model):
    """How much somebody read on one day: what is usual is told from these, and not from the whole log every night."""

    id = models.BigAutoField(primary_key=True)
    user_id = models.UUIDField()
    role = models.CharField(max_length=32)
    county_code = models.CharField(max_length=6, blank=True)
    on = models.DateField()
    n_reads = models.PositiveIntegerField()
    n_residents = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "on"], name="readerday_once")]
        indexes = [models.Index(fields=["role", "on"], name="readerday_of_role")]


class ReadingFinding(models.Model):
    """Reading that somebody should look into.  The numbers are those that were compared, in persons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)  # what it is about: found again, it stays as it is
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in Kind])
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State], default=State.OPEN)
    on = models.DateField()  # the day of the reading
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reader_org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    reader_name = models.CharField(max_length=60)  # as it was then
    reader_org_name = models.CharField(max_length=120)
    reader_role = models.CharField(max_length=32)
    county_code = models.CharField(max_length=6, blank=True)  # whose audit administrator looks into it
    resident = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT, related_name="+")  # null: a whole day
    n = models.PositiveIntegerField()  # how many people, or how often
    of = models.PositiveIntegerField(null=True)  # among so many
    most = models.DecimalField(max_digits=8, decimal_places=1, null=True)  # the limit that was passed
    own_usual = models.DecimalField(max_digits=8, decimal_places=1, null=True)  # median of her own days
    role_usual = models.DecimalField(max_digits=8, decimal_places=1, null=True)  # median of her role's days
    days = models.PositiveSmallIntegerField(null=True)  # within which something should have followed
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-found_at", "id"]
        constraints = [
            models.CheckConstraint(name="finding_kind", condition=Q(kind__in=list(Kind))),
            models.CheckConstraint(name="finding_state", condition=Q(state__in=list(State))),
        ]
        indexes = [
            models.Index(fields=["county_code", "state", "-on"], name="finding_of_county"),
            models.Index(fields=["reader", "state"], name="finding_of_reader"),
        ]


class ReadingTransition(AppendOnly):
    """A step in the life of a finding, with what was said."""

    id = models.BigAutoField(primary_key=True)
    finding = models.ForeignKey(ReadingFinding, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)
    by_org_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["id"]
