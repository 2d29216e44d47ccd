"""The shape of what a resident decides about her record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents import choices
from tongmai.commons.residents.services.consents import Said
from tongmai.foundation.orgs.forms import Carried, Day, blank

_WHO = ("given", "given_name", "how", "starts_on", "ends_before", "note")


class Decide(Carried):
    """Who decides, how, and for how long.  On her own page the resident is asked for the days only."""

    given = forms.ChoiceField(label=_("由谁决定"), choices=choices.GIVEN, initial="herself")
    given_name = forms.CharField(label=_("决定人姓名"), max_length=60, required=False, help_text=_("本人决定的可不填"))
    how = forms.ChoiceField(label=_("方式"), choices=choices.HOW, initial="paper")
    starts_on = Day(label=_("自何日起"), required=False, help_text=_("不填为今天"))
    ends_before = Day(label=_("至何日（不含）"), required=False, help_text=_("不填则一直有效，直到撤回"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, is_own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_own:
            for name in ("given", "given_name", "how", "note"):
                del self.fields[name]

    def said(self) -> Said:
        """Return who decided and how, as the service takes it."""
        return Said(**{name: self.cleaned_data[name] for name in _WHO if self.cleaned_data.get(name)})


class Share(Decide):
    """Whether the record, or a kind of entries in it, is shared."""

    prefix = "share"
    is_permitted = forms.TypedChoiceField(
        label=_("决定"), choices=[("no", _("不共享")), ("yes", _("同意共享"))], coerce=lambda said: said == "yes"
    )
    kind = forms.ChoiceField(label=_("内容"), choices=blank(_("全部档案"), choices.SENSITIVE_KINDS), required=False)
    party = forms.ChoiceField(label=_("对谁"), choices=choices.PARTIES)
    org_id = forms.TypedChoiceField(label=_("指定机构"), required=False, coerce=str, empty_value=None)
    field_order = ("is_permitted", "kind", "party", "org_id", "given", "given_name", "how", "starts_on", "ends_before")

    def __init__(self, *args: Any, orgs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org_id"].choices = blank("—", orgs)

    def facts(self) -> dict[str, Any]:
        """Return what `services.choose_sharing` takes."""
        data = self.cleaned_data
        return {name: data[name] for name in ("is_permitted", "kind", "party", "org_id")} | {"said": self.said()}


class AgreeToUse(Decide):
    """A use beyond care: for what, by whom, until when."""

    prefix = "use"
    purpose = forms.ChoiceField(label=_("用途"), choices=choices.PURPOSES)
    recipient = forms.CharField(label=_("使用方"), max_length=120, help_text=_("写明全称；换一个使用方须另行同意"))
    purpose_text = forms.CharField(label=_("用来做什么"), max_length=300)
    ends_before = Day(label=_("至何日（不含）"))
    field_order = ("purpose", "recipient", "purpose_text", "given", "given_name", "how", "starts_on", "ends_before")

    def facts(self) -> dict[str, Any]:
        """Return what `services.agree_to_use` takes."""
        data = self.cleaned_data
        return {name: data[name] for name in ("purpose", "recipient", "purpose_text")} | {"said": self.said()}


class Withdraw(Carried):
    how = forms.ChoiceField(label=_("方式"), choices=choices.HOW, required=False)
    reason = forms.CharField(label=_("原因"), max_length=200, required=False)
