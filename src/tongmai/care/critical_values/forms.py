"""The shape of what is entered about critical values."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.care.critical_values.choices import Basis, Measure
from tongmai.care.critical_values.items import ITEMS
from tongmai.care.critical_values.selectors import Asked
from tongmai.care.critical_values.services import LimitInput, RungInput
from tongmai.foundation.orgs.roles import Role

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Acknowledge(forms.Form):
    read_back = forms.CharField(
        label=_("复述结果"), max_length=300, help_text=_("请输入通报的结果数值或所见，系统与原结果比对"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip


class Phone(Acknowledge):
    to = forms.CharField(label=_("接听并复述的人"), max_length=60)


class Act(forms.Form):
    measure = forms.ChoiceField(label=_("处置"), choices=Measure.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip


class Reason(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=500)


class Period(forms.Form):
    """What the figures are asked for: from a day to a day, both included."""

    since = forms.DateField(label=_("起"), required=False, widget=_DAY)
    until = forms.DateField(label=_("止"), required=False, widget=_DAY)

    def span(self, today: date) -> tuple[date, date]:
        """Return the half-open span, the last thirty days unless asked otherwise; what is unusable is left out."""
        since, before = self._days()
        before = before or today + timedelta(days=1)
        return since or before - timedelta(days=30), before

    def _days(self) -> tuple[date | None, date | None]:
        self.full_clean()
        until = self.cleaned_data.get("until")
        return self.cleaned_data.get("since"), until + timedelta(days=1) if until else None


class Wanted(Period):
    """What the register is asked for."""

    q = forms.CharField(max_length=60, required=False)
    show = forms.CharField(max_length=12, required=False)
    site = forms.UUIDField(required=False)

    def asked(self) -> Asked:
        """Return what was asked; what is unusable is left out."""
        since, before = self._days()
        data = self.cleaned_data
        return Asked(data.get("show") or "all", data.get("site"), since, before, data.get("q") or "")


class Limit(forms.Form):
    """A limit from a day on."""

    item = forms.ChoiceField(label=_("项目"), choices=[], required=False)
    item_name = forms.CharField(
        label=_("或本地项目的名称或代码"), max_length=120, required=False, help_text=_("须与报告上的名称或代码一致")
    )
    low = forms.DecimalField(label=_("低于"), max_digits=14, decimal_places=4, required=False)
    high = forms.DecimalField(label=_("高于"), max_digits=14, decimal_places=4, required=False)
    unit = forms.CharField(label=_("单位"), max_length=40, required=False)
    sex = forms.ChoiceField(
        label=_("性别"), required=False, choices=[("", _("不限")), ("male", _("男")), ("female", _("女"))]
    )
    age_from_days = forms.IntegerField(label=_("年龄起（天）"), min_value=0, max_value=60_000, required=False)
    age_before_days = forms.IntegerField(label=_("年龄止（天，不含）"), min_value=1, max_value=60_000, required=False)
    status = forms.ChoiceField(label=_("依据的性质"), choices=Basis.choices, initial=Basis.LOCAL)
    source = forms.CharField(label=_("依据"), max_length=300, help_text=_("如：检验科 2026 年评审记录"))
    starts_on = forms.DateField(label=_("生效日期"), widget=_DAY)
    for_alliance = forms.BooleanField(label=_("用于整个医联体（仅牵头医院）"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["item"].choices = [("", "—"), *((key, _(each.label)) for key, each in ITEMS.items())]  # type: ignore[attr-defined]

    def entered(self) -> LimitInput:
        """Return what the form says."""
        data = self.cleaned_data
        return LimitInput(
            data["item"] or data["item_name"], data["unit"], data["low"], data["high"],
            data["source"], data["sex"], data["age_from_days"] or 0, data["age_before_days"] or 60_000, data["status"],
        )  # fmt: skip


class Rung(forms.Form):
    """A rung of the chain from a day on."""

    after_minutes = forms.IntegerField(label=_("通报后多少分钟"), min_value=1, max_value=240)
    title = forms.CharField(label=_("称呼"), max_length=60, help_text=_("如：科主任、总值班"))
    at_org_id = forms.ChoiceField(label=_("机构"))
    staff_id = forms.ChoiceField(label=_("人员（本机构）"), required=False)
    role = forms.ChoiceField(label=_("或岗位"), required=False)
    starts_on = forms.DateField(label=_("生效日期"), widget=_DAY)

    def __init__(self, *args: object, orgs: list, staff: list, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["at_org_id"].choices = orgs  # type: ignore[attr-defined]
        self.fields["staff_id"].choices = [("", "—"), *staff]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", _("全体当班人员")), *((r, Role(r).label) for r in _TELLABLE)]  # type: ignore[attr-defined]

    def entered(self) -> RungInput:
        """Return what the form says."""
        data = self.cleaned_data
        return RungInput(
            data["after_minutes"], data["at_org_id"], data["title"], data["staff_id"] or None, data["role"]
        )


_TELLABLE = (
    Role.VILLAGE_DOCTOR, Role.GENERAL_PRACTITIONER, Role.SPECIALIST, Role.NURSE, Role.REPORTING_DOCTOR, Role.TECHNICIAN,
    Role.REFERRAL_COORDINATOR, Role.MANAGER,
)  # fmt: skip


class Drill(forms.Form):
    """A drill at a site."""

    site_id = forms.ChoiceField(label=_("演练的开单机构"))
    name = forms.CharField(label=_("项目"), max_length=200, initial=_("血钾"))
    text = forms.CharField(label=_("结果"), max_length=60, initial="2.1")
    unit = forms.CharField(label=_("单位"), max_length=40, required=False, initial="mmol/L")

    def __init__(self, *args: object, orgs: list, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["site_id"].choices = orgs  # type: ignore[attr-defined]
