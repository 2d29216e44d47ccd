"""What was written elsewhere and brought here whole."""

from django.db import models
from django.db.models import Q

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.sensitive.columns import marked_of, sensitivity
from tongmai.commons.results.choices import Confidentiality, DocumentFormat, DocumentStatus, Part
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Document(models.Model):
    """One document as it came (FHIR DocumentReference).  `text` is what can be read of it, for showing and searching."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="documents")
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # whose document it is
    number = models.CharField(max_length=199)
    set_number = models.CharField(max_length=199, blank=True)  # the same in all versions; blank: it has no versions
    version_number = models.PositiveIntegerField(null=True, blank=True)  # as its maker counts
    kind_code = models.CharField(max_length=40, blank=True)
    kind_system = models.CharField(max_length=64, blank=True)  # the code list of kind_code; blank: the maker's own
    kind_name = models.CharField(max_length=80, blank=True)  # what people call documents of that code
    title = models.CharField(max_length=200)
    format = models.CharField(max_length=8, choices=[(f, f) for f in DocumentFormat])
    status = models.CharField(max_length=10, choices=[(s, s) for s in DocumentStatus])
    author = models.CharField(max_length=60, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=16, blank=True)
    confidentiality = models.CharField(
        max_length=16, choices=[(c, c) for c in Confidentiality], default=Confidentiality.NORMAL
    )
    visit_number = models.CharField(max_length=80, blank=True)  # of the maker's system; we may not know the visit
    event_name = models.CharField(max_length=200, blank=True)  # what was done, of which it is the documentation
    event_started_at = models.DateTimeField(null=True, blank=True)
    event_ended_at = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField()
    n_bytes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256 of content
    text = models.TextField(blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )  # its earlier version
    supplements = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supplemented_by"
    )  # the document that this one adds to; both stand
    sensitivity = sensitivity()  # of its title, and as its author marked it
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program

    class Meta:
        ordering = ["-written_at", "id"]
        constraints = [
            models.CheckConstraint(name="document_format", condition=Q(format__in=list(DocumentFormat))),
            models.CheckConstraint(name="document_status", condition=Q(status__in=list(DocumentStatus))),
            models.CheckConstraint(name="document_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="document_confidentiality", condition=Q(confidentiality__in=list(Confidentiality))
            ),
        ]
        indexes = [models.Index(fields=["resident", "-written_at"], name="document_of_resident"), marked_of("document")]


class DocumentParticipant(AppendOnly):
    """Somebody who had a part in a document, as it names her."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="participants")
    position = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=16, choices=[(p, p) for p in Part])
    name = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=120, blank=True)  # under which her organisation knows her
    org_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["document", "position"]
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="documentparticipant_once"),
            models.CheckConstraint(name="documentparticipant_part", condition=Q(part__in=list(Part))),
        ]


class DocumentSection(AppendOnly):
    """One section of a structured document.  `html` is our own rendering of its narrative: few elements, no addresses."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="sections")
    position = models.PositiveSmallIntegerField()
    depth = models.PositiveSmallIntegerField()  # 0: of the document itself
    code = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200, blank=True)
    html = models.TextField(blank=True)
    n_entries = models.PositiveIntegerField(default=0)  # structured entries: kept in the original, not interpreted

    class Meta:
        ordering = ["document", "position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="documentsection_once")]


class DocumentBody(AppendOnly):
    """The body of a document that is a file of another kind, unpacked from the original."""

    document = models.OneToOneField(Document, primary_key=True, on_delete=models.PROTECT, related_name="body")
    media_type = models.CharField(max_length=80)
    content = models.BinaryField()
    n_bytes = models.PositiveIntegerField()
