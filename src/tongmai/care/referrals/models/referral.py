"""The referral, its consent, its history, and the places it could not get."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.care.referrals.states import ALL_STATES, ALL_STEPS, OPEN_STATES, REASONED, Direction, Urgency
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Alliance, Department, Org, Staff, User
from tongmai.kernel.ids import new_id


class Consent(AppendOnly):
    """The evidence that the resident, or who may speak for her, agreed to this referral."""

    class Relation(models.TextChoices):
        SELF = "self", _("本人")
        SPOUSE = "spouse", _("配偶")
        PARENT = "parent", _("父母")
        CHILD = "child", _("子女")
        GUARDIAN = "guardian", _("监护人")
        OTHER = "other", _("其他近亲属")
        NOBODY = "nobody", _("无法取得（急诊）")

    class How(models.TextChoices):
        SIGNATURE = "signature", _("签字")
        ORAL = "oral", _("口头同意，有见证人")
        EMERGENCY = "emergency", _("急诊例外")
        NOT_TRANSMITTED = "not_transmitted", _("消息未附知情同意，待取得")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agreed_name = models.CharField(max_length=60, blank=True)
    relation = models.CharField(max_length=12, choices=Relation)
    how = models.CharField(max_length=16, choices=How)
    witness = models.CharField(max_length=60, blank=True)
    text_version = models.CharField(max_length=32)  # which text on purpose, data passed on, and rights was shown
    note = models.CharField(max_length=300, blank=True)  # why nobody could be asked, or which message brought none
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: by a message

    class Meta:
        constraints = [
            models.CheckConstraint(name="consent_oral_has_witness", condition=~Q(how="oral") | ~Q(witness="")),
            models.CheckConstraint(name="consent_exception_has_note", condition=~Q(how="emergency") | ~Q(note="")),
            models.CheckConstraint(
                name="consent_names_who", condition=Q(how__in=["emergency", "not_transmitted"]) | ~Q(agreed_name="")
            ),
            models.CheckConstraint(
                name="consent_missing_names_nobody",
                condition=~Q(how="not_transmitted") | Q(relation="nobody", agreed_name="") & ~Q(note=""),
            ),
        ]

    @property
    def is_missing(self) -> bool:
        """Whether the row only states that a message brought no consent."""
        return self.how == self.How.NOT_TRANSMITTED


class Referral(models.Model):
    """One resident and one problem on the way from one organisation to another."""

    class Wants(models.TextChoices):
        """What is to be booked above."""

        CLINIC = "clinic", _("门诊")
        BED = "bed", _("住院床位")
        EXAM = "exam", _("检查")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)  # what is printed and read out on the telephone
    direction = models.CharField(max_length=4, choices=[(d, d) for d in Direction])
    urgency = models.CharField(max_length=10, choices=[(u, u) for u in Urgency], default=Urgency.ROUTINE)
    state = models.CharField(max_length=12, choices=[(s, s) for s in ALL_STATES], default="draft")
    state_since = models.DateTimeField()  # the instant of the last step that changed what is waited for
    version = models.PositiveIntegerField(default=1)

    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="referrals")
    alliance = models.ForeignKey(Alliance, null=True, on_delete=models.PROTECT, related_name="+")  # null: outside any
    sender = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="referrals_sent")
    sender_department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals_sent"
    )
    sender_staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="referrals_sent")
    reviewer = models.ForeignKey(
        Org, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals_to_review"
    )
    receiver = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="referrals_received")
    receiver_department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals_received"
    )
    is_inside = models.BooleanField()  # sender and receiver belonged to one alliance when it was written
    outside_reason = models.CharField(max_length=300, blank=True)
    by_family_doctor = models.BooleanField(default=False)  # the sender was in the team of her contract of that day

    diagnosis_code = models.CharField(max_length=20)  # ICD-10
    diagnosis_name = models.CharField(max_length=200)
    problem_key = models.CharField(max_length=3)  # the first three characters: what "the same problem" means
    reason = models.CharField(max_length=500)  # why it goes there
    summary = models.TextField(blank=True)  # history, findings, what was done so far
    wants = models.CharField(max_length=8, choices=Wants, default=Wants.CLINIC)
    consent = models.OneToOneField(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="referral")
    paperwork_until = models.DateTimeField(null=True, blank=True)  # set while an emergency still owes its paper

    episode = models.ForeignKey("encounters.Episode", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source_encounter = models.ForeignKey(
        "encounters.Encounter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    arrival_encounter = models.ForeignKey(
        "encounters.Encounter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    booking = models.ForeignKey("capacity.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    booked_for = models.DateTimeField(null=True, blank=True)  # the start of the booked place
    booked_place = models.CharField(max_length=120, blank=True)  # in words, as told to the resident
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="downs")

    external_system = models.CharField(max_length=80, blank=True)  # who sent it as a message
    external_number = models.CharField(max_length=80, blank=True)  # its number there

    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: by a message
    sent_at = models.DateTimeField(null=True, blank=True)  # first left the draft; before, only the sender sees it
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)  # first reached the receiver; before, it sees nothing
    submitted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)  # any final state
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decline_seen_at = models.DateTimeField(null=True, blank=True)  # the sender has taken note of a refusal
    decline_seen_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["receiver", "state", "state_since"], name="referral_receiver"),
            models.Index(fields=["sender", "state", "state_since"], name="referral_sender"),
            models.Index(fields=["reviewer", "state"], name="referral_reviewer", condition=Q(reviewer__isnull=False)),
            models.Index(fields=["alliance", "state", "state_since"], name="referral_alliance"),
            models.Index(fields=["resident", "created_at"], name="referral_resident"),
            # What is still open among ever more that is over: without these a worklist reads every referral of the years.
            models.Index(
                fields=["alliance", "state_since"],
                name="referral_open_in_alliance",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(fields=["sender"], name="referral_owes_paper", condition=Q(paperwork_until__isnull=False)),
            models.Index(
                fields=["sender"],
                name="referral_decline_unseen",
                condition=Q(state="declined", decline_seen_at__isnull=True),
            ),
            # The first page of a list is read off one of these for each side; without, every row would be sorted.
            models.Index(fields=["receiver", "-state_since"], name="referral_receiver_moved"),
            models.Index(fields=["sender", "-state_since"], name="referral_sender_moved"),
            models.Index(fields=["receiver", "-created_at"], name="referral_receiver_made"),
            models.Index(fields=["sender", "-created_at"], name="referral_sender_made"),
            models.Index(
                fields=["receiver", "booked_for"], name="referral_booked_for", condition=Q(booked_for__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "direction", "problem_key"],
                condition=Q(state__in=OPEN_STATES),
                name="referral_one_open_per_problem",
            ),
            models.UniqueConstraint(
                fields=["external_system", "external_number"],
                condition=~Q(external_number=""),
                name="referral_external_once",
            ),
            models.CheckConstraint(
                name="referral_leaves_draft_with_consent",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(consent__isnull=False) | Q(urgency="emergency"),
            ),
            models.CheckConstraint(name="referral_between_two", condition=~Q(sender=F("receiver"))),
            models.CheckConstraint(
                name="referral_outside_has_reason", condition=Q(is_inside=True) | ~Q(outside_reason="")
            ),
            models.CheckConstraint(
                name="referral_booked_has_time",
                condition=~Q(state="booked") | Q(booking__isnull=False, booked_for__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_reviewing_has_reviewer", condition=~Q(state="reviewing") | Q(reviewer__isnull=False)
            ),
            models.CheckConstraint(
                name="referral_final_is_closed",
                condition=Q(state__in=["closed", "declined", "withdrawn"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "declined", "withdrawn"]) & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="referral_sent_has_time",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_submitted_has_time",
                condition=Q(state__in=["draft", "reviewing", "returned", "withdrawn"]) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_paperwork_is_of_emergency",
                condition=Q(paperwork_until__isnull=True) | Q(urgency="emergency"),
            ),
            *(
                models.CheckConstraint(
                    name=f"referral_{stem}_pair",
                    condition=Q(**{f"{stem}_at__isnull": False}) | Q(**{f"{stem}_by__isnull": True}),
                )
                for stem in ("sent", "submitted", "answered", "arrived", "closed", "decline_seen")
            ),
        ]

    _written: ClassVar[dict[str, Any]] = {}  # of a row that was never written

    def __str__(self) -> str:
        return self.number

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> "Referral":
        row = super().from_db(db, field_names, values)
        row.note_written()
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.note_written()

    def note_written(self) -> None:
        """Remember the fields as they are: this is what the row says."""
        self.__dict__["_written"] = {
            field.attname: self.__dict__.get(field.attname) for field in self._meta.concrete_fields
        }

    def changed_fields(self) -> list[str]:
        """Return the names of the fields that are not as they were read or written last."""
        known, now = self._written, self.__dict__
        fields = self._meta.concrete_fields
        return [f.name for f in fields if f.attname not in known or now.get(f.attname) != known[f.attname]]


class Transition(AppendOnly):
    """One decision about one referral.  Inserted, never changed; shown as the timeline."""

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=20, choices=[(s, s) for s in ALL_STEPS])
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: by a message
    by_name = models.CharField(max_length=60)
    by_role = models.CharField(max_length=32)
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")  # on whose behalf
    reason = models.CharField(max_length=500, blank=True)
    facts = models.CharField(max_length=300, blank=True)  # what changed with it, e.g. the place booked

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="transition_has_reason", condition=~Q(step__in=REASONED) | ~Q(reason="")),
        ]


class SlotIssue(models.Model):
    """A referral was accepted and no place was free: it is kept until a place is found or the need has gone."""

    class Resolution(models.TextChoices):
        BOOKED = "booked", _("已约到")
        REDIRECTED = "redirected", _("已改转")
        ARRIVED = "arrived", _("已直接到诊")
        WITHDRAWN = "withdrawn", _("已撤回")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="slot_issues")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    wants = models.CharField(max_length=8, choices=Referral.Wants)
    full_on = models.DateField(null=True, blank=True)  # the night of a stay that had no bed
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resolution = models.CharField(max_length=12, choices=Resolution, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["org", "opened_at"], name="slot_issue_open", condition=Q(closed_at__isnull=True))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(closed_at__isnull=True), name="slot_issue_one_open"
            ),
            models.CheckConstraint(
                name="slot_issue_closed_has_resolution",
                condition=Q(closed_at__isnull=True, resolution="") | (Q(closed_at__isnull=False) & ~Q(resolution="")),
            ),
        ]
