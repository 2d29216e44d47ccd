"""Who reports for whom, who is on duty, and what the centre writes with.  Spans are half-open."""

from django.db import models
from django.db.models import F, Q

from tongmai.commons.results.choices import Category
from tongmai.foundation.orgs.models import Org, Staff, User
from tongmai.kernel.ids import new_id


class ServiceAgreement(models.Model):
    """A centre reports a site's examinations of one category, of one modality or of all, from a day on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # may be the centre itself
    category = models.CharField(max_length=12, choices=[(c, c) for c in Category])
    modality = models.CharField(max_length=8, blank=True)  # blank: every modality of the category
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["site", "category", "modality", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="dxagreement_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on"))
            ),
            models.CheckConstraint(name="dxagreement_category", condition=Q(category__in=list(Category))),
            models.UniqueConstraint(fields=["site", "category", "modality", "starts_on"], name="dxagreement_once"),
            models.UniqueConstraint(
                fields=["site", "category", "modality"],
                condition=Q(ends_before__isnull=True),
                name="dxagreement_one_open",
            ),
        ]


class Duty(models.Model):
    """Who reads when: the director gives studies to those on duty with the fewest in hand."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=12, choices=[(c, c) for c in Category])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["centre", "starts_at"], name="dxduty_centre")]
        constraints = [
            models.CheckConstraint(name="dxduty_span", condition=Q(ends_at__gt=F("starts_at"))),
            models.UniqueConstraint(fields=["centre", "staff", "category", "starts_at"], name="dxduty_once"),
        ]


class Template(models.Model):
    """What a report of a kind begins with: one line for each structure that is looked at, and a conclusion.

    `lines`: one in each row, `名称：通常的所见`.  Those without a centre are the project's own, to begin with.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=12, choices=[(c, c) for c in Category])
    modality = models.CharField(max_length=8, blank=True)  # blank: every modality
    body_part = models.CharField(max_length=40, blank=True)  # blank: every part
    position = models.PositiveSmallIntegerField(default=0)  # the first that fits is what a report begins with
    name = models.CharField(max_length=60)
    lines = models.TextField()
    conclusion = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["category", "modality", "body_part", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "category", "modality", "body_part", "name"], name="dxtemplate_once"
            ),
            models.UniqueConstraint(
                fields=["category", "modality", "body_part", "name"],
                condition=Q(centre__isnull=True),
                name="dxtemplate_starter_once",
            ),
            models.CheckConstraint(name="dxtemplate_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class CriticalFinding(models.Model):
    """A finding that somebody must be told of at once (危急值), for the time in which the list has it."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    category = models.CharField(max_length=12, choices=[(c, c) for c in Category])
    modality = models.CharField(max_length=8, blank=True)  # blank: every modality of the category
    position = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "starts_on"], name="dxfinding_once"),
            models.CheckConstraint(
                name="dxfinding_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on"))
            ),
        ]
