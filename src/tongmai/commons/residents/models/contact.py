"""How to reach a person, and who decides for her."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents.models.person import Resident
from tongmai.foundation.orgs.models import User
from tongmai.kernel.ids import new_id


class Relation(models.TextChoices):
    """What somebody is to the person."""

    SELF = "self", _("本人")
    SPOUSE = "spouse", _("配偶")
    FATHER = "father", _("父亲")
    MOTHER = "mother", _("母亲")
    CHILD = "child", _("子女")
    GRANDPARENT = "grandparent", _("祖父母或外祖父母")
    SIBLING = "sibling", _("兄弟姐妹")
    OTHER_RELATIVE = "other_relative", _("其他亲属")
    NEIGHBOUR = "neighbour", _("邻居")
    COMMITTEE = "committee", _("村（居）委会")
    OTHER = "other", _("其他")


class Guardian(models.Model):
    """Who decides for a child or for an adult who cannot.  The guardian may be a resident here herself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="guardians")
    guardian_resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="guardian_of"
    )
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=16, choices=Relation)
    phone = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    # Of a child: from this day on she decides herself.  Null: registered for an adult who cannot.
    grown_up_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="guardian_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="guardian_is_another",
                condition=Q(guardian_resident__isnull=True) | ~Q(guardian_resident=F("resident")),
            ),
            models.CheckConstraint(name="guardian_not_self", condition=~Q(relation="self")),
            models.UniqueConstraint(
                fields=["resident", "name", "relation"], condition=Q(ends_before__isnull=True), name="guardian_once"
            ),
        ]


class Phone(models.Model):
    """A number under which the person can be reached.  Families share one: it may stand with several people."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="phones")
    number = models.CharField(max_length=20)  # digits, with a leading + for foreign ones
    whose = models.CharField(max_length=16, choices=Relation, default=Relation.SELF)
    holder_name = models.CharField(max_length=60, blank=True)
    is_main = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # When a registrar had the person, her papers and this phone before her; what systems report is unchecked.
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-is_main", "added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "number"], condition=Q(closed_at__isnull=True), name="phone_once"
            ),
            models.UniqueConstraint(
                fields=["resident"], condition=Q(is_main=True, closed_at__isnull=True), name="phone_one_main"
            ),
            models.CheckConstraint(name="phone_not_blank", condition=~Q(number="")),
        ]
