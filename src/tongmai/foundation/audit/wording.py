"""What the trail says of an event, in words: who, what, about whom, and what changed.

Ids become names where their app lends them (`name_ids`), codes become words (`say_codes`).  Residents stay numbers here: who
reads the trail opens no records.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.ui.words import when

# What each field of an event is called.
FIELDS = {
    "value_id": gettext_lazy("危急值"), "limit_id": gettext_lazy("危急值界值"), "rung_id": gettext_lazy("上报链的一级"),
    "code_id": gettext_lazy("登录验证码"), "dispute_id": gettext_lazy("异议"), "ward_request_id": gettext_lazy("添加家庭成员的申请"),
    "access_id": gettext_lazy("查阅记录"), "agreement_id": gettext_lazy("协议"), "allergy_id": gettext_lazy("过敏记录"),
    "alliance_id": gettext_lazy("医联体"), "ban_id": gettext_lazy("爽约限制"), "because": gettext_lazy("缘由"),
    "booking_id": gettext_lazy("预约"), "change": gettext_lazy("变更"), "code": gettext_lazy("代码"),
    "contract_id": gettext_lazy("签约"), "control_id": gettext_lazy("消息控制号"), "coverage_id": gettext_lazy("参保记录"),
    "delivery_id": gettext_lazy("投递"), "department_id": gettext_lazy("科室"), "died_on": gettext_lazy("死亡日期"),
    "direction": gettext_lazy("方向"), "disposition": gettext_lazy("去向"), "division_code": gettext_lazy("行政区划"),
    "doctor_id": gettext_lazy("医生"), "encounter_id": gettext_lazy("就诊"),
    "document_id": gettext_lazy("文书"), "is_critical": gettext_lazy("是否有危急值"), "report_id": gettext_lazy("报告"),
    "request_id": gettext_lazy("医嘱申请"), "system_id": gettext_lazy("接入系统"), "ends_before": gettext_lazy("截止（不含）"),
    "episode_id": gettext_lazy("病程"), "expires_at": gettext_lazy("有效期至"), "fields": gettext_lazy("变更的内容"),
    "file_name": gettext_lazy("文件"), "from_on": gettext_lazy("生效日期"), "from_org_id": gettext_lazy("原机构（甲方）"),
    "from_post_id": gettext_lazy("原岗位"), "guardian_id": gettext_lazy("监护关系"), "guidance": gettext_lazy("目录建议"),
    "held_until": gettext_lazy("保留至"), "icd10_prefix": gettext_lazy("病种编码"), "identifier_id": gettext_lazy("证件"),
    "is_late": gettext_lazy("是否逾时"), "is_new": gettext_lazy("是否新建"), "is_unnamed": gettext_lazy("是否无名氏"),
    "kind": gettext_lazy("类别"), "lead_id": gettext_lazy("牵头机构"), "level": gettext_lazy("层级"),
    "made_at": gettext_lazy("备份时间"), "main_code": gettext_lazy("主要诊断"), "codes": gettext_lazy("诊断"),
    "meaning_id": gettext_lazy("机构对应"), "medication_id": gettext_lazy("用药记录"), "medium_id": gettext_lazy("卡（码）"),
    "membership_id": gettext_lazy("团队成员"), "message_id": gettext_lazy("转诊消息"), "n_booked": gettext_lazy("已预约人数"),
    "n_bytes": gettext_lazy("字节数"), "n_changed": gettext_lazy("变更条数"), "n_failures": gettext_lazy("失败次数"),
    "n_faults": gettext_lazy("问题数"), "n_held": gettext_lazy("待确认行数"), "n_left": gettext_lazy("剩余个数"),
    "n_kept": gettext_lazy("留下的条数"), "n_missed": gettext_lazy("爽约次数"), "n_new": gettext_lazy("新增条数"), "n_posts": gettext_lazy("涉及岗位数"),
    "n_rejected": gettext_lazy("未导入行数"), "n_released": gettext_lazy("释放数"), "n_rows": gettext_lazy("行数"),
    "n_same": gettext_lazy("无变化条数"), "n_sessions": gettext_lazy("会话数"), "n_updated": gettext_lazy("更新条数"),
    "name": gettext_lazy("名称"), "new_reserved": gettext_lazy("新的预留数"), "new_starts_at": gettext_lazy("新的时间"),
    "new_total": gettext_lazy("新的总数"), "note_id": gettext_lazy("病历记录"), "number": gettext_lazy("工号"),
    "old_starts_at": gettext_lazy("原时间"), "old_total": gettext_lazy("原总数"), "org_id": gettext_lazy("机构"),
    "phone_id": gettext_lazy("电话"), "pool_id": gettext_lazy("号源"), "pool_ids": gettext_lazy("号源"),
    "post_id": gettext_lazy("岗位"), "problem_key": gettext_lazy("病种"), "reason": gettext_lazy("原因"),
    "receiver_id": gettext_lazy("接收机构"), "referral_id": gettext_lazy("转诊单"), "refusal_id": gettext_lazy("无号记录"),
    "resident_id": gettext_lazy("居民"), "resource_id": gettext_lazy("资源"), "role": gettext_lazy("角色"),
    "run_id": gettext_lazy("名册导入"), "sender_id": gettext_lazy("转出机构"), "share": gettext_lazy("号源份额"),
    "share_wanted": gettext_lazy("所求份额"), "side": gettext_lazy("复核方"), "source": gettext_lazy("数据来源"),
    "source_id": gettext_lazy("来源记录"), "source_kind": gettext_lazy("来源类别"), "staff_id": gettext_lazy("人员"),
    "starts_at": gettext_lazy("时间"), "starts_on": gettext_lazy("开始日期"), "state": gettext_lazy("状态"),
    "step": gettext_lazy("步骤"), "table": gettext_lazy("目录"), "tag_id": gettext_lazy("人群标签"),
    "team_id": gettext_lazy("团队"), "team_name": gettext_lazy("团队名称"), "to_org_id": gettext_lazy("现机构（乙方）"),
    "to_post_id": gettext_lazy("现岗位"), "token_id": gettext_lazy("接口令牌"), "until": gettext_lazy("直到"),
    "was_doctor_id": gettext_lazy("原医生"), "was_ends_before": gettext_lazy("原到期日期"), "was_starts_on": gettext_lazy("原开始日期"),
    "urgency": gettext_lazy("紧急程度"), "user_id": gettext_lazy("账号"), "username": gettext_lazy("登录名"),
    "verdict": gettext_lazy("复核结论"), "version": gettext_lazy("版本"), "vitals_id": gettext_lazy("体征记录"),
    "wants": gettext_lazy("所需资源"), "what": gettext_lazy("内容"), "merge_id": gettext_lazy("合并"),
    "to_retired": gettext_lazy("归还并入档案的内容"), "other_id": gettext_lazy("另一份档案"),
    "registration_id": gettext_lazy("来源登记"), "retired_id": gettext_lazy("并入的档案"),
    "system": gettext_lazy("目录"), "amount_fen": gettext_lazy("金额（分）"), "price_id": gettext_lazy("价格"),
    "review_id": gettext_lazy("身份核对"), "zone": gettext_lazy("关联方式"),
    "since": gettext_lazy("从"), "finding_id": gettext_lazy("异常查阅"),
    "choice_id": gettext_lazy("共享意愿"), "consent_id": gettext_lazy("使用同意"), "purpose": gettext_lazy("用途"),
    "code_set": gettext_lazy("统一目录"), "local_code_id": gettext_lazy("本地编码"), "relation": gettext_lazy("关系"),
    "unified_code": gettext_lazy("统一编码"), "decision_id": gettext_lazy("互认决定"),
    "evaluation_id": gettext_lazy("质量评价"), "outcome": gettext_lazy("结果"), "item_code": gettext_lazy("项目"), "order_number": gettext_lazy("申请单号"),
    "recording_id": gettext_lazy("心电记录"), "pattern": gettext_lazy("心电提示"), "doubts": gettext_lazy("疑问"),
    "category": gettext_lazy("检查类别"), "centre_id": gettext_lazy("报告中心"), "device_id": gettext_lazy("影像设备"),
    "duty_id": gettext_lazy("值班"), "finding_code": gettext_lazy("危急发现代码"), "finding_name": gettext_lazy("危急发现"),
    "frame": gettext_lazy("帧"), "held_id": gettext_lazy("隔离的文件"), "instance_id": gettext_lazy("图像"),
    "is_rejected": gettext_lazy("是否不归档"), "is_taken": gettext_lazy("是否收入"), "marked_by": gettext_lazy("标记者"),
    "modality": gettext_lazy("设备类型"), "order_id": gettext_lazy("检查申请"), "phase": gettext_lazy("阶段"),
    "priority": gettext_lazy("检查优先级"), "site_id": gettext_lazy("检查机构"), "step_id": gettext_lazy("设备报告的检查"),
    "study_id": gettext_lazy("影像检查"), "study_uid": gettext_lazy("影像检查唯一号"), "template_id": gettext_lazy("报告模板"),
    "why": gettext_lazy("缘由"),
}  # fmt: skip

Namer = Callable[[UUID], str]
_NAMERS: dict[str, Namer] = {}
_CODES: dict[tuple[str, str], Callable[[str], str]] = {}


def name_ids(*fields: str, named: Namer) -> None:
    """Let an app say, when it starts, what the ids in these fields are called; `named` returns "" for an unknown one."""
    _NAMERS.update(dict.fromkeys(fields, named))


def say_codes(app: str, field: str, said: Callable[[str], str]) -> None:
    """Let an app say, when it starts, how the codes in this field of its events are read."""
    _CODES[(app, field)] = said


def field_label(field: str) -> str:
    """Return what a field is called; one that is not known here is shown as it is stored."""
    return str(FIELDS.get(field, field))


def payload_facts(name: str, payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what an event carries as pairs of words; what says nothing is left out, and so is the resident."""
    app = name.partition(".")[0]
    shown = ((field, _said(app, field, value)) for field, value in payload.items() if field != "resident_id")
    return [(field_label(field), text) for field, text in shown if text]


