"""The person, who may find her, and by what she is found."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.catalog import lookups  # noqa: F401  (registers the `prefix` lookup)
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Sex(models.TextChoices):
    """GB/T 2261.1, in words."""

    MALE = "male", _("男")
    FEMALE = "female", _("女")
    UNKNOWN = "unknown", _("未知")
    UNSPECIFIED = "unspecified", _("未说明")


class Resident(models.Model):
    """A person.  One whose name nobody knows yet (`is_unnamed`) is completed later; her history stays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=12, choices=Sex)
    born_on = models.DateField(null=True, blank=True)  # null only while the person is unnamed
    is_born_on_estimated = models.BooleanField(default=False)
    is_unnamed = models.BooleanField(default=False)
    village_code = models.CharField(max_length=12, blank=True, db_index=True)  # division; blank while unknown
    county_code = models.CharField(max_length=6, blank=True, db_index=True)  # of the village; who may find her
    address = models.CharField(max_length=200, blank=True)  # below the village: group, street, house
    id_masked = models.CharField(max_length=32, blank=True)  # the main identifier with stars, for lists
    died_on = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    registered_org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    # The entry that stands for this person since the two were found to be one; see services.merging.
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="resident_merged_into_another",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(name="resident_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="resident_sex", condition=Q(sex__in=Sex.values)),
            models.CheckConstraint(
                name="resident_birth_known", condition=Q(is_unnamed=True) | Q(born_on__isnull=False)
            ),
            models.CheckConstraint(
                name="resident_death_after_birth",
                condition=Q(died_on__isnull=True) | Q(born_on__isnull=True) | Q(died_on__gte=F("born_on")),
            ),
        ]
        indexes = [models.Index(fields=["county_code", "village_code", "id"], name="resident_by_place")]

    def __str__(self) -> str:
        return self.name


class KnownTo(models.Model):
    """An organisation may find this person although she lives elsewhere: it registered, treated or received her.

    Finding shows one line with a masked number; opening the record needs a basis of its own.
    """

    class Via(models.TextChoices):
        REGISTRATION = "registration", _("建档")
        DOCUMENT = "document", _("出示证件")
        ENCOUNTER = "encounter", _("就诊")
        REFERRAL = "referral", _("转诊")
        BOOKING = "booking", _("预约")

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="known_to")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=16, choices=Via)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "resident"], name="known_once")]


class SearchKey(models.Model):
    """One text whose beginning finds the person.  Derived from the other tables; `services.keys` writes it."""

    class Kind(models.TextChoices):
        NAME = "name", _("姓名")
        FULL = "full", _("拼音")
        INITIALS = "initials", _("首字母")
        PHONE = "phone", _("电话")
        PHONE_TAIL = "phone_tail", _("电话尾号")
        ID = "id", _("证件号码")
        ID_TAIL = "id_tail", _("证件尾号")
        CARD = "card", _("卡号")

    id = models.BigAutoField(primary_key=True)
    # A person has a dozen of these rows, so all that the database does for each costs twelvefold: by resident they are
    # found by `searchkey_once`, and whether she is there is proved by `tongmai check` (docs/decisions/0014).
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="keys", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=80)
    born_year = models.PositiveSmallIntegerField(null=True)  # the resident's: a name and a year are found in one walk

    class Meta:
        indexes = [
            models.Index(fields=["key"], name="searchkey_by_key", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["born_year", "key"], name="searchkey_of_year", opclasses=["int2_ops", "varchar_pattern_ops"]
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["resident", "kind", "key"], name="searchkey_once"),
            models.CheckConstraint(name="searchkey_not_blank", condition=~Q(key="")),
        ]
