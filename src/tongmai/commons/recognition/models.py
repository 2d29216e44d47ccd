"""The list of what is recognised, the evaluations from which marks follow, and what doctors decided."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.recognition.choices import Choice, Outcome, Reason, Scope, Strength, Window
from tongmai.commons.residents.models import Resident
from tongmai.commons.results.choices import Category
from tongmai.commons.results.models import Report
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.ids import new_id


class Item(models.Model):
    """One line of the list of recognised items, with everything that counts as the same examination.

    Lists of codes are separated by blanks and have one at both ends; words by bars, as `rules.plain` writes them.
    """

    class DoseStatus(models.TextChoices):
        NONE = "", _("无辐射")
        STATED = "stated", _("有出处")
        TYPICAL = "local-default", _("典型值")

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    category = models.CharField(max_length=12, choices=[(c, c) for c in Category])
    window = models.CharField(max_length=12, choices=[(w, w) for w in Window])
    catalog_codes = models.CharField(max_length=200, blank=True)  # of what can be ordered
    charge_code = models.CharField(max_length=32, blank=True)  # what it costs, in the community's list of charges
    same_charges = models.CharField(max_length=120, blank=True)  # codes of that list which mean this very examination
    loinc = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    near = models.CharField(max_length=200, blank=True)  # in names of other examinations of the same part
    quantities = models.CharField(max_length=120, blank=True)  # results/quantities.py: a panel that holds all of them
    modalities = models.CharField(max_length=40, blank=True)  # DICOM
    body_part = models.CharField(max_length=16, blank=True)  # DICOM
    by_images = models.BooleanField(default=False)  # modality and body part alone make it the same
    needs_data = models.BooleanField(default=False)  # images or a tracing
    dose_usv = models.PositiveIntegerField(null=True, blank=True)  # effective dose of one examination
    dose_status = models.CharField(max_length=14, choices=DoseStatus, blank=True)
    dose_source = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(name="recognition_item_category", condition=Q(category__in=list(Category))),
            models.CheckConstraint(name="recognition_item_window", condition=Q(window__in=list(Window))),
            models.CheckConstraint(name="recognition_item_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="recognition_item_dose_has_status",
                condition=Q(dose_usv__isnull=True, dose_status="") | (Q(dose_usv__isnull=False) & ~Q(dose_status="")),
            ),
            models.CheckConstraint(
                name="recognition_item_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Evaluation(AppendOnly):
    """One quality evaluation of a facility's item by the body of one area.  The last of them says whether there is a mark."""

    id = models.BigAutoField(primary_key=True)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="evaluations")
    scope = models.CharField(max_length=9, choices=[(s, s) for s in Scope])
    areas = models.CharField(
        max_length=120, blank=True
    )  # beginnings of division codes, with blanks; blank: the country
    area_name = models.CharField(max_length=40)  # 全国, 安徽省 …: the mark is this with HR
    outcome = models.CharField(max_length=9, choices=[(o, o) for o in Outcome])
    name = models.CharField(max_length=120, blank=True)  # of the evaluation, e.g. 2026年上半年室间质量评价
    body = models.CharField(max_length=120, blank=True)  # who evaluated
    evaluated_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)  # of a passed one
    note = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program
    entered_by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-evaluated_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["org", "item", "areas", "evaluated_on", "outcome"], name="evaluation_once"),
            models.CheckConstraint(name="evaluation_outcome", condition=Q(outcome__in=list(Outcome))),
            models.CheckConstraint(name="evaluation_scope", condition=Q(scope__in=list(Scope))),
            models.CheckConstraint(
                name="evaluation_national_is_everywhere",
                condition=Q(scope="national", areas="") | (~Q(scope="national") & ~Q(areas="")),
            ),
            models.CheckConstraint(
                name="evaluation_passed_ends",
                condition=Q(outcome="passed", ends_before__gt=F("evaluated_on"))
                | (~Q(outcome="passed") & Q(ends_before__isnull=True)),
            ),
            models.CheckConstraint(name="evaluation_has_area_name", condition=~Q(area_name="")),
        ]
        indexes = [models.Index(fields=["item", "org"], name="evaluation_of_item")]


class Asking(AppendOnly):
    """A doctor without another basis is about to order an item for who is in front of her: for minutes she may ask of it."""

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["resident", "asked_by", "-asked_at"], name="asking_of_doctor")]


class Shown(AppendOnly):
    """A doctor was shown results that count, when she was about to order: once a day for each person and item."""

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    n_must = models.PositiveSmallIntegerField()
    n_may = models.PositiveSmallIntegerField()
    shown_on = models.DateField()
    shown_at = models.DateTimeField()
    shown_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    shown_by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-shown_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["resident", "item", "org", "shown_by", "shown_on"], name="shown_once_a_day")
        ]
        indexes = [models.Index(fields=["org", "shown_on"], name="shown_at_org")]


class Decision(AppendOnly):
    """What a doctor decided about an existing result: recognised, or examined anew for one of the six reasons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="recognition_decisions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    item_name = models.CharField(max_length=80)  # as it was called then
    choice = models.CharField(max_length=10, choices=[(c, c) for c in Choice])
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="recognition_decisions")
    from_org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # whose result it is
    strength = models.CharField(max_length=4, choices=[(s, s) for s in Strength])
    mark = models.CharField(max_length=44, blank=True)  # that the result carried
    taken_on = models.DateField()
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")  # where it was decided
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=16, blank=True)  # of the examination that was ordered anyway
    reason = models.CharField(max_length=14, choices=[(r, r) for r in Reason], blank=True)
    explanation = models.CharField(max_length=500, blank=True)  # what the patient was told: why anew
    is_agreed = models.BooleanField(default=False)  # the patient
    amount_fen = models.BigIntegerField(null=True, blank=True)  # the price on the day, of what was not done again
    dose_usv = models.PositiveIntegerField(null=True, blank=True)  # likewise
    decided_on = models.DateField()
    turn = models.PositiveSmallIntegerField(default=0)  # how often it was taken back that day
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a program
    decided_by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-decided_at", "id"]
        constraints = [
            models.CheckConstraint(name="decision_choice", condition=Q(choice__in=list(Choice))),
            models.CheckConstraint(
                name="decision_says_why",
                condition=Q(choice="recognised", reason="", order_number="")
                | (Q(choice="ordered", reason__in=list(Reason)) & ~Q(order_number="") & ~Q(explanation="")),
            ),
            models.CheckConstraint(
                name="decision_ordered_saves_nothing",
                condition=Q(choice="recognised") | Q(amount_fen__isnull=True, dose_usv__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["resident", "item", "org", "decided_on", "turn"],
                condition=Q(choice="recognised"),
                name="decision_recognised_once",
            ),
            models.UniqueConstraint(
                fields=["order_number", "item"], condition=Q(choice="ordered"), name="decision_of_order_once"
            ),
        ]
        indexes = [
            models.Index(fields=["resident", "item", "-decided_at"], name="decision_of_resident"),
            models.Index(fields=["org", "decided_on"], name="decision_at_org"),
        ]


class Undoing(AppendOnly):
    """A decision was taken back within minutes: it counts nowhere, and stays in the history."""

    decision = models.OneToOneField(Decision, primary_key=True, on_delete=models.PROTECT, related_name="undoing")
    undone_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
