"""The shape of what is entered.  `carries_out` puts a service's refusal beside the field, so that nothing typed is lost."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.orgs import choices
from tongmai.kernel.errors import Conflict, InvalidInput


class Day(forms.DateField):
    """A day, by the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """One or several files."""

    widget = _FilesInput

    def clean(self, data: Any, initial: Any = None) -> list:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(Files, self).clean(file, initial) for file in files or [None]]


def blank(text: Any, options: list) -> list:
    """Return the options with an empty one in front."""
    return [("", text), *options]


class Carried(forms.Form):
    """A form that a service answers: what it refuses is shown on the form."""

    result: Any = None
    refused: InvalidInput | Conflict | None = None

    def carries_out(self, act: Callable[[], Any]) -> bool:
        """Call `act`; on a refusal that the user can mend, add it to the errors and return False."""
        if not self.is_valid():
            return False
        try:
            self.result = act()
        except (InvalidInput, Conflict) as refused:
            self.refused = refused
            field, problem = refused.facts.get("field"), refused.facts.get("problem")
            if field in self.fields:
                self.add_error(field, gettext(str(problem)) if problem else refused.said(gettext))
            else:
                self.add_error(None, refused.said(gettext))
            return False
        return True


class Version(Carried):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, required=False)


class Reason(Version):
    reason = forms.CharField(label=_("原因"), max_length=200)


