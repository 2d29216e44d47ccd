"""Messages written for the tests: invented people, an area that belongs to no county."""

from tongmai.kernel.citizen_id import check_digit

NUMBER = "34019919570312001" + check_digit("34019919570312001")

REFERRAL = "\r".join(
    (
        "MSH|^~\\&|EHR|甲镇卫生院|REFERRAL|示例县人民医院|20261120080000||REF^I12^REF_I12|m-1|P|2.5|||AL|AL|CHN|UNICODE UTF-8",
        "RF1|P^待处理|A^急诊|UP^上转|||ZZ1^JZ|20261120080000|20261121080000||^胸痛两小时",
        "PRD|RP^转出医生|赵^全科|||||30055",
        "PRD|RT^接诊医生|李^主治|||||20033",
        f"PID|1||000826^^^^MR~{NUMBER}^^^^1||示例周||19570312|1|||甲镇示例村^^^^^^H||13900000000",
        "DG1|1||I20.000^不稳定性心绞痛^ICD10-YB|||A",
        "OBR|1|X1^HIS||310701001^常规心电图检查(十二通道)",
        "OBX|1|ST|ECGDX^心电诊断||V1-V4导联ST段压低0.2mV||||||F",
    )
)


def referral(changes: dict[str, str] | None = None) -> bytes:
    """Return the sample with each key replaced by its value; each must occur."""
    return _changed(REFERRAL, changes)


DOWN = "\r".join(
    (
        "MSH|^~\\&|HIS|示例县人民医院|REFERRAL|甲镇卫生院|20261120080000||REF^I12^REF_I12|d-1|P|2.5|||AL|AL|CHN|UNICODE UTF-8",
        "RF1|P^待处理|R^普通|DOWN^下转|||XX1^HIS|20261120080000|||^病情稳定",
        f"PID|1||{NUMBER}^^^^1||示例周||19570312|1",
        "DG1|1||I20.000^不稳定性心绞痛^ICD10-YB|||A",
        "RXE|^每日一次|A1^阿司匹林肠溶片|100||mg",
        "NTE|1||下转类别：急性病恢复期",
        "NTE|2||出院小结：胸痛缓解，血压平稳。",
        "NTE|3||用药：美托洛尔片 25mg 每日两次",
        "NTE|4||后续安排：一周后复查心电图；两周后测血压",
        "NTE|5||警示症状：胸痛复发立即就医",
    )
)


def down(changes: dict[str, str] | None = None) -> bytes:
    """Return the sample of a referral down with each key replaced by its value; each must occur."""
    return _changed(DOWN, changes)


def _changed(text: str, changes: dict[str, str] | None) -> bytes:
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()
