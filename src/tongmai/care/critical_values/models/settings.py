"""What an organisation sets: its limits and its chain.  Changed by a further row from a day on, never edited."""

from django.db import models
from django.db.models import F, Q

from tongmai.care.critical_values.choices import Basis
from tongmai.foundation.orgs.models import Alliance, Org, Staff, User
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.ids import new_id


class LimitLine(models.Model):
    """Beyond which value an item is critical, at an organisation or in an alliance.  No limit at all: there it never is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.ForeignKey(Org, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    alliance = models.ForeignKey(Alliance, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=120)  # a key of items.py, a code, or a name as the laboratory writes it
    unit = models.CharField(max_length=40, blank=True)  # of low and high
    low = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)  # below is critical
    high = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)  # above is critical
    sex = models.CharField(max_length=8, blank=True)  # blank: both
    age_from_days = models.PositiveIntegerField(default=0)
    age_before_days = models.PositiveIntegerField(default=60_000)
    status = models.CharField(max_length=16, choices=Basis, default=Basis.LOCAL)
    source = models.CharField(max_length=300)
    line_version = models.PositiveIntegerField(default=1)  # counts the changes of the same line
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["item", "sex", "age_from_days", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["org", "item", "sex", "age_from_days", "age_before_days"],
                condition=Q(org__isnull=False, ends_before__isnull=True), name="limit_of_org_once",
            ),
            models.UniqueConstraint(
                fields=["alliance", "item", "sex", "age_from_days", "age_before_days"],
                condition=Q(alliance__isnull=False, ends_before__isnull=True), name="limit_of_alliance_once",
            ),
            models.CheckConstraint(
                name="limit_has_one_owner",
                condition=Q(org__isnull=False, alliance__isnull=True) | Q(org__isnull=True, alliance__isnull=False),
            ),
            models.CheckConstraint(
                name="limit_low_below_high",
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lt=F("high")),
            ),
            models.CheckConstraint(name="limit_ages", condition=Q(age_from_days__lt=F("age_before_days"))),
            models.CheckConstraint(
                name="limit_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="limit_sex", condition=Q(sex__in=["", "male", "female"])),
            models.CheckConstraint(name="limit_has_source", condition=~Q(source="") & ~Q(item="")),
        ]  # fmt: skip


class Rung(models.Model):
    """Who is told so many minutes after nobody answered: one person, or everybody in a role at an organisation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # whose chain it is: the ordering site's
    after_minutes = models.PositiveSmallIntegerField()
    at_org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # where those work who are told
    staff = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role, blank=True)  # blank without a person: everybody there
    title = models.CharField(max_length=60)  # what she is to the chain: 科主任, 总值班
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["org", "after_minutes", "id"]
        constraints = [
            models.CheckConstraint(name="rung_minutes", condition=Q(after_minutes__gte=1, after_minutes__lte=240)),
            models.CheckConstraint(
                name="rung_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="rung_person_or_role", condition=Q(staff__isnull=True) | Q(role="")),
        ]
