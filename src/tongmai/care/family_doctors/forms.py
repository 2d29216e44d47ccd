"""The shape of what is entered about teams and contracts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.care.family_doctors.choices import How, Part
from tongmai.care.family_doctors.services import Consent
from tongmai.foundation.orgs.forms import Day


class _Agreed(forms.Form):
    agreed_name = forms.CharField(label=_("签字人姓名"), max_length=60)
    agreed_how = forms.ChoiceField(label=_("签署方式"), choices=How.choices, widget=forms.RadioSelect)

    def consent(self) -> Consent:
        """Return who agreed, and how."""
        return Consent(agreed_name=self.cleaned_data["agreed_name"], agreed_how=self.cleaned_data["agreed_how"])


class Prepare(forms.Form):
    team_id = forms.ChoiceField(label=_("团队"))
    doctor_id = forms.ChoiceField(label=_("签约医生"))
    years = forms.IntegerField(label=_("年限"), min_value=1, max_value=10, required=False)

    def __init__(self, *args: Any, teams: list, doctors: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team_id"].choices = teams
        self.fields["doctor_id"].choices = doctors


class Sign(_Agreed):
    read_out = forms.BooleanField(label=_("已向居民说明服务内容、权利和风险"))


class Renew(Sign):
    years = forms.IntegerField(label=_("续签年限"), min_value=1, max_value=10, required=False)


class Terminate(forms.Form):
    reason = forms.CharField(label=_("解约原因"), max_length=300)


class Amend(forms.Form):
    """What was written down of an active contract and was not so."""

    doctor_id = forms.ChoiceField(label=_("签约医生"))
    starts_on = Day(label=_("起"))
    years = forms.IntegerField(
        label=_("年限"), min_value=1, max_value=10, required=False, help_text=_("不填的，到期日期不变")
    )
    reason = forms.CharField(label=_("更正原因"), max_length=300)

    def __init__(self, *args: Any, doctors: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doctor_id"].choices = doctors


class FoundTeam(forms.Form):
    name = forms.CharField(label=_("团队名称"), max_length=60)
    leader_id = forms.ChoiceField(label=_("团队长"))
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False)

    def __init__(self, *args: Any, staff: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader_id"].choices = staff


class AddMember(forms.Form):
    staff_id = forms.ChoiceField(label=_("人员"))
    part = forms.ChoiceField(label=_("角色"), choices=[choice for choice in Part.choices if choice[0] != Part.LEADER])

    def __init__(self, *args: Any, staff: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff_id"].choices = staff
