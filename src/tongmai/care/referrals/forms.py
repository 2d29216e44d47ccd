"""The shape of what is entered.  Whether it may be done is asked of the services."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.care.referrals import lists
from tongmai.care.referrals.services import Content, Findings, Given, Item, LineInput, Medicine, Plan
from tongmai.care.referrals.states import Urgency

URGENCIES = [(Urgency.ROUTINE, _("普通")), (Urgency.URGENT, _("加急")), (Urgency.EMERGENCY, _("急诊（先转后补手续）"))]
_TEXT = forms.Textarea(attrs={"rows": 4})


class ConsentFields(forms.Form):
    """The consent, as part of other forms; left blank where it is brought later."""

    consent_relation = forms.ChoiceField(
        label=_("同意人与患者的关系"), choices=[("", "—"), *lists.Relation.choices], required=False
    )
    consent_how = forms.ChoiceField(label=_("同意的方式"), choices=[("", "—"), *lists.HOW_GIVEN], required=False)
    consent_name = forms.CharField(label=_("同意人姓名"), max_length=60, required=False)
    consent_witness = forms.CharField(label=_("见证人（口头同意时）"), max_length=60, required=False)
    consent_note = forms.CharField(label=_("说明（急诊例外时）"), max_length=300, required=False)

    def given(self) -> Given | None:
        """Return the consent, None when nothing of it was entered."""
        data = self.cleaned_data
        if not data["consent_how"]:
            return None
        return Given(
            relation=data["consent_relation"],
            how=data["consent_how"],
            agreed_name=data["consent_name"],
            witness=data["consent_witness"],
            note=data["consent_note"],
        )


class _Ticked(forms.SelectMultiple):
    """Boxes of one name; an empty value among them says that the boxes were there, ticked or not."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str] | None:
        return super().value_from_datadict(data, files, name) if name in data else None


class Ids(forms.Field):
    """Ids, each of a box that is ticked; None where there were no boxes."""

    widget = _Ticked
    MOST = 10

    def clean(self, value: Any) -> tuple[UUID, ...] | None:
        if value is None:
            return None
        try:
            ids = tuple(UUID(str(each)) for each in value if each)
        except ValueError as why:
            raise forms.ValidationError(_("无法识别")) from why
        if len(ids) > self.MOST:
            raise forms.ValidationError(_("最多随附 %(most)s 份"), params={"most": self.MOST})
        return ids

    def known(self, value: Any) -> tuple[UUID, ...]:
        """Return the ids of what a form begins with or got, none where it is no list of ids."""
        try:
            return self.clean(value) or ()
        except forms.ValidationError:
            return ()


