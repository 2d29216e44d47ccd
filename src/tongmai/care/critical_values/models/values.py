"""Critical values, their history, and who was told of each."""

from django.db import models
from django.db.models import Q

from tongmai.care.critical_values.choices import Measure, Setting, Source
from tongmai.care.critical_values.rules import RuleKind
from tongmai.care.critical_values.states import OPEN, TOLD, Owed, State, Step
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Resident
from tongmai.commons.results.models import Report
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, Staff, User
from tongmai.kernel.ids import new_id


class CriticalValue(models.Model):
    """One critical value of one person, from being found to being closed.  What it says is written once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=8, choices=Source)
    source_key = models.CharField(max_length=200, unique=True)  # heard twice, raised once
    is_drill = models.BooleanField(default=False)
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="critical_values"
    )
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    report_version = models.PositiveIntegerField(null=True, blank=True)
    recording_id = models.UUIDField(null=True, blank=True)  # of the electrocardiogram
    order_number = models.CharField(max_length=80, blank=True)
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    setting = models.CharField(max_length=12, choices=Setting, default=Setting.UNKNOWN)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # that found it
    site = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # that ordered it: must answer
    doctor = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # who ordered
    doctor_name = models.CharField(max_length=60, blank=True)  # as the order names her
    item = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    text = models.CharField(max_length=300, blank=True)  # the value as written; blank: a finding, its name says it
    number = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    direction = models.CharField(max_length=4, blank=True)  # low, high
    rule_kind = models.CharField(max_length=8, choices=[(k, k) for k in RuleKind])
    rule_ref = models.CharField(max_length=120, blank=True)  # which limit, pattern or finding
    rule_version = models.PositiveIntegerField(default=1)
    low = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)  # as the limit was then
    high = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    limit_unit = models.CharField(max_length=40, blank=True)
    limit_level = models.CharField(max_length=8, blank=True)  # rules.Level
    limit_source = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()  # when the result stood
    state = models.CharField(max_length=12, choices=[(s, s) for s in State], default=State.RAISED)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: by a rule
    notified_at = models.DateTimeField(null=True, blank=True)
    notified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # From when the chain counts its minutes: since it was told, and anew since it was read back.
    clock_from = models.DateTimeField(null=True, blank=True)
    escalated_minutes = models.PositiveIntegerField(default=0)  # the rung taken last, since clock_from
    due_at = models.DateTimeField(null=True, blank=True)  # by when the next step is owed
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_name = models.CharField(max_length=60, blank=True)  # who read it back
    acknowledged_org = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_back = models.CharField(max_length=300, blank=True)
    acted_at = models.DateTimeField(null=True, blank=True)
    acted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=12, choices=Measure, blank=True)
    measure_text = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_because = models.CharField(max_length=500, blank=True)  # of a false alarm
    is_corrected = models.BooleanField(default=False)  # a later report says otherwise
    corrected_text = models.CharField(max_length=300, blank=True)  # what it says now
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.CheckConstraint(name="critical_state", condition=Q(state__in=list(State))),
            # Nothing is closed without an acknowledgement; what a second person rejects was told to nobody.
            models.CheckConstraint(
                name="critical_is_acknowledged",
                condition=Q(state__in=["raised", "notified"])
                | (Q(acknowledged_at__isnull=False) & ~Q(read_back="") & ~Q(acknowledged_name=""))
                | Q(state="false_alarm", notified_at__isnull=True),
            ),
            models.CheckConstraint(
                name="critical_is_notified",
                condition=Q(state__in=["raised", "false_alarm"])
                | Q(notified_at__isnull=False, clock_from__isnull=False),
            ),
            models.CheckConstraint(
                name="critical_is_acted",
                condition=~Q(state__in=["acted", "closed"]) | (Q(acted_at__isnull=False) & ~Q(measure="")),
            ),
            models.CheckConstraint(
                name="critical_closed_has_time",
                condition=Q(state__in=["closed", "false_alarm"], closed_at__isnull=False)
                | Q(state__in=list(OPEN), closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="critical_false_alarm_has_reason", condition=~Q(state="false_alarm") | ~Q(closed_because="")
            ),
            models.CheckConstraint(name="critical_has_person", condition=Q(resident__isnull=False) | Q(is_drill=True)),
            models.CheckConstraint(name="critical_has_name", condition=~Q(name="")),
        ]
        indexes = [
            models.Index(fields=["state", "raised_at"], name="critical_open", condition=Q(state__in=list(OPEN))),
            models.Index(fields=["site", "-raised_at"], name="critical_of_site"),
            models.Index(fields=["org", "-raised_at"], name="critical_of_org"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.short

    @property
    def short(self) -> str:
        """The end of the number: enough to speak of it on the telephone."""
        return self.id.hex[-6:].upper()

    @property
    def is_told(self) -> bool:
        return self.state in TOLD


class Transition(AppendOnly):
    """One step of a critical value.  Inserted, never changed; the register shows them all."""

    id = models.BigAutoField(primary_key=True)
    value = models.ForeignKey(CriticalValue, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=12, choices=[(s, s) for s in [*Step, "raise"]])
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: the platform
    by_name = models.CharField(max_length=60)
    by_role = models.CharField(max_length=32)
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField(null=True)  # the rung, of an escalation
    reason = models.CharField(max_length=500, blank=True)
    facts = models.CharField(max_length=500, blank=True)  # what was read back, done, or is said now

    class Meta:
        ordering = ["id"]
        constraints = [
            # Two workers, or one that is started again: a rung is taken once, on either clock.
            models.UniqueConstraint(
                fields=["value", "from_state", "minutes"], condition=Q(step="escalate"), name="critical_rung_once"
            ),
            models.CheckConstraint(
                name="critical_step_has_reason", condition=~Q(step__in=["reject", "dismiss"]) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="critical_escalation_has_minutes", condition=~Q(step="escalate") | Q(minutes__isnull=False)
            ),
        ]  # fmt: skip


class Notice(AppendOnly):
    """Who was told: a person, or everybody in a role (blank: any) at an organisation."""

    id = models.BigAutoField(primary_key=True)
    value = models.ForeignKey(CriticalValue, on_delete=models.PROTECT, related_name="notices")
    owed = models.CharField(max_length=6, choices=[(o, o) for o in Owed], default=Owed.ANSWER)  # what she is told to do
    minutes = models.PositiveIntegerField(default=0)  # 0: at once; else the rung
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, blank=True)
    title = models.CharField(max_length=60, blank=True)
    told_at = models.DateTimeField()
    n_texts = models.PositiveSmallIntegerField(default=0)  # texts written to their phones

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="critical_notice_owed", condition=Q(owed__in=list(Owed)))]
        indexes = [models.Index(fields=["staff"], name="critical_notice_staff", condition=Q(staff__isnull=False))]
