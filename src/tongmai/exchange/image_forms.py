"""The shape of what is entered about images and devices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.orgs.forms import Carried


class Decide(Carried):
    """A decision with its reason."""

    # The service wants it, after it has asked whose the file is.
    reason = forms.CharField(label=_("理由"), max_length=300, required=False)


class Link(Decide):
    """To which order a study belongs."""

    order_number = forms.CharField(label=_("申请单号"), max_length=16)


class DeviceEntry(Carried):
    """A device as it is entered."""

    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("大家怎样称呼它，如“甲镇 DR”"))
    ae_title = forms.CharField(
        label=_("AE 标题"), max_length=16, help_text=_("与设备上设置的本机 AE Title 一致，区分大小写")
    )
    modalities = forms.CharField(label=_("设备类型"), max_length=60, help_text=_("DICOM 代码，如 DX CR，用空格隔开"))
    host = forms.CharField(label=_("地址"), max_length=43, required=False, help_text=_("IP 地址或网段；留空则不核对"))
    port = forms.IntegerField(
        label=_("监听端口"),
        min_value=1,
        max_value=65535,
        required=False,
        help_text=_("设备接收“存储确认”的端口；没有则留空"),
    )
    certificate = forms.CharField(
        label=_("证书指纹"), max_length=64, required=False, help_text=_("TLS 证书的 SHA-256；留空则不核对")
    )
    charset = forms.ChoiceField(label=_("工作列表字符集"), choices=[("GB18030", "GB18030"), ("ISO_IR 192", "UTF-8")])
    assumed_charset = forms.ChoiceField(
        label=_("图像字符集有误时按"), required=False,
        choices=[("", _("不推断，待人核对")), ("GB18030", _("GB18030（含 GBK）")), ("ISO_IR 192", "UTF-8")],
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("允许连接"), required=False, initial=True)

    def facts(self) -> dict[str, Any]:
        """Return what was entered, as the columns of a device."""
        return {name: value for name, value in self.cleaned_data.items() if name != "org_id"}


class NewDevice(DeviceEntry):
    """With where it stands."""

    org_id = forms.UUIDField(label=_("所在机构"))
