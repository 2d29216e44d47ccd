"""Disputes, requests to be entered as a guardian, and how far somebody has read who looked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.resident_requests.states import DisputeState, WardState
from tongmai.commons.residents.models import Guardian, Resident
from tongmai.commons.residents.models.contact import Relation
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Dispute(models.Model):
    """What a resident, or her guardian, says against an access to her record or an entry in it."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("查阅")
        ENTRY = "entry", _("记录内容")
        IDENTITY = "identity", _("身份信息")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="disputes")
    kind = models.CharField(max_length=8, choices=Kind)
    access_log_id = models.BigIntegerField(null=True, blank=True)  # of the access; its row outlives everything
    entry_kind = models.CharField(max_length=16, blank=True)  # encounter | report | document: see entries.py
    entry_id = models.UUIDField(null=True, blank=True)
    about = models.CharField(max_length=200)  # the thing in a line, as it was then
    org = models.ForeignKey(
        Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # who answers for it
    county_code = models.CharField(max_length=6)  # whose audit administrator answers for an access
    said = models.TextField()
    state = models.CharField(max_length=9, choices=[(s, s) for s in DisputeState], default=DisputeState.OPEN)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    n_reopened = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-raised_at", "id"]
        constraints = [
            models.CheckConstraint(name="dispute_state", condition=Q(state__in=list(DisputeState))),
            models.CheckConstraint(name="dispute_says_something", condition=~Q(said="")),
            models.CheckConstraint(name="dispute_reopened_once", condition=Q(n_reopened__lte=1)),
            models.CheckConstraint(
                name="dispute_about_one_thing",
                condition=Q(kind="access", access_log_id__isnull=False, entry_kind="", entry_id__isnull=True)
                | (Q(kind="entry", access_log_id__isnull=True, entry_id__isnull=False) & ~Q(entry_kind=""))
                | Q(kind="identity", access_log_id__isnull=True, entry_kind="", entry_id__isnull=True),
            ),
            models.CheckConstraint(
                name="dispute_answered_says_what",
                condition=~Q(state__in=["answered", "corrected", "rejected"])
                | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["access_log_id"], condition=Q(kind="access", state__in=["open", "reopened"]),
                name="dispute_of_access_once",
            ),
            models.UniqueConstraint(
                fields=["entry_id"], condition=Q(kind="entry", state__in=["open", "reopened"]),
                name="dispute_of_entry_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["org", "due_at"], name="dispute_due", condition=Q(state__in=["open", "reopened"])),
            models.Index(fields=["resident", "-raised_at"], name="dispute_of_resident"),
        ]


class DisputeTransition(AppendOnly):
    """A step in the life of a dispute, with what was said."""

    id = models.BigAutoField(primary_key=True)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=16)  # "raise", or a step of the table
    to_state = models.CharField(max_length=9)
    said = models.TextField(blank=True)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)
    by_org_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["id"]


class WardRequest(models.Model):
    """A resident asks to be entered as the guardian of somebody whom she names; a registrar looks at the papers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="ward_requests")
    ward_name = models.CharField(max_length=60)
    ward_number = models.CharField(max_length=32)  # citizen's number or birth certificate, in normal form
    relation = models.CharField(max_length=16, choices=Relation)  # what she is to the ward
    note = models.CharField(max_length=200, blank=True)
    county_code = models.CharField(max_length=6)  # whose registrars decide
    state = models.CharField(max_length=9, choices=[(s, s) for s in WardState], default=WardState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    guardian = models.ForeignKey(Guardian, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [
            models.CheckConstraint(name="ward_request_state", condition=Q(state__in=list(WardState))),
            models.CheckConstraint(name="ward_request_names", condition=~Q(ward_name="") & ~Q(ward_number="")),
            models.CheckConstraint(name="ward_refused_says_why", condition=~Q(state="refused") | ~Q(reason="")),
            models.CheckConstraint(
                name="ward_accepted_has_guardian", condition=~Q(state="accepted") | Q(guardian__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["resident", "ward_number"], condition=Q(state="asked"), name="ward_request_once"
            ),
        ]
        indexes = [models.Index(fields=["county_code", "due_at"], name="ward_due", condition=Q(state="asked"))]


class WardTransition(AppendOnly):
    """A step in the life of a ward request."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(WardRequest, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=16)  # "ask", or a step of the table
    to_state = models.CharField(max_length=9)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)

    class Meta:
        ordering = ["id"]


class LogRead(models.Model):
    """Up to which entry somebody has read who looked into a record: later ones are news on her home page."""

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_log_id = models.BigIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident", "reader"], name="log_read_once")]
