"""The shape of what is entered about a person.  Whether it can be right is decided by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.commons.residents import choices
from tongmai.foundation.orgs.forms import Carried, Day, blank


class Register(Carried):
    """Few fields, in the order in which a village doctor asks: the card first, it says most of the rest."""

    id_kind = forms.ChoiceField(label=_("证件类型"), choices=choices.ID_KINDS, initial="citizen_id")
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        required=False,
        help_text=_("居民身份证 18 位或旧 15 位；性别和出生日期会自动填写。新生儿和身份不明者可不填"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-citizen-id": "", "autofocus": ""}),
    )
    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    sex = forms.ChoiceField(label=_("性别"), choices=blank("—", choices.SEXES), required=False)
    born_on = Day(label=_("出生日期"), required=False)
    is_born_on_estimated = forms.BooleanField(label=_("出生日期为估计"), required=False)
    phone = forms.CharField(
        label=_("联系电话"), max_length=24, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    phone_whose = forms.ChoiceField(label=_("电话属于"), choices=choices.RELATIONS, initial="self")
    village_code = forms.CharField(label=_("村（居）"), max_length=12, required=False)
    address = forms.CharField(label=_("详细地址"), max_length=200, required=False, help_text=_("村民组、街道、门牌"))
    scheme = forms.ChoiceField(label=_("医保"), choices=blank(_("未登记"), choices.SCHEMES), required=False)
    is_unnamed = forms.BooleanField(label=_("身份不明（无名氏），以后补全"), required=False)
    is_another = forms.BooleanField(label=_("已核对，不是同一人，继续建档"), required=False)

    def facts(self) -> dict[str, Any]:
        """Return what `services.register` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "is_another"}


class Introduce(Carried):
    id_kind = forms.ChoiceField(label=_("证件类型"), choices=choices.ID_KINDS, initial="citizen_id")
    id_number = forms.CharField(label=_("证件号码"), max_length=40)
    name = forms.CharField(label=_("姓名"), max_length=60)


class Amend(Carried):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    name = forms.CharField(label=_("姓名"), max_length=60)
    sex = forms.ChoiceField(label=_("性别"), choices=choices.SEXES)
    born_on = Day(label=_("出生日期"), required=False)
    is_born_on_estimated = forms.BooleanField(label=_("出生日期为估计"), required=False)
    is_unnamed = forms.BooleanField(label=_("身份不明（无名氏）"), required=False)
    village_code = forms.CharField(label=_("村（居）"), max_length=12, required=False)
    address = forms.CharField(label=_("详细地址"), max_length=200, required=False)
    reason = forms.CharField(label=_("更改原因"), max_length=200, help_text=_("原来的内容会保留，连同原因一起可查"))


class AddIdentifier(Carried):
    prefix = "identifier"
    kind = forms.ChoiceField(label=_("证件类型"), choices=choices.ID_KINDS)
    value = forms.CharField(label=_("证件号码"), max_length=40)
    issuer = forms.CharField(
        label=_("签发国家或机构"), max_length=32, required=False, help_text=_("护照填国家，临时编号填机构")
    )


class IssueMedium(Carried):
    prefix = "medium"
    kind = forms.ChoiceField(label=_("卡（码）类型"), choices=choices.MEDIUM_KINDS)
    number = forms.CharField(label=_("卡号"), max_length=64)
    valid_before = Day(label=_("有效期至（不含）"), required=False, help_text=_("临时卡必填"))


class AddPhone(Carried):
    prefix = "phone"
    number = forms.CharField(label=_("电话"), max_length=24, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    whose = forms.ChoiceField(label=_("属于"), choices=choices.RELATIONS)
    holder_name = forms.CharField(label=_("机主姓名"), max_length=60, required=False)
    is_main = forms.BooleanField(label=_("首选电话"), required=False, initial=True)


class AddGuardian(Carried):
    prefix = "guardian"
    name = forms.CharField(label=_("姓名"), max_length=60)
    relation = forms.ChoiceField(label=_("关系"), choices=choices.GUARDIAN_RELATIONS)
    phone = forms.CharField(label=_("电话"), max_length=24, required=False)
    guardian_resident_id = forms.UUIDField(label=_("监护人的居民档案"), required=False)


class SetCoverage(Carried):
    prefix = "coverage"
    scheme = forms.ChoiceField(label=_("医保"), choices=choices.SCHEMES)
    area_code = forms.CharField(
        label=_("参保地区划代码"), max_length=6, required=False, help_text=_("六位；不填为本县")
    )
    starts_on = Day(label=_("自何日起"), required=False, help_text=_("不填为今天"))


class MarkDeceased(Carried):
    prefix = "death"
    died_on = Day(label=_("死亡日期"))
    reason = forms.CharField(label=_("依据"), max_length=200, help_text=_("如死亡医学证明、家属告知"))


class AddTag(Carried):
    kind = forms.ChoiceField(label=_("人群"), choices=choices.GROUPS)
    source = forms.ChoiceField(label=_("来源"), choices=choices.GROUP_SOURCES)
    starts_on = Day(label=_("自何日起"), required=False, help_text=_("不填为今天"))
    ends_before = Day(label=_("至何日（不含）"), required=False, help_text=_("如孕产妇的预计结束日；长期的不填"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class Reason(Carried):
    reason = forms.CharField(label=_("原因"), max_length=200)
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class Review(Carried):
    verdict = forms.ChoiceField(label=_("意见"), choices=choices.VERDICTS)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class HandOutAccount(Carried):
    """The person stands at the window: nobody else is given a sign-in to her record."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=60,
        min_length=2,
        required=False,
        help_text=_("不填则自动生成"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_identified = forms.BooleanField(label=_("已当面核对证件，密码只交给本人或其监护人"))


class Undo(Carried):
    """Two entries again: what came since is chosen row by row beside it."""

    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("例如：核对证件，是两个人"))


class Decide(Carried):
    """Whether two entries are one person."""

    decision = forms.ChoiceField(
        label=_("您的判断"),
        choices=[("same", _("同一人，合并两份档案")), ("different", _("不是同一人")), ("later", _("暂不能判断"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("例如：本人持身份证到场、电话核实、等待户口簿")
    )
