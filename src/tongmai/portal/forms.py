"""The shape of what is entered at the door."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


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


class Language(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class ChoosePost(forms.Form):
    post = forms.UUIDField()
