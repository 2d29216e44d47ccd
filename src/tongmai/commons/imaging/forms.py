"""The shape of what the viewer sends."""

from django import forms

from tongmai.commons.imaging.pixels.decoding import MOST_FRAMES


class KeyImage(forms.Form):
    instance = forms.UUIDField()
    frame = forms.IntegerField(min_value=1, max_value=MOST_FRAMES)
    is_marked = forms.BooleanField(required=False)
    center = forms.DecimalField(required=False, min_value=-(10**9), max_value=10**9)
    width = forms.DecimalField(required=False, min_value=0, max_value=10**9)