class Up(ConsentFields):
    """A referral up."""

    diagnosis_code = forms.CharField(label=_("诊断"), max_length=20)
    receiver_id = forms.UUIDField(label=_("接收机构"))
    receiver_department_id = forms.UUIDField(label=_("科室"), required=False)
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=URGENCIES, initial=Urgency.ROUTINE)
    wants = forms.ChoiceField(label=_("需要"), choices=lists.Wants.choices, initial=lists.Wants.CLINIC)
    reason = forms.CharField(label=_("转诊原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    summary = forms.CharField(label=_("病情摘要"), max_length=5000, required=False, widget=_TEXT)
    outside_reason = forms.CharField(
        label=_("转往医联体外的理由"), max_length=300, required=False, help_text=_("接收机构不在本医联体时须填写")
    )
    source_encounter_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    recording_ids = Ids(required=False, label=_("随附心电图"))
    critical_value_id = forms.UUIDField(required=False, widget=forms.HiddenInput)  # from whose page it was begun

    def content(self) -> Content:
        """Return what the form says."""
        names = Content.__dataclass_fields__
        return Content(**{name: self.cleaned_data[name] for name in names})


class Emergency(Up):
    """Somebody who arrived without paper."""

    sender_id = forms.UUIDField(label=_("转出机构"))


class Version(forms.Form):
    """Every step says which version its page showed."""

    seen_version = forms.IntegerField(min_value=0, max_value=2_000_000_000, required=False, widget=forms.HiddenInput)


class Step(Version):
    reason = forms.CharField(max_length=500, required=False)


class Booking(Version):
    """Accepting with a place, without one (no pool chosen), booking, or moving."""

    pool_ids = forms.CharField(max_length=2_000, required=False)
    reason = forms.CharField(max_length=500, required=False)
    department_id = forms.UUIDField(required=False)


class Redirect(Version):
    receiver_id = forms.UUIDField(label=_("新的接收机构"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class Paperwork(ConsentFields, Version):
    summary = forms.CharField(label=_("病情摘要"), max_length=5000, widget=_TEXT)


class Consent(ConsentFields, Version):
    """The consent that a message did not bring."""


class Down(ConsentFields):
    """A referral down: the plan.  Medicines and items come as numbered rows."""

    ROWS = 8
    receiver_id = forms.UUIDField(label=_("接收机构"))
    group = forms.ChoiceField(label=_("下转类别"), choices=lists.Group.choices)
    diagnosis_code = forms.CharField(label=_("主要诊断"), max_length=20)
    reason = forms.CharField(label=_("下转原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    discharge_summary = forms.CharField(
        label=_("出院小结"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    red_flags = forms.CharField(
        label=_("警示症状"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("出现哪些情况须立即就医"),
    )  # fmt: skip
    discharged_on = forms.DateField(
        label=_("出院日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    outside_reason = forms.CharField(label=_("转往医联体外的理由"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for i in range(self.ROWS):
            self.fields[f"medicine_{i}_name"] = forms.CharField(label=_("药名"), max_length=120, required=False)
            self.fields[f"medicine_{i}_dose"] = forms.CharField(label=_("剂量"), max_length=60, required=False)
            self.fields[f"medicine_{i}_frequency"] = forms.CharField(label=_("用法"), max_length=60, required=False)
            self.fields[f"medicine_{i}_days"] = forms.IntegerField(
                label=_("天数"), min_value=1, max_value=366, required=False
            )
            self.fields[f"item_{i}_text"] = forms.CharField(label=_("安排"), max_length=200, required=False)
            self.fields[f"item_{i}_who"] = forms.ChoiceField(label=_("由谁"), choices=lists.Who.choices, required=False)
            self.fields[f"item_{i}_due_on"] = forms.DateField(
                label=_("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )

    def medicine_rows(self) -> list[list]:
        """Return the bound fields of the medicines, row by row."""
        return [[self[f"medicine_{i}_{n}"] for n in ("name", "dose", "frequency", "days")] for i in range(self.ROWS)]

    def item_rows(self) -> list[list]:
        """Return the bound fields of the items, row by row."""
        return [[self[f"item_{i}_{n}"] for n in ("text", "who", "due_on")] for i in range(self.ROWS)]

    def plan(self) -> Plan:
        """Return what the form says; rows without a name are left out."""
        data = self.cleaned_data
        names = ("receiver_id", "group", "diagnosis_code", "reason", "discharge_summary", "red_flags", "discharged_on",
                 "outside_reason")  # fmt: skip
        return Plan(
            **{name: data[name] for name in names},
            medicines=[
                Medicine(
                    name=data[f"medicine_{i}_name"],
                    dose=data[f"medicine_{i}_dose"],
                    frequency=data[f"medicine_{i}_frequency"],
                    days=data[f"medicine_{i}_days"],
                )
                for i in range(self.ROWS)
                if data.get(f"medicine_{i}_name")
            ],
            items=[
                Item(text=data[f"item_{i}_text"], who=data[f"item_{i}_who"], due_on=data[f"item_{i}_due_on"])
                for i in range(self.ROWS)
                if data.get(f"item_{i}_text")
            ],
        )


class FollowUpForm(Version):
    """A follow-up, made for a phone: what matters first, measurements optional."""

    result = forms.ChoiceField(label=_("结果"), choices=lists.Result.choices, widget=forms.RadioSelect)
    way = forms.ChoiceField(label=_("方式"), choices=lists.Way.choices, initial="home", widget=forms.RadioSelect)
    takes_medicines = forms.NullBooleanField(label=_("按医嘱用药"), required=False)
    systolic_mmhg = forms.IntegerField(label=_("收缩压 mmHg"), min_value=30, max_value=350, required=False)
    diastolic_mmhg = forms.IntegerField(label=_("舒张压 mmHg"), min_value=10, max_value=250, required=False)
    pulse_per_minute = forms.IntegerField(label=_("脉搏 次/分"), min_value=10, max_value=350, required=False)
    temperature_c = forms.DecimalField(label=_("体温 ℃"), max_digits=3, decimal_places=1, required=False)
    glucose_mmol = forms.DecimalField(label=_("血糖 mmol/L"), max_digits=4, decimal_places=1, required=False)
    note = forms.CharField(label=_("记录"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    next_on = forms.DateField(
        label=_("增加下次随访"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def findings(self) -> Findings:
        """Return what the form says."""
        return Findings(**{name: self.cleaned_data[name] for name in Findings.__dataclass_fields__})


class CatalogueLine(forms.Form):
    entry_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    level = forms.ChoiceField(label=_("层级"), choices=lists.Level.choices)
    icd10_prefix = forms.CharField(label=_("ICD-10 编码开头"), max_length=8)
    name = forms.CharField(label=_("病种"), max_length=120)
    guidance = forms.ChoiceField(label=_("意见"), choices=lists.Guidance.choices)
    conditions = forms.CharField(label=_("条件"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    source = forms.CharField(label=_("依据"), max_length=300)
    status = forms.ChoiceField(label=_("依据性质"), choices=lists.Status.choices)

    def line(self) -> LineInput:
        """Return what the form says."""
        return LineInput(**{name: self.cleaned_data[name] for name in LineInput.__dataclass_fields__})
