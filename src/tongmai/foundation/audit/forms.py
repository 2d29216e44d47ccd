"""What may be looked for in the trail."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.audit import presenters, selectors


def _blank() -> tuple[str, object]:
    return ("", _("全部"))


class _Sought(forms.Form):
    """The days are whole and both are meant: a search until the 20th includes the 20th."""

    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    who = forms.CharField(label=_("人员或机构"), required=False, max_length=60)
    about = forms.UUIDField(label=_("对象编号"), required=False)

    def sought(self) -> selectors.Sought:
        """Return what is looked for; a field that cannot be used counts as blank."""
        facts = getattr(self, "cleaned_data", {})
        until = facts.get("until")
        about = facts.get("about")
        return selectors.Sought(
            name=facts.get("name") or "",
            basis=facts.get("basis") or "",
            since=facts.get("since"),
            before=selectors.day_after(until) if until else None,
            who=facts.get("who") or "",
            about=about if isinstance(about, UUID) else None,
        )


class EventsSought(_Sought):
    """A search among events."""

    name = forms.ChoiceField(label=_("事件"), required=False)
    field_order = ("name", "since", "until", "who", "about")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = [_blank(), *selectors.known_names()]


class AccessesSought(_Sought):
    """A search in the access log."""

    basis = forms.ChoiceField(label=_("依据"), required=False)
    field_order = ("basis", "since", "until", "who", "about")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["basis"].choices = [_blank(), *presenters.BASES.items()]
        self.fields["about"].label = _("居民编号")
