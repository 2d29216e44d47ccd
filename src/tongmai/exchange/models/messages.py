"""Messages in and out.  A received one is evidence: its bytes are kept as they came, also when a person corrects the text."""

from typing import Any

from django.db import models
from django.db.models import Q

from tongmai.exchange.models.sources import SourceSystem
from tongmai.exchange.states import MessageState, MessageStep
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Channel(models.TextChoices):
    FILE = "file", "文件"
    PAGE = "page", "网页上传"
    API = "api", "接口"
    MLLP = "mllp", "MLLP"


class Format(models.TextChoices):
    """In what it is written; `exchange/formats.py` has who reads it."""

    HL7V2 = "hl7v2", "HL7 v2"
    CDA = "cda", "CDA"


class InboundMessage(models.Model):
    """One message or document as it came.  What a person has settled (resident, sender, receiver) counts before what it says.

    `receiver` is whom it concerns: who a referral is for; of other messages, the member whose system sent it.

    It is recognised by sending application, sending facility and control id; what has no usable control id (unreadable,
    or the id was used for another text) by its bytes.
    """

    # No column: the systems of its application, told when it was written; None: whoever applies it asks.
    systems: list[tuple[Any, ...]] | None = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    format = models.CharField(max_length=8, choices=Format, default=Format.HL7V2)
    application = models.CharField(max_length=180, blank=True)  # MSH-3; "CDA" for a document
    facility = models.CharField(max_length=180, blank=True)  # MSH-4; a document's custodian
    control_id = models.CharField(max_length=199, blank=True)  # MSH-10; a document's id and version
    kind = models.CharField(max_length=32, blank=True)  # MSH-9, e.g. REF^I12; CDA^ and the document's code
    # No index where nobody asks by it, or another begins with it: each costs every message twice.
    source = models.ForeignKey(
        SourceSystem, null=True, blank=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    channel = models.CharField(max_length=4, choices=Channel, default=Channel.FILE)
    peer = models.CharField(max_length=110, blank=True)  # address of the machine that sent it, and its certificate
    said_at = models.DateTimeField(null=True, blank=True)  # when what it tells happened, by its own word
    raw = models.BinaryField()
    corrected = models.TextField(blank=True)  # what a person put in place of the text; MessageCorrection has each
    digest = models.CharField(max_length=64)  # SHA-256 of raw
    file_name = models.CharField(max_length=200, blank=True)
    answer_folder = models.CharField(
        max_length=500, blank=True
    )  # where answers are written; blank: our outgoing folder
    state = models.CharField(max_length=10, choices=[(s, s) for s in MessageState], default=MessageState.RECEIVED)
    outcome = models.CharField(max_length=16, blank=True)  # what it did here: a key of wording.OUTCOMES
    lacks = models.CharField(
        max_length=200, blank=True
    )  # what a complete message would say: keys of completeness.FIELDS
    n_tries = models.PositiveSmallIntegerField(default=0)
    # Who applies it has it until then; afterwards another may take it up.  Each start counts, also one that was killed.
    claimed_until = models.DateTimeField(null=True, blank=True)
    n_starts = models.PositiveSmallIntegerField(default=0)
    county_code = models.CharField(max_length=6, blank=True)  # of whom it concerns, as far as that is known
    resident_id = models.UUIDField(null=True, blank=True)  # residents.Resident
    sender = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Supplied by a person in place of the message's own; blank where nobody did.
    diagnosis_code = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=4, blank=True, choices=[(d, d) for d in ("up", "down")])
    reason = models.CharField(max_length=500, blank=True)
    down_group = models.CharField(max_length=16, blank=True)  # DownPlan.Group
    discharge_summary = models.TextField(blank=True)
    arrangements = models.TextField(blank=True)  # one a line
    referral_id = models.UUIDField(null=True, blank=True)  # referrals.Referral, once done
    received_at = models.DateTimeField()
    # null: a program
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "facility", "control_id"],
                condition=~Q(control_id=""),
                name="inbound_once_per_control_id",
            ),
            models.UniqueConstraint(fields=["digest"], condition=Q(control_id=""), name="inbound_once_per_bytes"),
            models.CheckConstraint(
                name="inbound_done_has_referral",
                condition=~Q(state="done", kind="REF^I12") | Q(referral_id__isnull=False),
            ),
            models.CheckConstraint(name="inbound_state", condition=Q(state__in=list(MessageState))),
            models.CheckConstraint(name="inbound_format", condition=Q(format__in=Format.values)),
        ]
        indexes = [
            models.Index(fields=["state", "received_at"], name="inbound_by_state"),
            models.Index(
                fields=["source", "-received_at"], name="inbound_by_source", condition=Q(source__isnull=False)
            ),
            models.Index(fields=["referral_id"], name="inbound_of_referral", condition=Q(referral_id__isnull=False)),
            models.Index(fields=["claimed_until"], name="inbound_waiting", condition=Q(state="received")),
        ]

    @property
    def text_bytes(self) -> bytes:
        """What is read: the corrected text where there is one, else the bytes as they came."""
        return self.corrected.encode() if self.corrected else bytes(self.raw)


