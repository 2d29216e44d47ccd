"""The shape of what residents ask and of what is answered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.commons.resident_requests.rules import LONGEST, SHORTEST
from tongmai.commons.resident_requests.states import DisputeStep
from tongmai.commons.residents.choices import RELATIONS
from tongmai.foundation.orgs.forms import Carried

# Whom a resident can say she is to a member of her family; neighbours and committees come to the counter.
GUARDIANS = [(value, label) for value, label in RELATIONS if value not in ("self", "neighbour", "committee")]


class Say(Carried):
    """What is wrong, in the resident's own words."""

    said = forms.CharField(
        label=_("请说明情况"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Settle(Carried):
    step = forms.ChoiceField(
        label=_("处理结果"),
        choices=[
            (DisputeStep.ANSWER, _("说明情况")),
            (DisputeStep.CORRECT, _("已更正或已处理")),
            (DisputeStep.REJECT, _("不予采纳")),
        ],
        widget=forms.RadioSelect,
    )
    said = forms.CharField(
        label=_("答复"),
        help_text=_("居民会读到。请说清做了什么、为什么，不写他人的病情。"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AskForWard(Carried):
    name = forms.CharField(label=_("家庭成员姓名"), max_length=60)
    number = forms.CharField(
        label=_("身份证号码"),
        help_text=_("还没有身份证号码的新生儿，填出生医学证明编号。"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    relation = forms.ChoiceField(label=_("我是其"), choices=[("", "")])
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relation"].choices = [("", ""), *GUARDIANS]


class DecideWard(Carried):
    decision = forms.ChoiceField(
        label=_("核对结果"),
        choices=[("accept", _("证件与关系相符，登记为监护人")), ("refuse", _("不予办理"))],
        widget=forms.RadioSelect,
    )
    seen = forms.BooleanField(label=_("已核对户口簿、出生医学证明或监护文书"), required=False)
    reason = forms.CharField(label=_("不予办理的原因"), max_length=200, required=False)

    def clean(self):
        given = super().clean()
        if given.get("decision") == "accept" and not given.get("seen"):
            self.add_error("seen", _("请先核对证明文件"))
        if given.get("decision") == "refuse" and not given.get("reason", "").strip():
            self.add_error("reason", _("请写明原因，居民会读到"))
        return given