class OrgForm(Version):
    code = forms.CharField(label=_("机构代码"), max_length=32, help_text=_("医疗机构执业登记号；没有的填本地编码"))
    name = forms.CharField(label=_("名称"), max_length=120)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("性质"), choices=choices.KINDS)
    level = forms.ChoiceField(label=_("级别"), choices=choices.LEVELS)
    class_code = forms.ChoiceField(label=_("机构分类"), required=False, help_text="WS 218")
    grade = forms.ChoiceField(
        label=_("等级"), required=False, choices=blank(_("未定级"), [(g, g) for g in choices.ORG_GRADES])
    )
    parent = forms.ChoiceField(label=_("上级机构"), required=False, help_text=_("村卫生室填所属的乡镇卫生院"))
    division_code = forms.CharField(label=_("所在行政区划代码"), max_length=12, help_text=_("到乡镇 9 位，到村 12 位"))
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=24, required=False, help_text=_("18 位，按 GB 32100 核对校验位")
    )
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)

    def __init__(self, *args: Any, classes: list, parents: list, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["class_code"].choices = blank(_("未填"), classes)
        self.fields["parent"].choices = blank(pgettext_lazy("organisation", "无"), parents)
        if not is_new:
            for name in ("code", "kind", "level"):
                del self.fields[name]


class DepartmentForm(Version):
    code = forms.ChoiceField(label=_("所属诊疗科目"))
    name = forms.CharField(label=_("科室名称"), max_length=60, required=False, help_text=_("不填则用诊疗科目的名称"))
    is_active = forms.BooleanField(label=_("在用"), required=False, initial=True)

    def __init__(self, *args: Any, specialties: list, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = specialties
        if is_new:
            del self.fields["is_active"]
        else:
            self.fields["name"].required = True


class CatchmentForm(Carried):
    division_code = forms.CharField(label=_("行政区划代码"), max_length=12)
    starts_on = Day(label=_("开始之日"))


class EndForm(Version):
    ends_before = Day(label=_("自何日起不再有效"))


class AllianceForm(Version):
    code = forms.CharField(label=_("编码"), max_length=32)
    name = forms.CharField(label=_("名称"), max_length=120)
    form = forms.ChoiceField(label=_("形式"), choices=choices.FORMS)
    tightness = forms.ChoiceField(label=_("紧密程度"), choices=choices.TIGHTNESS)
    lead = forms.ChoiceField(label=_("牵头单位"))
    starts_on = Day(label=_("成立之日"))
    specialty_code = forms.ChoiceField(label=_("专科"), required=False, help_text=_("仅专科联盟填写"))
    is_across = forms.BooleanField(label=_("跨县"), required=False, help_text=_("成员来自多个县"))

    def __init__(self, *args: Any, orgs: list, specialties: list, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = orgs
        self.fields["specialty_code"].choices = blank(pgettext_lazy("organisation", "无"), specialties)
        if not is_new:
            for name in ("code", "form", "lead", "starts_on", "is_across"):
                del self.fields[name]


class MemberForm(Version):
    org = forms.ChoiceField(label=_("机构"))
    starts_on = Day(label=_("开始之日"))

    def __init__(self, *args: Any, orgs: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].choices = orgs


class AgreementForm(Carried):
    kind = forms.ChoiceField(label=_("种类"), choices=choices.AGREEMENT_KINDS)
    from_org = forms.ChoiceField(label=_("派出方"), help_text=_("其人员可到接收方工作，不必变更执业注册"))
    to_org = forms.ChoiceField(label=_("接收方"))
    alliance = forms.ChoiceField(label=_("医联体"), required=False)
    number = forms.CharField(label=_("文号"), max_length=60, required=False)
    subject = forms.CharField(label=_("协议内容"), max_length=200, required=False)
    starts_on = Day(label=_("开始之日"))
    ends_before = Day(label=_("自何日起不再有效"), required=False, help_text=_("不填表示长期"))

    def __init__(self, *args: Any, orgs: list, alliances: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_org"].choices = self.fields["to_org"].choices = orgs
        self.fields["alliance"].choices = blank(pgettext_lazy("organisation", "无"), alliances)


class StaffForm(Version):
    number = forms.CharField(label=_("工号"), max_length=32)
    name = forms.CharField(label=_("姓名"), max_length=60)
    practice_org = forms.ChoiceField(label=_("执业注册单位"))
    grade = forms.ChoiceField(label=_("职称级别"), choices=choices.STAFF_GRADES)
    licence_number = forms.CharField(label=_("执业证书编码"), max_length=32, required=False)
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)

    def __init__(self, *args: Any, orgs: list, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practice_org"].choices = orgs
        if not is_new:
            del self.fields["number"]


class PostForm(Carried):
    org = forms.ChoiceField(label=_("机构"))
    role = forms.ChoiceField(label=_("岗位"), choices=choices.ROLES)
    department = forms.ChoiceField(label=_("科室"), required=False)
    starts_on = Day(label=_("开始之日"))
    ends_before = Day(label=_("自何日起不再有效"), required=False, help_text=_("不填表示长期"))
    agreement = forms.ChoiceField(
        label=_("依据的协议"), required=False, help_text=_("医护人员在注册单位以外工作时必填")
    )
    posting = forms.ChoiceField(
        label=_("外派方式"), required=False, choices=blank(pgettext_lazy("organisation", "无"), choices.POSTINGS)
    )
    is_main = forms.BooleanField(label=_("设为主岗位"), required=False, help_text=_("登录后默认进入主岗位"))

    def __init__(self, *args: Any, orgs: list, departments: list, agreements: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].choices = orgs
        self.fields["department"].choices = blank(pgettext_lazy("organisation", "无"), departments)
        self.fields["agreement"].choices = blank(pgettext_lazy("organisation", "无"), agreements)


class AccountForm(Carried):
    username = forms.CharField(label=_("用户名"), max_length=60, required=False, help_text=_("不填则用工号"))


class TokenForm(Carried):
    post = forms.ChoiceField(label=_("以哪个岗位的名义"))
    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("写明哪个系统、谁负责"))
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=3650, initial=90)

    def __init__(self, *args: Any, posts: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = posts


class PasswordForm(Carried):
    current = forms.CharField(
        label=_("当前密码"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    new = forms.CharField(
        label=_("新密码"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("再输一次"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_again(self) -> str:
        if self.cleaned_data["again"] != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("两次输入的新密码不一致"))
        return self.cleaned_data["again"]


class ConfirmSelf(Carried):
    password = forms.CharField(
        label=_("当前密码"), max_length=200, strip=False, help_text=_("确认是您本人"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class AuthenticatorForm(ConfirmSelf):
    code = forms.CharField(
        label=_("手机上显示的六位数"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip
    name = forms.CharField(label=_("起个名字"), max_length=60, help_text=_("以后凭它认出是哪一部手机"))
    field_order = ("code", "name", "password")


class PasskeyForm(ConfirmSelf):
    name = forms.CharField(label=_("起个名字"), max_length=60, help_text=_("以后凭它认出是哪一把密钥"))
    answer = forms.CharField(max_length=20_000, widget=forms.HiddenInput(attrs={"data-passkey-answer": True}))
    field_order = ("name", "password", "answer")


class OrgsSought(forms.Form):
    q = forms.CharField(max_length=60, required=False)
    level = forms.ChoiceField(choices=blank("", choices.LEVELS), required=False)
    kind = forms.ChoiceField(choices=blank("", choices.KINDS), required=False)
    alliance = forms.UUIDField(required=False)
    closed = forms.BooleanField(required=False)


class StaffSought(forms.Form):
    q = forms.CharField(max_length=60, required=False)
    org = forms.UUIDField(required=False)
    role = forms.ChoiceField(choices=blank("", choices.ROLES), required=False)
    inactive = forms.BooleanField(required=False)


class OnDay(forms.Form):
    on = Day(label=_("日期"), required=False)
