"""Which kinds of messages we take, and what people call them.  Pure; `services/applying` has what becomes of each."""

from tongmai.exchange.hl7v2.faults import Code, Fault
from tongmai.exchange.hl7v2.reading import Message
from tongmai.kernel.text import N_

REFERRAL = ("REF", "I12")
TITLES: dict[tuple[str, str], str] = {
    REFERRAL: N_("转诊申请"),
    ("ADT", "A01"): N_("入院"),
    ("ADT", "A02"): N_("转科转床"),
    ("ADT", "A03"): N_("出院或就诊结束"),
    ("ADT", "A04"): N_("门急诊挂号"),
    ("ADT", "A05"): N_("预入院"),
    ("ADT", "A06"): N_("门诊转住院"),
    ("ADT", "A07"): N_("住院转门诊"),
    ("ADT", "A08"): N_("更新患者和就诊信息"),
    ("ADT", "A11"): N_("取消入院或挂号"),
    ("ADT", "A13"): N_("取消出院"),
    ("ADT", "A28"): N_("新增患者"),
    ("ADT", "A31"): N_("更新患者信息"),
    ("ADT", "A40"): N_("合并患者号"),
    ("ORU", "R01"): N_("检查检验结果"),
    ("OUL", "R22"): N_("标本检验结果"),
    ("OUL", "R23"): N_("标本容器检验结果"),
    ("OUL", "R24"): N_("申请单检验结果"),
    ("ORM", "O01"): N_("医嘱申请"),
    ("OMP", "O09"): N_("用药医嘱"),
    ("RDE", "O01"): N_("用药医嘱"),
    ("RDE", "O11"): N_("用药医嘱"),
    ("RDE", "O25"): N_("用药医嘱续方"),
    ("SIU", "S12"): N_("新预约"),
    ("SIU", "S13"): N_("改约"),
    ("SIU", "S14"): N_("预约变更"),
    ("SIU", "S15"): N_("取消预约"),
    ("MDM", "T02"): N_("文书"),
}
_CODES = frozenset(code for code, _ in TITLES)


def why_refused(message: Message) -> Fault | None:
    """Return why this is not a message that we take at all, else None."""
    header, said = message.header, {"kind": "^".join(message.type)[:32]}
    if not message.control_id:
        return Fault(Code.REQUIRED_FIELD, header.at(10), "no-control-id")
    if message.type in TITLES:
        return None
    if message.type[0] in _CODES:
        return Fault(Code.EVENT_CODE, header.at(9, 2), "wrong-event", said)
    return Fault(Code.MESSAGE_TYPE, header.at(9, 1), "wrong-type", said)
