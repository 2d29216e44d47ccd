"""The shape of what is entered about examinations."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.care.diagnostics import presenters
from tongmai.care.diagnostics.services import Anyway, Wanted
from tongmai.care.diagnostics.states import Priority
from tongmai.foundation.orgs.forms import Carried, Day

CATEGORIES = list(presenters.CATEGORIES.items())


class Order(Carried):
    """One examination; which questions it asks depends on the item."""

    clinical_question = forms.CharField(
        label=_("临床问题"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("要请报告医生回答什么，例如“咳嗽两周，排除肺炎”。"),
    )  # fmt: skip
    diagnosis_name = forms.CharField(label=_("临床诊断"), max_length=200, required=False)
    priority = forms.ChoiceField(
        label=_("紧急程度"),
        choices=[(str(p), presenters.PRIORITIES[p][0]) for p in Priority],
        widget=forms.RadioSelect,
        initial=str(Priority.ROUTINE),
    )
    site_id = forms.ChoiceField(label=_("检查机构"))
    safety_note = forms.CharField(label=_("处理意见"), max_length=300, required=False)

    def __init__(self, *args: Any, checks: list[str], sites: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site_id"].choices = sites
        self.checks = checks
        for check in checks:
            self.fields[f"check_{check}"] = forms.ChoiceField(
                label=presenters.CHECKS[check], choices=list(presenters.ANSWERS.items()), widget=forms.RadioSelect
            )
        if not checks:
            del self.fields["safety_note"]

    def asked(self) -> list[Any]:
        """Return the bound fields of the questions."""
        return [self[f"check_{check}"] for check in self.checks]

    def wanted(self, *, item_code: str, encounter_id: UUID | None, anyway: Anyway | None) -> Wanted:
        """Return what is ordered."""
        data = self.cleaned_data
        return Wanted(
            item_code=item_code,
            clinical_question=data["clinical_question"],
            priority=data["priority"],
            site_id=UUID(data["site_id"]),
            diagnosis_name=data["diagnosis_name"],
            answers={check: data[f"check_{check}"] for check in self.checks},
            safety_note=data.get("safety_note", ""),
            encounter_id=encounter_id,
            anyway=anyway,
        )


class Step(forms.Form):
    reason = forms.CharField(max_length=500, required=False)
    seen_version = forms.IntegerField(min_value=1, required=False)


class Reject(forms.Form):
    note = forms.CharField(max_length=300, required=False)
    seen_version = forms.IntegerField(min_value=1, required=False)


class Assign(forms.Form):
    staff_id = forms.UUIDField(required=False)
    seen_version = forms.IntegerField(min_value=1, required=False)


class Report(forms.Form):
    conclusion = forms.CharField(max_length=4000, required=False)
    is_abnormal = forms.BooleanField(required=False)
    seen_draft = forms.IntegerField(min_value=1, required=False)


class Agreement(Carried):
    site_id = forms.TypedChoiceField(label=_("检查机构"), coerce=UUID)
    category = forms.ChoiceField(label=_("类别"), choices=CATEGORIES)
    modality = forms.CharField(label=_("设备类型"), max_length=8, required=False, help_text=_("如 CT；不填为全部"))
    starts_on = Day(label=_("起始日期"))
    note = forms.CharField(label=_("协议编号或说明"), max_length=200, required=False)

    def __init__(self, *args: Any, sites: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site_id"].choices = sites


class Turn(Carried):
    staff_id = forms.TypedChoiceField(label=_("诊断医生"), coerce=UUID)
    category = forms.ChoiceField(label=_("类别"), choices=CATEGORIES)
    starts_at = forms.DateTimeField(label=_("开始"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    ends_at = forms.DateTimeField(label=_("结束"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def __init__(self, *args: Any, readers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff_id"].choices = readers


class Template(Carried):
    name = forms.CharField(label=_("模板名称"), max_length=60)
    category = forms.ChoiceField(label=_("类别"), choices=CATEGORIES)
    modality = forms.CharField(label=_("设备类型"), max_length=8, required=False)
    body_part = forms.CharField(label=_("部位"), max_length=40, required=False)
    lines = forms.CharField(
        label=_("所见"), widget=forms.Textarea(attrs={"rows": 5}), max_length=4000,
        help_text=_("每行一项，写成“名称：通常的所见”。"),
    )  # fmt: skip
    conclusion = forms.CharField(
        label=_("诊断意见"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False
    )


class Until(forms.Form):
    ends_before = Day()
