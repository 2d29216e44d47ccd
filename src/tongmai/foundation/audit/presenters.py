"""Words for the trail and for the state of the machinery."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy

from tongmai.foundation.audit import wording
from tongmai.foundation.audit.checks import late_since
from tongmai.foundation.audit.labels import label_of
from tongmai.foundation.audit.selectors import Queue
from tongmai.ui.words import Tag, ago

# The reasons for opening a record are known to the layer above; their words are needed here.
BASES = {
    "self": gettext_lazy("本人"),
    "guardian": gettext_lazy("监护人"),
    "own_encounter": gettext_lazy("本机构就诊"),
    "contract": gettext_lazy("家庭医生签约"),
    "responsible_area": gettext_lazy("辖区居民"),
    "referral_received": gettext_lazy("接收转诊"),
    "referral_sent": gettext_lazy("发出转诊"),
    "booking": gettext_lazy("预约"),
    "order": gettext_lazy("检查检验申请或报告"),
    "recognition": gettext_lazy("检查检验结果互认"),
    "registration": gettext_lazy("建档登记"),
    "emergency": gettext_lazy("紧急查阅"),
}
# What of a record was opened, likewise.
WHAT = {
    "record": gettext_lazy("健康档案"),
    "summary": gettext_lazy("档案摘要"),
    "timeline": gettext_lazy("诊疗时间线"),
    "critical_value": gettext_lazy("危急值"),
    "identity": gettext_lazy("身份信息"),
    "tags": gettext_lazy("人群分类"),
    "referral": gettext_lazy("转诊单"),
    "encounter": gettext_lazy("诊疗记录"),
    "allergies": gettext_lazy("过敏史"),
    "medications": gettext_lazy("用药"),
    "recognition": gettext_lazy("可互认的检查检验结果"),
    "break-glass": gettext_lazy("打开紧急查阅"),
}
TABLES = {"event": gettext_lazy("业务事件"), "access_log": gettext_lazy("查阅记录")}


def role_label(by: Any, role: str) -> str:
    """Return the word for `role`: the roles are defined in the layer above, with the actor's own."""
    labels = {each.value: each.label for each in type(by.role)}
    return str(labels.get(role, role))


def basis_label(basis: str) -> str:
    """Return the word for a basis; one that is not known here is shown as it is stored."""
    return str(BASES.get(basis, basis))


def what_label(what: str) -> str:
    """Return the word for a part of the record; one that is not known here is shown as it is stored."""
    return str(WHAT.get(what, what))


def basis_tag(basis: str) -> Tag:
    """Return a basis as a tag; an emergency stands out."""
    return Tag(basis_label(basis), "red" if basis == "emergency" else "blue")


def event_rows(rows: Iterable[dict[str, Any]], by: Any) -> list[dict[str, Any]]:
    """Return the rows of the trail with words for event and role."""
    return [_with_words(row, by) | {"label": label_of(row["name"])} for row in rows]


def access_rows(rows: Iterable[dict[str, Any]], by: Any) -> list[dict[str, Any]]:
    """Return the rows of the access log with words for basis and role."""
    return [
        _with_words(row, by) | {"basis_tag": basis_tag(row["basis"]), "what": what_label(row["what"])} for row in rows
    ]


@dataclass(frozen=True)
class EventPage:
    """An event for its page: who, what happened with which facts, and about whom."""

    title: str
    who: list[tuple[str, str]]
    what: list[tuple[str, str]]
    about: list[tuple[str, str]]
    resident_id: UUID | None
    subject_id: UUID | None
    evidence: list[tuple[str, str]]


def event_page(row: dict[str, Any], by: Any) -> EventPage:
    """Return an event in words.  The resident is a number: whoever reads the trail opens no records."""
    subject = row["subject_id"] if row["subject_id"] != row["resident_id"] else None
    subject_field = next((name for name, value in row["payload"].items() if str(value) == str(subject)), "")
    about = [(_("居民"), wording.short_id(row["resident_id"])) if row["resident_id"] else None]
    about += [(wording.field_label(subject_field), _subject(row, subject_field)) if subject_field else None]
    return EventPage(
        title=label_of(row["name"]),
        who=[
            (_("人员"), row["by_name"]),
            (_("岗位"), role_label(by, row["by_role"])),
            (_("机构"), row["by_org_name"]),
        ],
        what=[(_("时间"), localtime(row["at"]).strftime("%Y-%m-%d %H:%M:%S")), (_("事件"), label_of(row["name"]))]
        + wording.payload_facts(row["name"], {k: v for k, v in row["payload"].items() if k != subject_field}),
        about=[pair for pair in about if pair],
        resident_id=row["resident_id"],
        subject_id=subject,
        evidence=[
            (_("事件编号"), str(row["id"])),
            (_("事件名称"), row["name"]),
            (_("用户编号"), str(row["by_user_id"] or "")),
            (_("对象编号"), str(row["subject_id"] or "")),
            (_("居民编号"), str(row["resident_id"] or "")),
        ],
    )


