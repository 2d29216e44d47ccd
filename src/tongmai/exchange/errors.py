"""What can go wrong between us and other systems."""

from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


class ReasonMissing(InvalidInput):
    code = "reason-missing"
    sentence = N_("请写明理由，对方系统会收到")


class NothingToRegister(InvalidInput):
    """The message does not identify a person well enough to open a file for her."""

    code = "nothing-to-register"
    sentence = N_("消息中没有有效的身份证号，不能据此建档。请先在“居民”中建档，再选择该居民")


class NothingToCorrect(InvalidInput):
    code = "nothing-to-correct"
    sentence = N_("请至少选择一项：居民、转出机构、接收机构或诊断")


class OnlyUp(InvalidInput):
    code = "only-up"
    sentence = N_("目前只接收上转；下转请由上级医院在平台上发起")
