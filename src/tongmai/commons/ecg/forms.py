"""Shapes of what is entered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.commons.ecg import drawing
from tongmai.foundation.orgs.forms import Carried, Files


class Whose(Carried):
    """The order, or the person; a plain scanner types the number and presses Enter."""

    order_number = forms.CharField(
        label=_("申请单号"),
        max_length=16,
        required=False,
        help_text=_("可用扫码枪扫申请单上的条码；没有申请单时选择居民"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    resident_id = forms.UUIDField(label=_("居民"), required=False, widget=forms.HiddenInput)

    def clean_order_number(self):
        return self.cleaned_data["order_number"].strip().upper()

    def clean(self):
        if not self.errors and not (self.cleaned_data.get("order_number") or self.cleaned_data.get("resident_id")):
            self.add_error("order_number", _("请扫申请单号，或选择居民"))
        return self.cleaned_data


class Upload(Whose):
    files = Files(
        label=_("心电文件"),
        max_length=200,
        help_text=_("DICOM、SCP-ECG、HL7 aECG、GE MUSE XML 或 WFDB（.hea 与数据文件一起选）；可一次选多个"),
    )


class Settle(Whose):
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class Reason(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300)


class Paper(forms.Form):
    """What the reader wants to see; what is not offered falls back to what is usual."""

    layout = forms.ChoiceField(choices=[(v, v) for v in drawing.LAYOUTS], required=False)
    speed = forms.ChoiceField(choices=[(v, v) for v in drawing.SPEEDS], required=False)
    gain = forms.ChoiceField(choices=[(v, v) for v in drawing.GAINS], required=False)
    lead = forms.CharField(max_length=4, required=False)
    compare = forms.BooleanField(required=False)

    def view(self, leads: list[str], seconds: float) -> drawing.View:
        """Return the view that was asked for."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        lead = said.get("lead", "")
        return drawing.View(
            layout=said.get("layout", "3x4"),
            speed=said.get("speed", "25"),
            gain=said.get("gain", "10"),
            lead=lead if lead in leads else "",
            from_s=self._from(seconds),
        )

    def _from(self, seconds: float) -> float:
        asked = str(self.data.get("from", ""))
        start = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0.0
        return start if start + 1 < seconds else 0.0
