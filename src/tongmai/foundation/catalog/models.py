"""Code lists, divisions and the small tables of kinds.  Spans are half-open: `starts_on` is in, `ends_before` is out."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.catalog import lookups  # noqa: F401  (registers the `prefix` lookup)
from tongmai.kernel.ids import new_id


def _span_is_forward(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")))


class CodeList(models.Model):
    """One edition of one coding system.  At any day at most one edition of a system is in force."""

    class System(models.TextChoices):
        """The four unified code sets of a community."""

        ICD10 = "icd10", _("疾病诊断 ICD-10")
        DRUGS = "drugs", _("药品")
        CONSUMABLES = "consumables", _("医用耗材")
        CHARGES = "charges", _("医疗服务项目")

    system = models.CharField(max_length=16, choices=System)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    source = models.CharField(max_length=200)  # where the edition comes from, in words
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    is_starter = models.BooleanField(default=False)  # the project's own short table, not an official edition

    class Meta:
        ordering = ["system", "-starts_on"]
        constraints = [
            _span_is_forward("codelist_span"),
            models.UniqueConstraint(fields=["system", "version"], name="codelist_version_once"),
            models.UniqueConstraint(fields=["system", "starts_on"], name="codelist_start_once"),
            models.UniqueConstraint(
                fields=["system"], condition=Q(ends_before__isnull=True), name="codelist_one_without_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class Code(models.Model):
    """One entry of one edition: a diagnosis, a drug, a consumable or a service that is charged for.

    `search` holds every key by which it may be found, each after a bar and all in lower case:
    `|2型糖尿病|糖尿病|2xingtangniaobing|…|2xtnb|tnb|` (name, everyday names, their pinyin, their initials).
    """

    list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(max_length=32, db_index=True)
    name = models.CharField(max_length=200)
    everyday_names = models.CharField(max_length=200, blank=True)  # what people say, separated by "；"
    search = models.TextField()
    is_common = models.BooleanField(default=False)  # county and township practice meets it
    is_chronic = models.BooleanField(default=False)  # long-term condition

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="code_once_per_list")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Price(AppendOnly):
    """What an item costs from a day on, until the next row of the same item and institutions begins.

    A span has no end of its own: it ends where the next one begins, so that two can never overlap.  A row without an
    amount says that from its day on there is no price.  Rows are never changed: a new price is a new row.
    """

    class Institution(models.TextChoices):
        """Whose price it is, by the place in the county's chain; the price of one organisation goes before."""

        ALL = "", _("全部机构")
        VILLAGE = "village", _("村级")
        TOWNSHIP = "township", _("乡镇级")
        COUNTY = "county", _("县级")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    county_code = models.CharField(max_length=6)
    system = models.CharField(max_length=16, choices=CodeList.System)  # charges, drugs or consumables
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=24, blank=True)  # 次, 盒, …
    search = models.TextField()  # as in Code
    institution = models.CharField(max_length=12, choices=Institution, blank=True)
    org_code = models.CharField(max_length=32, blank=True)  # the one organisation whose price it is
    org_name = models.CharField(max_length=120, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    document = models.CharField(max_length=200, blank=True)  # that set the price

    class Meta:
        ordering = ["system", "code", "institution", "org_code", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "system", "code", "institution", "org_code", "starts_on"],
                name="price_one_from_a_day",
            ),
            models.CheckConstraint(
                name="price_not_negative", condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0)
            ),
            models.CheckConstraint(name="price_of_class_or_org", condition=Q(institution="") | Q(org_code="")),
            models.CheckConstraint(
                name="price_institution", condition=Q(institution__in=["", "village", "township", "county"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class NotifiableDisease(models.Model):
    """A statutory infectious disease, for the time in which the law lists it so.

    Which diagnoses mean it is answered by prefix and day (`rules.notifiable_of`), not stored with the code: the law
    changes more often than the code list.
    """

    class Category(models.TextChoices):
        A = "a", _("甲类")
        B = "b", _("乙类")
        C = "c", _("丙类")

    slug = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    category = models.CharField(max_length=1, choices=Category)
    icd10_prefixes = models.CharField(max_length=400)  # blank-separated; the longest matching prefix decides
    fast_prefixes = models.CharField(max_length=200, blank=True)  # those managed like category A (e.g. lung anthrax)
    source = models.CharField(max_length=200)
    status = models.CharField(max_length=16)  # stated | inferred | local-default
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["category", "id"]
        constraints = [
            _span_is_forward("notifiable_span"),
            models.UniqueConstraint(fields=["slug", "starts_on"], name="notifiable_once"),
            models.CheckConstraint(name="notifiable_category", condition=Q(category__in=["a", "b", "c"])),
        ]

    def __str__(self) -> str:
        return self.name


class Division(models.Model):
    """An administrative area.  One row per code and period: a rename closes a row and opens the next."""

    class Level(models.IntegerChoices):
        """The number of digits of the statistical code."""

        PROVINCE = 2, _("省")
        CITY = 4, _("市")
        COUNTY = 6, _("县（区）")
        TOWN = 9, _("乡镇（街道）")
        VILLAGE = 12, _("村（居）")

    code = models.CharField(max_length=12, db_index=True)
    name = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(choices=Level)
    parent_code = models.CharField(max_length=12, blank=True, db_index=True)  # blank for a province
    succeeds_code = models.CharField(max_length=12, blank=True)  # the division it was split from
    medical_parent_code = models.CharField(max_length=12, blank=True)  # the town whose health centre serves it
    search = models.TextField()  # as in Code
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]
        constraints = [
            _span_is_forward("division_span"),
            models.UniqueConstraint(fields=["code", "starts_on"], name="division_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(ends_before__isnull=True), name="division_one_without_end"
            ),
            models.CheckConstraint(name="division_level", condition=Q(level__in=[2, 4, 6, 9, 12])),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """What the small tables of kinds have in common."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=60)
    search = models.TextField()  # as in Code
    position = models.PositiveSmallIntegerField(default=0)  # order on the page
    source = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class FacilityClass(Entry):
    """What kind of institution it is (WS 218), e.g. A100 general hospital, C210 central township hospital."""

    group = models.CharField(max_length=24)  # hospital | township | community | clinic | village | emergency | …

    class Meta(Entry.Meta):
        constraints = [
            _span_is_forward("facilityclass_span"),
            models.UniqueConstraint(fields=["code", "starts_on"], name="facilityclass_once"),
        ]


class DepartmentType(Entry):
    """A clinical specialty of the national list of specialties (诊疗科目), e.g. 03.04 cardiology."""

    parent_code = models.CharField(max_length=16, blank=True)  # blank for a first-level specialty

    class Meta(Entry.Meta):
        constraints = [
            _span_is_forward("departmenttype_span"),
            models.UniqueConstraint(fields=["code", "starts_on"], name="departmenttype_once"),
        ]


class ResourceKind(Entry):
    """Something that can be booked: a clinic session, a bed, an examination."""

    class Category(models.TextChoices):
        CLINIC = "clinic", _("门诊号源")
        BED = "bed", _("床位")
        EXAM = "exam", _("检查")
        LAB = "lab", _("检验")
        TREATMENT = "treatment", _("治疗")

    category = models.CharField(max_length=16, choices=Category)
    modality = models.CharField(max_length=8, blank=True)  # DICOM modality of an examination
    department_code = models.CharField(max_length=16, blank=True)  # the specialty that usually offers it
    default_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # length of one place

    class Meta(Entry.Meta):
        constraints = [
            _span_is_forward("resourcekind_span"),
            models.UniqueConstraint(fields=["code", "starts_on"], name="resourcekind_once"),
        ]


class ExaminationItem(Entry):
    """Something that a doctor orders from the centre that reports it: an image, an ECG, a panel of the laboratory."""

    class Category(models.TextChoices):
        """As the reports that answer it (commons/results)."""

        LABORATORY = "laboratory", _("检验")
        IMAGING = "imaging", _("影像")
        ECG = "ecg", _("心电")
        PATHOLOGY = "pathology", _("病理")
        OTHER = "other", _("其他")

    category = models.CharField(max_length=12, choices=Category)
    modality = models.CharField(max_length=8, blank=True)  # DICOM modality; ECG for electrocardiograms
    body_part = models.CharField(max_length=40, blank=True)  # in words, as reports print it
    body_code = models.CharField(max_length=16, blank=True)  # DICOM body part examined, e.g. CHEST
    specimen = models.CharField(max_length=40, blank=True)  # what the laboratory needs
    everyday_names = models.CharField(max_length=200, blank=True)  # separated by "；"
    checks = models.CharField(max_length=80, blank=True)  # what is asked before it, blank-separated: CHECKS
    charge_code = models.CharField(max_length=32, blank=True)  # in the unified set of charges

    class Meta(Entry.Meta):
        constraints = [
            _span_is_forward("examinationitem_span"),
            models.UniqueConstraint(fields=["code", "starts_on"], name="examinationitem_once"),
            models.CheckConstraint(
                name="examinationitem_category",
                condition=Q(category__in=["laboratory", "imaging", "ecg", "pathology", "other"]),
            ),
        ]


# What may be asked before an examination: radiation in pregnancy, metal in a magnet, contrast medium, allergies.
CHECKS = ("pregnancy", "metal", "contrast", "allergy")
