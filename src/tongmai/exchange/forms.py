"""The shape of what is entered about messages and imports."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.care.referrals.lists import Group
from tongmai.commons.residents.choices import ID_KINDS
from tongmai.exchange.formats import MOST_BYTES as MOST_RECEIVED
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.services.messages import Person
from tongmai.exchange.services.sources import Details
from tongmai.exchange.tabular.columns import KINDS
from tongmai.exchange.tabular.reading import MOST_BYTES
from tongmai.foundation.orgs.forms import Carried, Day, Files


class Correct(Carried):
    """What a held message leaves open; what is left out stays as it is."""

    resident_id = forms.UUIDField(label=_("居民"), required=False)
    sender_id = forms.UUIDField(label=_("转出机构"), required=False)
    receiver_id = forms.UUIDField(label=_("接收机构"), required=False)
    diagnosis_code = forms.CharField(label=_("诊断"), max_length=20, required=False)
    direction = forms.ChoiceField(
        label=_("转诊方向"), choices=[("", "—"), ("up", _("上转")), ("down", _("下转"))], required=False
    )
    reason = forms.CharField(
        label=_("转诊原因"), max_length=500, required=False, help_text=_("转出医联体的，写明理由。")
    )
    down_group = forms.ChoiceField(label=_("下转类别"), choices=[("", "—"), *Group.choices], required=False)
    discharge_summary = forms.CharField(
        label=_("出院小结"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    arrangements = forms.CharField(
        label=_("后续安排"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一项。"),
    )
    remember = forms.BooleanField(label=_("记住所选机构，下一条消息自动识别"), required=False)

    def settled(self) -> Settled:
        """Return what was entered."""
        return Settled(**{name: value for name, value in self.cleaned_data.items() if name != "remember"})


class PutText(Carried):
    """A corrected text in place of a message's own."""

    text = forms.CharField(
        label=_("更正后的原文"), max_length=1_000_000, strip=False, widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"})
    )  # fmt: skip
    why = forms.CharField(label=_("更正理由"), max_length=200)


class TryAll(Carried):
    """The held messages of one reason."""

    what = forms.CharField(max_length=24, widget=forms.HiddenInput)


class System(Carried):
    """A member's system that may send to us."""

    name = forms.CharField(label=_("系统名称"), max_length=80, help_text=_("例如：县医院 HIS"))
    application = forms.CharField(label=_("发送系统（MSH-3）"), max_length=180)
    facility = forms.CharField(
        label=_("发送机构（MSH-4）"), max_length=180, required=False, help_text=_("填 * 表示该系统的所有机构。")
    )
    org_id = forms.UUIDField(label=_("代表的机构"))
    address = forms.CharField(
        label=_("来源地址"), max_length=43, required=False, help_text=_("IP 地址或网段；留空则不核对。")
    )
    certificate = forms.CharField(
        label=_("客户端证书指纹"), max_length=120, required=False, help_text=_("SHA-256，用 TLS 时填写；留空则不核对。")
    )
    answers_on = forms.ChoiceField(
        label=_("何时回复"),
        choices=[("applied", _("处理完再回复，有错即告知")), ("received", _("收到并保存即回复"))],
    )
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def details(self) -> Details:
        """Return what was entered."""
        return Details(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class ChangeSystem(System):
    """The same for one that is entered already."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class Register(Carried):
    """Who the patient is, after a look at her document; what is left out is taken from the message."""

    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    sex = forms.ChoiceField(
        label=_("性别"), choices=[("", "—"), ("male", _("男")), ("female", _("女"))], required=False
    )
    born_on = Day(label=_("出生日期"), required=False)
    id_kind = forms.ChoiceField(label=_("证件类型"), choices=ID_KINDS, required=False)
    id_number = forms.CharField(label=_("证件号码"), max_length=40, required=False)
    id_issuer = forms.CharField(
        label=_("签发地或签发机构"), max_length=32, required=False, help_text=_("护照填国家，临时编号填机构。")
    )

    def person(self) -> Person:
        """Return what was entered."""
        given = dict(self.cleaned_data)
        return Person(**given | {"id_kind": given["id_kind"] or "citizen_id"})


class Reject(Carried):
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class Receive(Carried):
    """Messages and documents uploaded by hand."""

    file = Files(
        label=_("消息或文档"),
        max_length=200,
        help_text=_("HL7 v2 消息或共享文档（CDA，.xml），可一次选多个；UTF-8、GB18030 或 UTF-16。"),
    )

    def clean_file(self):
        files = self.cleaned_data["file"]
        for file in files:
            if file.size > MOST_RECEIVED:
                raise forms.ValidationError(
                    _("“%(name)s”超过 %(most)s MB。") % {"name": file.name, "most": MOST_RECEIVED // 1024 // 1024}
                )
        return files


class Upload(Carried):
    """A list, and where it comes from; what its columns are is asked next where that is not obvious."""

    kind = forms.ChoiceField(label=_("名册"), widget=forms.RadioSelect)
    source = forms.CharField(
        label=_("数据来源"), max_length=60, help_text=_("例如“公卫系统”。同一来源再次导入时，按编号认出已导入的行。")
    )
    file = forms.FileField(
        label=_("文件"), max_length=200, help_text=_("CSV（UTF-8 或 GB18030）或 .xlsx，第一行为表头。")
    )

    def __init__(self, *args, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件过大，请按乡镇拆分后分次导入。"))
        return file


class Columns(Carried):
    """For each of our fields the column of a file, shown with what stands in it first."""

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, **kwargs)
        shown = [(label, _sampled(label, at, asked.preview)) for at, label in enumerate(asked.labels) if label]
        for each in asked.fields:
            self.fields[each.field] = forms.ChoiceField(
                label=_(each.title),
                required=each.is_required,
                choices=[("", _("—— 不导入 ——")), *shown],
                initial=each.label,
                help_text=_("有不止一列可能是它，请选择。") if each.is_several else "",
            )

    def choices(self) -> dict[str, str]:
        """Return field → heading, "" for none."""
        return dict(self.cleaned_data)


class KeptColumns(Carried):
    """What is kept for a source, without a file at hand."""

    def __init__(self, *args, kept, **kwargs):
        super().__init__(*args, **kwargs)
        titles = {column.field: column.headings[0] for column in KINDS[kept.kind]}
        for field, heading in kept.choices:
            self.fields[field] = forms.CharField(
                label=_(titles[field]), required=False, max_length=120, initial=heading
            )  # fmt: skip

    def choices(self) -> dict[str, str]:
        """Return field → heading of those that were changed; an emptied one has no column any more."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


def _sampled(label: str, at: int, preview: tuple[tuple[str, ...], ...]) -> str:
    sample = next((row[at] for row in preview if at < len(row) and row[at]), "")
    return f"{label}（{sample[:16]}）" if sample else label