def _subject(row: dict[str, Any], field: str) -> str:
    return dict(wording.payload_facts(row["name"], {field: row["payload"][field]})).get(wording.field_label(field), "")


def delivery_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return parked deliveries with a word for the event and the last line of the error."""
    return [
        row
        | {
            "label": label_of(row["event__name"]),
            "error": (row["last_error"].strip().splitlines() or [_("没有记录")])[-1],
        }
        for row in rows
    ]


def queue_numbers(queue: Queue, now: datetime) -> list[dict[str, Any]]:
    """Return the numbers on top of the operations page."""
    late = queue.oldest_at is not None and queue.oldest_at < late_since(now)
    return [
        {
            "label": _("待投递"),
            "value": queue.n_pending,
            "definition": _("已写入、尚未送达订阅方的事件投递"),
            "tone": "",
        },
        {
            "label": _("重试中"),
            "value": queue.n_failing,
            "definition": _("失败过、将按加倍的间隔再试的投递"),
            "tone": "amber" if queue.n_failing else "",
        },
        {
            "label": _("已搁置"),
            "value": queue.n_parked,
            "definition": _("多次失败后停止重试，等人处理的投递"),
            "tone": "red" if queue.n_parked else "",
        },
        {
            "label": _("最早未送达"),
            "value": ago(queue.oldest_at, now),
            "definition": _("最早一件尚未送达或已搁置的事件发生于何时"),
            "tone": "amber" if late else "",
        },
    ]


def job_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the recurring jobs with their titles and a tag for how they went."""
    failed, fine = Tag(_("失败"), "red"), Tag(_("正常"), "green")
    return [
        row
        | {
            "title": translated(row["title"]) if row["title"] else row["name"],
            "tag": failed if row["last_error"] else fine,
        }
        for row in rows
    ]


def seal_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the newest seals with words for the table, and whether their rows were retired."""
    return [
        row
        | {
            "table_label": str(TABLES.get(row["sealed_table"], row["sealed_table"])),
            "tag": Tag(_("已到期清除"), "grey") if row["retirement__retired_at"] else Tag(_("已封存"), "green"),
        }
        for row in rows
    ]


EVENT_HEAD = (
    gettext_lazy("编号"), gettext_lazy("时间"), gettext_lazy("事件"), gettext_lazy("人员"), gettext_lazy("岗位"),
    gettext_lazy("机构"), gettext_lazy("对象编号"), gettext_lazy("居民编号"), gettext_lazy("内容"),
)  # fmt: skip
ACCESS_HEAD = (
    gettext_lazy("编号"), gettext_lazy("时间"), gettext_lazy("居民编号"), gettext_lazy("人员"), gettext_lazy("岗位"),
    gettext_lazy("机构"), gettext_lazy("依据"), gettext_lazy("原因"), gettext_lazy("查阅内容"),
)  # fmt: skip


def event_cells(row: dict[str, Any], by: Any) -> list[Any]:
    """Return an event as a line of the exported sheet."""
    content = "；".join(f"{label}：{text}" for label, text in wording.payload_facts(row["name"], row["payload"]))
    return [
        row["id"], row["at"], label_of(row["name"]), row["by_name"], role_label(by, row["by_role"]), row["by_org_name"],
        row["subject_id"] or "", row["resident_id"] or "", content,
    ]  # fmt: skip


def access_cells(row: dict[str, Any], by: Any) -> list[Any]:
    """Return an opening of a record as a line of the exported sheet."""
    return [
        row["id"], row["at"], row["resident_id"], row["by_name"], role_label(by, row["by_role"]), row["by_org_name"],
        basis_label(row["basis"]), row["reason"], what_label(row["what"]),
    ]  # fmt: skip


def _with_words(row: dict[str, Any], by: Any) -> dict[str, Any]:
    about = row.get("resident_id") or row.get("subject_id")
    return row | {"role_label": role_label(by, row["by_role"]), "about": about, "about_text": wording.short_id(about)}
