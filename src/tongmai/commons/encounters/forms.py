"""The shape of what is entered in the record.  Whether it can be right is decided by the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.commons.encounters import choices, presenters
from tongmai.commons.encounters.services import MOST_DIAGNOSES, DiagnosisEntry
from tongmai.foundation.orgs.forms import Carried, Day, blank

FEWEST_ROWS = 3  # of diagnoses on a page; there is always an empty one behind the last
MOST_ROWS = 2 * MOST_DIAGNOSES  # more than may be saved, so that what is too much is said and not dropped


def _number(label: Any, unit: str, *, decimals: int = 0) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=Decimal(9_999),
        decimal_places=decimals,
        help_text=unit,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "1" if decimals == 0 else "0.1"}),
    )


class Start(Carried):
    kind = forms.ChoiceField(label=_("类型"), choices=choices.KINDS, widget=forms.RadioSelect, initial="outpatient")
    complaint = forms.CharField(label=_("主诉"), max_length=200, required=False, help_text=_("如：头晕三天"))


class Admit(Carried):
    department_id = forms.ChoiceField(label=_("科室"), required=False)
    bed = forms.CharField(label=_("床号"), max_length=20, required=False)
    complaint = forms.CharField(label=_("入院原因"), max_length=200, required=False)

    def __init__(self, *args: Any, departments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department_id"].choices = blank(_("未定"), departments)

    def clean_department_id(self) -> str | None:
        return self.cleaned_data["department_id"] or None


class Diagnoses(Carried):
    """Rows of a code and how sure it is; the first row with a code is the main diagnosis.  The codes are picked.

    The form has as many rows as were sent, whatever their number: none is dropped.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = [int(name[5:]) for name in self.data if name.startswith("code_") and name[5:].isdecimal()]
        self.n_rows = min(max([FEWEST_ROWS, *(n + 1 for n in sent)]), MOST_ROWS)
        for row in range(self.n_rows):
            self.fields[f"code_{row}"] = forms.CharField(max_length=20, required=False)
            self.fields[f"certainty_{row}"] = forms.ChoiceField(
                choices=choices.CERTAINTIES, required=False, initial="confirmed"
            )
        self.fields["diagnosis"] = forms.CharField(label=_("诊断"), required=False, widget=forms.HiddenInput)

    def entries(self) -> list[DiagnosisEntry]:
        """Return the rows that have a code, in order."""
        data = self.cleaned_data
        return [
            DiagnosisEntry(data[f"code_{row}"], data[f"certainty_{row}"] or "confirmed")
            for row in range(self.n_rows)
            if data.get(f"code_{row}")
        ]

    def rows(self) -> list[tuple[str, str]]:
        """Return what was sent, row by row, whether it can be saved or not: (code, certainty)."""
        return [(self.data.get(f"code_{n}", ""), self.data.get(f"certainty_{n}", "")) for n in range(self.n_rows)]


class VitalsForm(Carried):
    """In the units in which people speak: kilograms and centimetres."""

    systolic = _number(_("收缩压"), "mmHg")
    diastolic = _number(_("舒张压"), "mmHg")
    pulse = _number(_("脉搏"), _("次/分"))
    temperature = _number(_("体温"), "℃", decimals=1)
    respiratory_rate = _number(_("呼吸"), _("次/分"))
    spo2 = _number(_("血氧饱和度"), "%")
    weight_kg = _number(_("体重"), "kg", decimals=1)
    height_cm = _number(_("身高"), "cm", decimals=1)
    glucose = _number(_("血糖"), "mmol/L", decimals=1)
    is_fasting = forms.BooleanField(label=_("空腹血糖"), required=False)

    def values(self) -> dict[str, Any]:
        """Return what `services.record_vitals` takes, in its units."""
        data = dict(self.cleaned_data)
        weight, height = data.pop("weight_kg"), data.pop("height_cm")
        data["weight_g"] = None if weight is None else weight * 1000
        data["height_mm"] = None if height is None else height * 10
        return data


class NoteForm(Carried):
    kind = forms.ChoiceField(label=_("类型"), choices=choices.NOTE_KINDS)
    text = forms.CharField(label=_("内容"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}))


class AmendNote(Carried):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    text = forms.CharField(label=_("内容"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))
    reason = forms.CharField(label=_("修改原因"), max_length=200, help_text=_("原文会保留，连同原因一起可查"))


class AllergyForm(Carried):
    substance = forms.CharField(label=_("过敏物质"), max_length=80)
    reaction = forms.CharField(label=_("反应"), max_length=120, required=False)
    severity = forms.ChoiceField(label=_("程度"), choices=choices.SEVERITIES, initial="unknown")


class MedicationForm(Carried):
    name = forms.CharField(label=_("药品"), max_length=120)
    dose = forms.CharField(label=_("每次用量"), max_length=60, required=False, help_text=_("如 5 mg、半片"))
    frequency = forms.CharField(label=_("用法"), max_length=60, required=False, help_text=_("如 每日一次"))
    is_long_term = forms.BooleanField(label=_("长期服用"), required=False)
    starts_on = Day(label=_("自何日起"), required=False, help_text=_("不填为今天"))


class Finish(Carried):
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    disposition = forms.ChoiceField(label=_("去向"), choices=presenters.DISPOSITIONS)


class Discharge(Finish):
    summary = forms.CharField(label=_("出院小结"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))