def short_id(value: Any) -> str:
    """Return the end of an id, enough to compare two by eye."""
    return f"…{str(value)[-8:]}" if value else ""


def _said(app: str, field: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        words = [field_label(str(each)) if field == "fields" else _said(app, field, each) for each in value]
        return "、".join(words)
    if isinstance(value, str):
        return _said_text(app, field, value)
    return str(value)


def _said_text(app: str, field: str, value: str) -> str:
    """A field may hold several names of fields (`fields`), an id, a time, or a code."""
    if field.endswith("_id"):
        return _named(field, value)
    if field.endswith(("_at", "_until")) or field == "until":
        moment = parse_datetime(value)
        return when(moment) if isinstance(moment, datetime) else value
    if field.endswith(("_on", "_before")):
        day = parse_date(value)
        return f"{day:%Y-%m-%d}" if isinstance(day, date) else value
    if field == "fields":
        return "、".join(field_label(each.strip()) for each in value.replace("、", ",").split(",") if each.strip())
    said = _CODES.get((app, field))
    return said(value) if said else value


def _named(field: str, value: str) -> str:
    """A name where there is one; else the end of the id."""
    try:
        key = UUID(value)
    except ValueError:
        return value
    named = _NAMERS.get(field)
    return (named(key) if named else "") or short_id(value)
