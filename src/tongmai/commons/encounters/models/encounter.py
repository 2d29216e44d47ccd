"""Episodes and the contacts in them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.encounters.states import State
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.sensitive.columns import marked_of, sensitivity
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Department, Org, Staff, User
from tongmai.kernel.ids import new_id


class Kind(models.TextChoices):
    OUTPATIENT = "outpatient", _("门诊")
    INPATIENT = "inpatient", _("住院")
    HOME_VISIT = "home_visit", _("上门随访")
    TELE_VISIT = "tele_visit", _("远程就诊")


class Episode(models.Model):
    """One problem of one person along a chain of visits and referrals, until it is closed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="episodes")
    problem_key = models.CharField(max_length=8)  # ICD-10 category: what makes two diagnoses one problem
    problem_code = models.CharField(max_length=20)
    problem_name = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    opened_org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    close_reason = models.CharField(max_length=200, blank=True)
    sensitivity = sensitivity()  # of the problem

    class Meta:
        ordering = ["-opened_at", "id"]
        indexes = [marked_of("episode")]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "problem_key"], condition=Q(closed_at__isnull=True), name="episode_one_open"
            ),
            models.CheckConstraint(
                name="episode_closed_after_opened",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.problem_name


class Encounter(models.Model):
    """One contact of a person with an organisation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No second index of what begins one below, and none of who wrote: that is shown and never asked by.
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="encounters", db_index=False)
    episode = models.ForeignKey(Episode, null=True, blank=True, on_delete=models.PROTECT, related_name="encounters")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State], default=State.PLANNED)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="encounters", db_index=False)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # As the system that reports it writes the name; who is known here is `staff`.
    doctor = models.CharField(max_length=60, blank=True, db_default="", default="")
    post_id = models.UUIDField(null=True, blank=True)  # the post in which the practitioner acted
    complaint = models.CharField(max_length=200, blank=True)  # 主诉
    bed = models.CharField(max_length=20, blank=True)  # of a stay
    planned_for = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    disposition = models.CharField(max_length=16, blank=True)  # how it ended: rules.Disposition
    source_kind = models.CharField(max_length=16, blank=True)  # what it follows from: booking, referral, message
    source_id = models.UUIDField(null=True, blank=True)
    sensitivity = sensitivity()  # of every diagnosis that ever stood in it, and of the complaint
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-started_at", "id"]
        constraints = [
            models.CheckConstraint(name="encounter_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="encounter_state", condition=Q(state__in=list(State))),
            models.CheckConstraint(
                name="encounter_started", condition=Q(state__in=["planned", "cancelled"]) | Q(started_at__isnull=False)
            ),
            models.CheckConstraint(
                name="encounter_ended",
                condition=Q(state__in=["planned", "in_progress"], ended_at__isnull=True)
                | Q(state__in=["finished", "cancelled"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="encounter_forward",
                condition=Q(ended_at__isnull=True) | Q(started_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "kind"], condition=Q(source_id__isnull=False), name="encounter_per_source"
            ),
            models.UniqueConstraint(
                fields=["resident", "org"], condition=Q(kind="inpatient", state="in_progress"), name="encounter_one_stay"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["resident", "started_at"], name="encounter_of_resident"),
            models.Index(fields=["org", "state", "started_at"], name="encounter_of_org"),
            models.Index(fields=["staff", "state"], name="encounter_of_staff"),
            marked_of("encounter"),
        ]


class EncounterTransition(AppendOnly):
    """A step in the life of an encounter."""

    id = models.BigAutoField(primary_key=True)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.CharField(max_length=60)
    by_org_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["id"]


class EncounterDiagnosis(models.Model):
    """A diagnosis made in an encounter; the first position is the main one.  A new list replaces the old one whole."""

    class Certainty(models.TextChoices):
        CONFIRMED = "confirmed", _("确诊")
        CLINICAL = "clinical", _("临床诊断")
        SUSPECTED = "suspected", _("疑似")
        REFERRED = (
            "referred",
            _("转诊诊断，待确认"),
        )  # as the sender wrote it; the receiver's doctor confirms or changes it

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="diagnoses")
    position = models.PositiveSmallIntegerField()  # 1 = main
    is_main = models.BooleanField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    certainty = models.CharField(max_length=12, choices=Certainty, default=Certainty.CONFIRMED)
    is_chronic = models.BooleanField(default=False)  # as the catalogue said on the day
    sensitivity = sensitivity()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                name="diagnosis_first_is_main",
                condition=Q(position=1, is_main=True) | Q(position__gt=1, is_main=False),
            ),
            models.UniqueConstraint(
                fields=["encounter", "position"], condition=Q(replaced_at__isnull=True), name="diagnosis_one_main"
            ),
            models.UniqueConstraint(
                fields=["encounter", "code"], condition=Q(replaced_at__isnull=True), name="diagnosis_once"
            ),
            models.CheckConstraint(
                name="diagnosis_certainty",
                condition=Q(certainty__in=["confirmed", "clinical", "suspected", "referred"]),
            ),
        ]