class MessageCorrection(AppendOnly):
    """A text that a person put in place of a message's own.  The last one counts; what came stays beside it."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(InboundMessage, on_delete=models.PROTECT, related_name="corrections")
    text = models.TextField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="messagecorrection_says_why", condition=~Q(text="") & ~Q(reason="")),
        ]


class MessageFault(AppendOnly):
    """One thing that was wrong with a message at one try, and where."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(InboundMessage, on_delete=models.PROTECT, related_name="faults")
    n_try = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=8)  # HL7 table 0357
    location = models.CharField(max_length=40)  # e.g. PID-3(2).1
    what = models.CharField(max_length=24)  # a key of wording.MESSAGES
    facts = models.JSONField(default=dict)  # what its words are filled with: texts of the message, kept as evidence

    class Meta:
        ordering = ["id"]


class MessageTransition(AppendOnly):
    """One step in the life of a message."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(InboundMessage, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=8, choices=[(s, s) for s in MessageStep])
    to_state = models.CharField(max_length=10, choices=[(s, s) for s in MessageState])
    reason = models.CharField(max_length=300, blank=True)  # a person's own; what was wrong stands in the faults
    n_try = models.PositiveSmallIntegerField(default=0)  # whose faults say why; 0: before they were counted
    at = models.DateTimeField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]


class OrgMeaning(models.Model):
    """Which organisation of ours a text in the messages of a system means, where a person has said so."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    system = models.CharField(max_length=361)  # MSH-3/MSH-4, or MSH-3 alone for all facilities of an application
    text = models.CharField(max_length=180)  # a code or name as the messages write it
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command

    class Meta:
        ordering = ["system", "text"]
        constraints = [
            models.UniqueConstraint(fields=["system", "text"], name="orgmeaning_once_per_text"),
            models.CheckConstraint(name="orgmeaning_is_said", condition=~Q(system="") & ~Q(text="")),
        ]


class OutboundMessage(models.Model):
    """One answer of ours.  `cause` says what it answers (a receipt, an event), so that nothing is answered twice."""

    class State(models.TextChoices):
        PENDING = "pending", "待写出"
        WRITTEN = "written", "已写出"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inbound = models.ForeignKey(InboundMessage, on_delete=models.PROTECT, related_name="answers")
    cause = models.CharField(max_length=160)
    ack = models.CharField(max_length=2)  # MSA-1
    standing = models.CharField(max_length=1, blank=True)  # RF1-1
    text = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    file_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["inbound", "cause"], name="outbound_once_per_cause")]
        indexes = [models.Index(fields=["created_at"], name="outbound_pending", condition=Q(state="pending"))]
