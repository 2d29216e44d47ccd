"""Teams, their members, and contracts.  Spans are half-open: `starts_on` is in, `ends_before` is out."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.care.family_doctors.states import State
from tongmai.foundation.orgs.models import Org, Staff, User
from tongmai.kernel.ids import new_id


class Team(models.Model):
    """A family-doctor team (家庭医生团队) of an organisation, led by one member of staff."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="family_doctor_teams")
    name = models.CharField(max_length=60)
    leader = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="teams_led")
    phone = models.CharField(max_length=20, blank=True)  # what the agreement prints
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["org", "name"]
        constraints = [models.UniqueConstraint(fields=["org", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A person's time in a team; members may belong to other organisations (county specialist, village doctor)."""

    class Part(models.TextChoices):
        LEADER = "leader", _("团队长")
        DOCTOR = "doctor", _("医生")
        NURSE = "nurse", _("护士")
        PUBLIC_HEALTH = "public_health", _("公卫人员")
        VILLAGE_DOCTOR = "village_doctor", _("村医")
        SPECIALIST = "specialist", _("指导专家")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="team_memberships")
    part = models.CharField(max_length=16, choices=Part)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="team_member_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on"))
            ),
            models.UniqueConstraint(
                fields=["team", "staff"], condition=Q(ends_before__isnull=True), name="team_member_once"
            ),
        ]


class Contract(models.Model):
    """One resident's agreement with one team.  At most one is active at a time."""

    class How(models.TextChoices):
        SIGNATURE = "signature", _("本人签字")
        GUARDIAN = "guardian", _("监护人签字")
        ONLINE = "online", _("线上确认")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=32, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="contracts")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="contracts")
    doctor = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="contracts")  # her own family doctor
    starts_on = models.DateField()
    ends_before = models.DateField()
    state = models.CharField(max_length=12, choices=[(s, s) for s in State], default=State.DRAFT)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The consent: who agreed to which text on content, rights and risks.
    agreed_name = models.CharField(max_length=60, blank=True)
    agreed_how = models.CharField(max_length=12, choices=How, blank=True)
    text_version = models.CharField(max_length=32, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_because = models.CharField(max_length=300, blank=True)
    renews = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewed_by")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-starts_on", "id"]
        indexes = [
            models.Index(fields=["team", "state", "ends_before"], name="contract_team_state"),
            models.Index(fields=["resident", "starts_on"], name="contract_resident"),
        ]
        constraints = [
            models.CheckConstraint(name="contract_span", condition=Q(ends_before__gt=F("starts_on"))),
            models.UniqueConstraint(fields=["resident"], condition=Q(state="active"), name="contract_one_active"),
            models.UniqueConstraint(
                fields=["resident", "team"], condition=Q(state="draft"), name="contract_one_draft_per_team"
            ),
            models.CheckConstraint(
                name="contract_signed_has_consent",
                condition=Q(state__in=["draft", "discarded"])
                | (
                    Q(signed_at__isnull=False, signed_by__isnull=False)
                    & ~Q(agreed_name="")
                    & ~Q(agreed_how="")
                    & ~Q(text_version="")
                ),
            ),
            models.CheckConstraint(
                name="contract_terminated_has_reason", condition=~Q(state="terminated") | ~Q(closed_because="")
            ),
            models.CheckConstraint(
                name="contract_closed_has_time",
                condition=Q(state__in=["draft", "active"], closed_at__isnull=True)
                | Q(state__in=["ended", "terminated", "discarded"], closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number
