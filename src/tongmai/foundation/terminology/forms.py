"""The shape of a decision about a local code."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.orgs.forms import Carried
from tongmai.foundation.terminology.choices import Relation


class Decide(Carried):
    """A unified code (one of the suggestions, or one that was looked up) and how it stands to the local one."""

    suggested = forms.CharField(max_length=32, required=False)
    unified_code = forms.CharField(label=_("统一编码"), max_length=32, required=False)
    relation = forms.ChoiceField(
        label=_("关系"),
        choices=[
            (Relation.EQUIVALENT.value, _("等同")),
            (Relation.WIDER.value, _("统一编码更宽")),
            (Relation.NARROWER.value, _("统一编码更窄")),
            (Relation.NONE.value, _("统一目录中没有对应")),
        ],
        initial=Relation.EQUIVALENT.value,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("备注"), max_length=200, required=False)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        # What was looked up goes before what was ticked: who looks has not found it among the suggestions.
        cleaned["meant"] = cleaned.get("unified_code") or cleaned.get("suggested") or ""
        if cleaned.get("relation") != Relation.NONE and not cleaned["meant"]:
            self.add_error("unified_code", _("请选择一个建议，或查找统一编码；确实没有的选“没有对应”。"))
        return cleaned


class TakeBack(Carried):
    note = forms.CharField(max_length=200, required=False)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
