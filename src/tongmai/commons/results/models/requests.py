"""What was ordered."""

from django.db import models
from django.db.models import Q

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.sensitive.columns import marked_of, sensitivity
from tongmai.commons.results.choices import Priority, RequestCategory, RequestStatus
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Request(models.Model):
    """An examination or medicine that somebody ordered for a person (FHIR ServiceRequest)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The index below begins with it.
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="requests", db_index=False)
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # whose system ordered it
    number = models.CharField(max_length=80)
    status = models.CharField(max_length=12, choices=[(s, s) for s in RequestStatus])
    code = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=60, blank=True)  # the code list as the sender names it; blank: its own
    name = models.CharField(max_length=200)
    priority = models.CharField(max_length=8, choices=[(p, p) for p in Priority], default=Priority.ROUTINE)
    category = models.CharField(
        max_length=12,
        choices=[(c, c) for c in RequestCategory],
        default=RequestCategory.EXAMINATION,
        db_default=RequestCategory.EXAMINATION,
    )
    # How a medicine is given, as written.
    instructions = models.CharField(max_length=500, blank=True, default="", db_default="")
    reason = models.CharField(max_length=500, blank=True)
    requester = models.CharField(max_length=60, blank=True)
    performer = models.CharField(max_length=120, blank=True)  # whom it is for, as written
    requested_at = models.DateTimeField(null=True, blank=True)
    sensitivity = sensitivity()  # of its name
    received_at = models.DateTimeField()
    # null: a program
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-requested_at", "id"]
        constraints = [
            models.CheckConstraint(name="request_status", condition=Q(status__in=list(RequestStatus))),
            models.CheckConstraint(name="request_priority", condition=Q(priority__in=list(Priority))),
            models.CheckConstraint(name="request_category", condition=Q(category__in=list(RequestCategory))),
            models.CheckConstraint(name="request_has_name", condition=~Q(name="")),
        ]
        indexes = [models.Index(fields=["resident", "-requested_at"], name="request_of_resident"), marked_of("request")]
