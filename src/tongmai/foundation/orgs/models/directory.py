"""Organisations, alliances, people, their posts and accounts.  Spans are half-open: `starts_on` is in, `ends_before` is out."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.orgs.roles import ADMINISTRATORS, Role
from tongmai.kernel.ids import new_id


def valid_on(day: date, path: str = "") -> Q:
    """The condition that a row's span covers `day`; `path` leads to the row that has the span, e.g. "alliance__"."""
    return Q(**{f"{path}starts_on__lte": day}) & (
        Q(**{f"{path}ends_before__isnull": True}) | Q(**{f"{path}ends_before__gt": day})
    )


def _span_is_forward(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")))


class Org(models.Model):
    """A health facility, or an authority that takes part (commission, insurance bureau, CDC)."""

    class Kind(models.TextChoices):
        FACILITY = "facility", _("医疗卫生机构")
        COMMISSION = "commission", _("卫生健康行政部门")
        INSURER = "insurer", _("医疗保障部门")
        CDC = "cdc", _("疾病预防控制机构")

    class Level(models.TextChoices):
        """The place in the county's chain; what a referral goes up or down along."""

        VILLAGE = "village", _("村级")
        TOWNSHIP = "township", _("乡镇级")
        COUNTY = "county", _("县级")
        OUTSIDE = "outside", _("县外")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True)  # registration number of the facility, or a local code
    credit_code = models.CharField(max_length=18, blank=True)  # GB 32100
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    search_keys = models.TextField(blank=True)  # names, pinyin, initials and code, each after a bar
    kind = models.CharField(max_length=16, choices=Kind)
    level = models.CharField(max_length=16, choices=Level)
    class_code = models.CharField(max_length=8, blank=True)  # WS 218 facility class
    grade = models.CharField(max_length=16, blank=True)  # WS 218 level and grade, e.g. 二级甲等
    county_code = models.CharField(max_length=6, db_index=True)
    division_code = models.CharField(max_length=12)  # where it stands, down to the village where known
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class CatchmentArea(models.Model):
    """The division whose residents an organisation looks after (辖区)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="catchments")
    division_code = models.CharField(max_length=12, db_index=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            _span_is_forward("catchment_span"),
            models.UniqueConstraint(fields=["org", "division_code", "starts_on"], name="catchment_once"),
        ]


class Department(models.Model):
    """A department of an organisation, by the national list of clinical specialties."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField(max_length=16)  # catalog.DepartmentType code
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["org", "code"]
        constraints = [models.UniqueConstraint(fields=["org", "name"], name="department_name_once")]

    def __str__(self) -> str:
        return self.name


class Alliance(models.Model):
    """A medical consortium (医联体) in one of its four forms."""

    class Form(models.TextChoices):
        URBAN_GROUP = "urban_group", _("城市医疗集团")
        COUNTY_COMMUNITY = "county_community", _("县域医共体")
        SPECIALTY_ALLIANCE = "specialty_alliance", _("专科联盟")
        TELEMEDICINE_NETWORK = "telemedicine_network", _("远程医疗协作网")

    class Tightness(models.TextChoices):
        TIGHT = "tight", _("紧密型")
        LOOSE = "loose", _("松散型")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    form = models.CharField(max_length=24, choices=Form)
    tightness = models.CharField(max_length=8, choices=Tightness)
    county_code = models.CharField(max_length=6, blank=True)
    specialty_code = models.CharField(max_length=16, blank=True)  # for a specialty alliance
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]
        constraints = [_span_is_forward("alliance_span")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An organisation's time in an alliance.  One lead at a time: services lock the alliance to hold it."""

    class Part(models.TextChoices):
        LEAD = "lead", _("牵头单位")
        MEMBER = "member", _("成员单位")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="memberships")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="memberships")
    part = models.CharField(max_length=8, choices=Part)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            _span_is_forward("membership_span"),
            models.UniqueConstraint(
                fields=["alliance"], condition=Q(part="lead", ends_before__isnull=True), name="membership_one_lead"
            ),
            models.UniqueConstraint(
                fields=["alliance", "org"], condition=Q(ends_before__isnull=True), name="membership_once"
            ),
        ]


