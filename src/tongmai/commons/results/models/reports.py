"""What was found."""

from django.db import models
from django.db.models import Q

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.sensitive.columns import marked_of, sensitivity
from tongmai.commons.results.choices import Category, Flag, ReportStatus, ValueStatus
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Report(models.Model):
    """One report (FHIR DiagnosticReport).  Its current values are the observations of its `version`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No second index of what begins one below, and none of who wrote: that is shown and never asked by.
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="reports", db_index=False)
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # whose report it is
    category = models.CharField(max_length=12, choices=[(c, c) for c in Category])
    status = models.CharField(max_length=12, choices=[(s, s) for s in ReportStatus])
    number = models.CharField(max_length=80, blank=True)  # of the system that made it
    order_number = models.CharField(max_length=80, blank=True)  # of the order that it answers
    code = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=60, blank=True)  # the code list as the sender names it; blank: its own
    name = models.CharField(max_length=200)
    specimen = models.CharField(max_length=80, blank=True)
    requester = models.CharField(max_length=60, blank=True)
    performer = models.CharField(max_length=60, blank=True)
    verifier = models.CharField(max_length=60, blank=True)
    collected_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(blank=True)
    is_critical = models.BooleanField(default=False)  # one of the current values is
    digest = models.CharField(max_length=64)  # of all that it says: said again, nothing is done again
    sensitivity = sensitivity()  # of its name, its values and its conclusion
    received_at = models.DateTimeField()
    # null: a program
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-issued_at", "id"]
        constraints = [
            models.CheckConstraint(name="report_category", condition=Q(category__in=list(Category))),
            models.CheckConstraint(name="report_status", condition=Q(status__in=list(ReportStatus))),
            models.CheckConstraint(name="report_has_name", condition=~Q(name="")),
        ]
        indexes = [
            models.Index(fields=["resident", "-issued_at"], name="report_of_resident"),
            models.Index(fields=["order_number"], name="report_of_order"),
            marked_of("report"),
        ]


class Observation(AppendOnly):
    """One value of one version of a report (FHIR Observation).  `number` where the text states one, for charts."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="observations", db_index=False)
    version = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    comparator = models.CharField(max_length=2, blank=True)  # < <= > >=
    unit = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=120, blank=True)  # as the report prints it
    flag = models.CharField(max_length=14, blank=True, choices=[(f, f) for f in Flag])
    status = models.CharField(max_length=12, choices=[(s, s) for s in ValueStatus])
    observed_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["report", "version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "version", "position"], name="observation_once"),
            models.CheckConstraint(name="observation_flag", condition=Q(flag__in=list(Flag))),
            models.CheckConstraint(name="observation_status", condition=Q(status__in=list(ValueStatus))),
        ]
