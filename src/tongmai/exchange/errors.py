"""What can go wrong between us and other systems."""

from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_


class ReasonMissing(InvalidInput):
    code = "reason-missing"
    sentence = N_("请写明理由，对方系统会收到")


class NothingToRegister(InvalidInput):
    """The message does not identify a person well enough to open a file for her."""

    code = "nothing-to-register"
    sentence = N_("消息中没有有效的身份证号，不能据此建档。请核对证件，填写姓名和证件号码")


class NothingToCorrect(InvalidInput):
    code = "nothing-to-correct"
    sentence = N_("请至少选择或补填一项")


class UnknownOrg(InvalidInput):
    code = "unknown-org"
    sentence = N_("没有“{name}”这家机构，或不止一家")


class SystemKnown(Conflict):
    code = "system-known"
    sentence = N_("这个发送系统已经登记过")