class Staff(models.Model):
    """A person who works in the county's health service."""

    class Grade(models.TextChoices):
        """Professional grade; 'intermediate or above' matters for postings."""

        NONE = "none", _("无职称")
        JUNIOR = "junior", _("初级")
        INTERMEDIATE = "intermediate", _("中级")
        DEPUTY_SENIOR = "deputy_senior", _("副高级")
        SENIOR = "senior", _("正高级")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=32, unique=True)  # staff number, unique in the deployment
    name = models.CharField(max_length=60)
    search_keys = models.TextField(blank=True)  # as in Org; the surname's own reading first
    licence_number = models.CharField(max_length=32, blank=True)
    grade = models.CharField(max_length=16, choices=Grade, default=Grade.NONE)
    practice_org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="registered_staff")
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, username: str, password: str | None = None, **fields):
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A sign-in.  It belongs to a member of staff, or to a resident (then `resident_id` is set)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    staff = models.OneToOneField(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="user")
    resident_id = models.UUIDField(null=True, blank=True, unique=True)
    display_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_set_on = models.DateField(null=True, blank=True)
    # Since when a second factor is asked for; null: she has none.  Follows from the rows of Factor.
    second_factor_on = models.DateField(null=True, blank=True)
    # Counts what ends sessions or changes what they mean; a process that remembers another number asks the tables.
    sessions_epoch = models.PositiveIntegerField(default=0)

    objects = UserManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.display_name


class Agreement(models.Model):
    """Why somebody may work for another organisation without registering there anew."""

    class Kind(models.TextChoices):
        TRUSTEESHIP = "trusteeship", _("托管")
        SUPPORT = "support", _("对口帮扶")
        POSTING = "posting", _("派驻")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    from_org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="agreements_given")
    to_org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="agreements_received")
    alliance = models.ForeignKey(Alliance, null=True, blank=True, on_delete=models.PROTECT)
    number = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            _span_is_forward("agreement_span"),
            models.CheckConstraint(name="agreement_between_two", condition=~Q(from_org=F("to_org"))),
        ]


class Post(models.Model):
    """A person in a role at an organisation.  What a user may do follows from the post she acts in."""

    class Posting(models.TextChoices):
        """How somebody works elsewhere; only long postings count as 派驻 in the monitoring indicators."""

        LONG_TERM = "long_term", _("长期派驻")
        SHORT_TERM = "short_term", _("短期支援")
        ROUNDS = "rounds", _("巡诊")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="posts")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="posts")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=32, choices=Role)
    agreement = models.ForeignKey(Agreement, null=True, blank=True, on_delete=models.PROTECT)
    posting = models.CharField(max_length=16, choices=Posting, blank=True)  # set exactly when there is an agreement
    is_main = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            _span_is_forward("post_span"),
            models.CheckConstraint(
                name="post_posting_by_agreement",
                condition=Q(agreement__isnull=True, posting="") | (Q(agreement__isnull=False) & ~Q(posting="")),
            ),
            # Two constraints, as SQLite knows no NULLS NOT DISTINCT: no department is a value here.
            models.UniqueConstraint(fields=["staff", "org", "department", "role", "starts_on"], name="post_once"),
            models.UniqueConstraint(
                fields=["staff", "org", "role", "starts_on"],
                condition=Q(department__isnull=True),
                name="post_once_without_department",
            ),
            # The three administrators are three people.  Posts with an end are held apart by the service, which locks
            # the person, and by `tongmai check`: spans would need an extension of PostgreSQL.
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(role__in=sorted(ADMINISTRATORS), ends_before__isnull=True),
                name="post_one_open_administrator",
            ),
        ]


class ApiToken(models.Model):
    """A key for programs.  Only its digest is kept; it acts in one post until it expires or is revoked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="token_revoked_pair",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]
