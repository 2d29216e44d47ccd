"""The shape of what is entered."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.commons.recognition.choices import Choice, Outcome, Scope
from tongmai.commons.recognition.presenters.words import OUTCOMES, REASONS, SCOPES
from tongmai.commons.recognition.selectors import By
from tongmai.commons.recognition.services import EvaluationEntry, Wish
from tongmai.foundation.orgs.forms import Carried, Day

MOST_DAYS = 3 * 366


class Recognise(Carried):
    """One result to recognise, as the part of the order screen sends it (templates/recognition/_offers.html)."""

    recognition_item = forms.CharField(max_length=40)
    recognition_report = forms.UUIDField()
    recognition_encounter = forms.UUIDField(required=False)

    def wish(self) -> Wish:
        """Return what is wanted."""
        data = self.cleaned_data
        return Wish(
            item_code=data["recognition_item"], choice=Choice.RECOGNISED, report_id=data["recognition_report"],
            encounter_id=data["recognition_encounter"],
        )  # fmt: skip


class Anyway(forms.Form):
    """Why an examination is ordered anyway, as the same part sends it with the order.  What is missing the service asks for."""

    recognition_standing = forms.UUIDField(required=False)
    recognition_reason = forms.ChoiceField(choices=[("", ""), *REASONS.items()], required=False)
    recognition_explanation = forms.CharField(max_length=500, required=False)
    recognition_agreed = forms.BooleanField(required=False)

    def said(self) -> dict[str, Any] | None:
        """Return `report_id`, `reason`, `explanation` and `is_agreed` of a wish; None where no reason was given."""
        self.is_valid()
        data = self.cleaned_data
        if not data.get("recognition_reason") or not data.get("recognition_standing"):
            return None
        return {
            "report_id": data["recognition_standing"], "reason": data["recognition_reason"],
            "explanation": data.get("recognition_explanation", ""), "is_agreed": data.get("recognition_agreed", False),
        }  # fmt: skip


class Evaluate(Carried):
    """How a facility's item was evaluated."""

    org = forms.ChoiceField(label=_("机构"))
    item = forms.ChoiceField(label=_("项目"))
    outcome = forms.ChoiceField(
        label=_("评价结果"), choices=[(o, OUTCOMES[o]) for o in Outcome], widget=forms.RadioSelect
    )
    scope = forms.ChoiceField(label=_("互认范围"), choices=[(s, SCOPES[s]) for s in Scope])
    area_name = forms.CharField(
        label=_("地区名称"), max_length=40, required=False, help_text=_("写在标识前面的字，例如“安徽省”；全国不用填")
    )
    areas = forms.CharField(
        label=_("行政区划代码"), max_length=120, required=False,
        help_text=_("省两位、市四位、县六位；协议地区填两个以上，用空格隔开；全国不用填"),
    )  # fmt: skip
    evaluated_on = Day(label=_("评价日期"))
    name = forms.CharField(label=_("评价名称"), max_length=120, required=False)
    body = forms.CharField(label=_("质控组织"), max_length=120, required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("不合格或取消标注须写明原因"))

    def __init__(self, *args: Any, orgs: list, items: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].choices = [("", ""), *orgs] if len(orgs) != 1 else orgs
        self.fields["item"].choices = [("", ""), *items]

    def entry(self) -> EvaluationEntry:
        """Return the evaluation that was entered."""
        data = dict(self.cleaned_data)
        data.pop("org")
        areas = tuple(data.pop("areas").replace("，", " ").replace(",", " ").split())
        return EvaluationEntry(item_code=data.pop("item"), areas=areas, **data)


class Span(forms.Form):
    """From which day to which, and by what the figures are told apart.  What cannot be used counts as blank."""

    first = Day(label=_("从"), required=False)
    last = Day(label=_("到"), required=False)
    apart = forms.ChoiceField(choices=[("", ""), *((b, b) for b in By)], required=False)

    def asked(self, *, today: date) -> dict[str, Any]:
        """Return the usable values: by default the month up to today, each span at most three years."""
        self.is_valid()
        said = self.cleaned_data
        last = said.get("last") or today
        first = said.get("first") or last.replace(day=1)
        if first > last or (last - first).days > MOST_DAYS or not 2000 <= first.year <= last.year < 2100:
            first, last = today.replace(day=1), today
        return {"first": first, "ends_before": last + timedelta(days=1), "apart": By(said.get("apart") or By.ORG)}
