"""The systems that send to us, and what we know of the things in them."""

from django.db import models
from django.db.models import Q

from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class SourceSystem(models.Model):
    """A member's system: known by MSH-3 and MSH-4, and, over the network, by where it sends from."""

    class AnswersOn(models.TextChoices):
        """When it gets its answer.  Either way a message is kept before anything is answered."""

        APPLIED = "applied", "处理后"
        RECEIVED = "received", "收到即答"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.CharField(max_length=180)  # MSH-3
    facility = models.CharField(max_length=180, blank=True)  # MSH-4; "*": every facility of the application
    name = models.CharField(max_length=80)  # what people call it
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # for which member it speaks
    address = models.CharField(max_length=43, blank=True)  # an address or a network; blank: not asked for
    certificate = models.CharField(max_length=64, blank=True)  # SHA-256 of its TLS certificate; blank: not asked for
    answers_on = models.CharField(max_length=8, choices=AnswersOn, default=AnswersOn.APPLIED)
    is_active = models.BooleanField(default=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "facility"], name="sourcesystem_once"),
            models.CheckConstraint(name="sourcesystem_is_named", condition=~Q(application="") & ~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class SourceObject(models.Model):
    """One thing of a source system by its number there: what it is here, and how new what we know of it is.

    What is older than `said_at` does not undo it.  Whoever applies a message holds this row's lock, so that two messages
    about one thing are applied one after the other.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="objects_known", db_index=False)
    kind = models.CharField(max_length=12)  # person, visit, request, report, document, appointment
    key = models.CharField(max_length=199)
    target_id = models.UUIDField(null=True, blank=True)  # a row of the app that `kind` belongs to
    said_at = models.DateTimeField(null=True, blank=True)  # of the newest message that was applied

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "key"], name="sourceobject_once"),
            models.CheckConstraint(name="sourceobject_has_key", condition=~Q(key="")),
        ]
