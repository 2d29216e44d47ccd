"""What was written elsewhere and brought here whole."""

from django.db import models
from django.db.models import Q

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Resident
from tongmai.commons.results.choices import DocumentFormat, DocumentStatus
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Document(models.Model):
    """One document as it came (FHIR DocumentReference).  `text` is what can be read of it, for showing and searching."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="documents")
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # whose document it is
    number = models.CharField(max_length=199)
    kind_code = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    format = models.CharField(max_length=8, choices=[(f, f) for f in DocumentFormat])
    status = models.CharField(max_length=10, choices=[(s, s) for s in DocumentStatus])
    author = models.CharField(max_length=60, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField()
    n_bytes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256 of content
    text = models.TextField(blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )  # its earlier version
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program

    class Meta:
        ordering = ["-written_at", "id"]
        constraints = [
            models.CheckConstraint(name="document_format", condition=Q(format__in=list(DocumentFormat))),
            models.CheckConstraint(name="document_status", condition=Q(status__in=list(DocumentStatus))),
            models.CheckConstraint(name="document_has_title", condition=~Q(title="")),
        ]
        indexes = [models.Index(fields=["resident", "-written_at"], name="document_of_resident")]
