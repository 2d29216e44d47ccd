"""The shape of what is entered at the door."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongmai.kernel import citizen_id
from tongmai.kernel.citizen_id import normalised


class SignIn(forms.Form):
    username = forms.CharField(
        label=_("用户名"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SecondFactor(forms.Form):
    """A code, or the browser's answer with a passkey."""

    code = forms.CharField(
        label=_("动态码或恢复码"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}),
    )
    answer = forms.CharField(
        max_length=20_000, required=False, widget=forms.HiddenInput(attrs={"data-passkey-answer": True})
    )


class AskCode(forms.Form):
    """A citizen's number; its 15-digit form and stray blanks are understood."""

    number = forms.CharField(
        label=_("身份证号码"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def clean_number(self) -> str:
        try:
            return citizen_id.parse(self.cleaned_data["number"]).number
        except citizen_id.CitizenIdError as wrong:
            raise forms.ValidationError(wrong.said(gettext)) from None


class EnterCode(forms.Form):
    """The digits of a text; people copy blanks with them."""

    code = forms.CharField(
        label=_("短信验证码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "tm-code"}
        ),
    )

    def clean_code(self) -> str:
        return normalised(self.cleaned_data["code"])


class Language(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class ChoosePost(forms.Form):
    post = forms.UUIDField()


class BreakGlass(forms.Form):
    reason = forms.CharField(
        label=_("紧急情况"),
        help_text=_("至少十个字。居民本人、家庭医生和审计管理员都会看到。"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
