"""Words for the trail and for the state of the machinery."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy

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
    "registration": gettext_lazy("建档登记"),
    "emergency": gettext_lazy("紧急查阅"),
}
# What of a record was opened, likewise.
WHAT = {
    "record": gettext_lazy("健康档案"),
    "summary": gettext_lazy("档案摘要"),
    "timeline": gettext_lazy("诊疗时间线"),
    "identity": gettext_lazy("身份信息"),
    "tags": gettext_lazy("人群分类"),
    "referral": gettext_lazy("转诊单"),
    "encounter": gettext_lazy("诊疗记录"),
    "allergies": gettext_lazy("过敏史"),
    "medications": gettext_lazy("用药"),
    "break-glass": gettext_lazy("打开紧急查阅"),
}
TABLES = {"event": gettext_lazy("业务事件"), "access_log": gettext_lazy("查阅记录")}
# An outbox that has waited longer than this needs a look.
_SLOW = timedelta(minutes=10)


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


def event_facts(row: dict[str, Any], by: Any) -> list[tuple[str, Any]]:
    """Return an event as pairs for its page, its payload at the end."""
    said = [
        (_("编号"), row["id"]),
        (_("时间"), localtime(row["at"]).isoformat(" ", "seconds")),
        (_("事件"), f"{label_of(row['name'])} · {row['name']}"),
        (_("人员"), row["by_name"]),
        (_("岗位"), role_label(by, row["by_role"])),
        (_("机构"), row["by_org_name"]),
        (_("用户编号"), row["by_user_id"]),
        (_("对象编号"), row["subject_id"]),
        (_("居民编号"), row["resident_id"]),
    ]
    return said + [(name, _shown(value)) for name, value in row["payload"].items()]


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
    late = queue.oldest_at is not None and now - queue.oldest_at > _SLOW
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
    content = "; ".join(f"{name}={_shown(value)}" for name, value in row["payload"].items())
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
    return row | {"role_label": role_label(by, row["by_role"])}


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
