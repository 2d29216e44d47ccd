"""What the texts say, and which facts each of them holds: no other fact can be put into one."""

from collections.abc import Mapping

SIGN_IN_CODE = "sign_in_code"
CRITICAL_VALUE = "critical_value"
CRITICAL_VALUE_DRILL = "critical_value_drill"
CRITICAL_VALUE_ACT = "critical_value_act"
CRITICAL_VALUE_ACT_DRILL = "critical_value_act_drill"

# In Chinese whatever the page speaks: operators carry only wordings that were registered with them.
WORDING = {
    SIGN_IN_CODE: "【通脉】{name}的登录验证码：{code}，{minutes}分钟内有效。请勿告诉他人，工作人员不会向您索要。",
    CRITICAL_VALUE: "【通脉】有一条危急值（编号{number}）等待您复述确认，请立即登录处理。",
    CRITICAL_VALUE_DRILL: "【通脉】【演练】有一条危急值（编号{number}）等待您复述确认，请登录处理。",
    CRITICAL_VALUE_ACT: "【通脉】有一条危急值（编号{number}）已确认，超时未登记处置，请立即登录处理。",
    CRITICAL_VALUE_ACT_DRILL: "【通脉】【演练】有一条危急值（编号{number}）已确认，超时未登记处置，请登录处理。",
}
FACTS = {
    SIGN_IN_CODE: frozenset({"name", "code", "minutes"}),
    CRITICAL_VALUE: frozenset({"number"}),
    CRITICAL_VALUE_DRILL: frozenset({"number"}),
    CRITICAL_VALUE_ACT: frozenset({"number"}),
    CRITICAL_VALUE_ACT_DRILL: frozenset({"number"}),
}


def worded(template: str, facts: Mapping[str, str]) -> str:
    """Return the text as it is read on the phone."""
    assert facts.keys() == FACTS[template], facts.keys() ^ FACTS[template]
    return WORDING[template].format_map(facts)
