"""What may be looked for among findings, and said about one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents.reading.rules import LABELS
from tongmai.commons.residents.reading.states import LABELS as STATES
from tongmai.commons.residents.selectors.reading import FindingsSought
from tongmai.foundation.audit.selectors import day_after
from tongmai.foundation.orgs.forms import Carried, Day


class Sought(forms.Form):
    """The days are whole and both are meant."""

    state = forms.ChoiceField(label=_("状态"), required=False)
    kind = forms.ChoiceField(label=_("种类"), required=False)
    since = Day(label=_("从"), required=False)
    until = Day(label=_("到"), required=False)
    who = forms.CharField(label=_("人员或机构"), required=False, max_length=60)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        self.fields["state"].choices = [*every, *((str(state), _(label)) for state, label in STATES.items())]
        self.fields["kind"].choices = [*every, *((str(kind), _(label)) for kind, label in LABELS.items())]

    def sought(self) -> FindingsSought:
        """Return what is looked for; a field that cannot be used counts as blank."""
        facts = getattr(self, "cleaned_data", {})
        until = facts.get("until")
        return FindingsSought(
            kind=facts.get("kind") or "",
            state=facts.get("state") or "",
            since=facts.get("since"),
            before=day_after(until) if until else None,
            who=facts.get("who") or "",
        )


class Search(Carried):
    """Which days are looked through now."""

    prefix = "search"
    since = Day(label=_("从"))
    until = Day(label=_("到"))


class Say(Carried):
    reason = forms.CharField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
