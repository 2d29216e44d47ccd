"""Words for images that wait, files in quarantine, and devices."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.commons.imaging.models import Held, StudyDecision
from tongmai.exchange.images import Proposed, Waiting
from tongmai.ui.words import Choice, Tag, TimelineEntry, when

DOUBTS = {
    "no-accession": gettext_lazy("图像没有申请单号"),
    "unknown-order": gettext_lazy("没有这个申请单号"),
    "cancelled-order": gettext_lazy("申请单已取消"),
    "not-performable": gettext_lazy("申请单当前不能再收图像"),
    "no-order": gettext_lazy("没有对应的申请单"),
    "other-site": gettext_lazy("申请单不在本机构执行"),
    "other-modality": gettext_lazy("设备类型与申请单不符"),
    "charset": gettext_lazy("姓名的字符集不确定"),
    "other-name": gettext_lazy("姓名不同"),
    "other-sex": gettext_lazy("性别不同"),
    "other-birth": gettext_lazy("出生日期不同"),
    "other-number": gettext_lazy("编号不同"),
    "too-little": gettext_lazy("身份信息太少"),
    "taken-out": gettext_lazy("从档案中撤回"),
}
REASONS = {
    Held.Reason.NOT_DICOM: gettext_lazy("不是 DICOM 文件"),
    Held.Reason.UNREADABLE: gettext_lazy("文件头读不出来"),
    Held.Reason.CUT_OFF: gettext_lazy("文件不完整"),
    Held.Reason.NO_NUMBER: gettext_lazy("缺少唯一号（UID）"),
    Held.Reason.OTHER_CONTENT: gettext_lazy("同一编号、内容不同；先到的保留"),
    Held.Reason.OTHER_STUDY: gettext_lazy("序列属于另一检查"),
    Held.Reason.OTHER_PERSON: gettext_lazy("同一检查里的另一个人"),
    Held.Reason.TOO_BIG: gettext_lazy("文件太大"),
    Held.Reason.NOT_TAKEN: gettext_lazy("影像归档系统不接收，或改动了文件"),
}
DECISIONS = {
    StudyDecision.What.LINK: (gettext_lazy("归入申请单"), "green"),
    StudyDecision.What.UNLINK: (gettext_lazy("撤回归入"), "amber"),
    StudyDecision.What.REJECT: (gettext_lazy("不归档"), "red"),
    StudyDecision.What.RESTORE: (gettext_lazy("恢复待核对"), "blue"),
}
STATES = {
    "waiting": gettext_lazy("待核对"),
    "rejected": gettext_lazy("不归档"),
    "linked": gettext_lazy("已归入"),
}
_SEXES = {
    "M": gettext_lazy("男"), "F": gettext_lazy("女"), "male": gettext_lazy("男"), "female": gettext_lazy("女"),
}  # fmt: skip


@dataclass(frozen=True)
class StudyLine:
    """One study of the list."""

    id: Any
    who: str
    what: str
    why: str
    device: str
    received: str
    n_images: int


@dataclass(frozen=True)
class HeldLine:
    """One file of the quarantine; nothing of a person is in it."""

    id: Any
    why: str
    detail: str
    device: str
    size: str
    at: str
    n_times: int


@dataclass(frozen=True)
class Side:
    """One of the two sides of a comparison."""

    number: str
    name: str
    sex: str
    born: str
    patient_number: str
    what: str
    at: str


@dataclass(frozen=True)
class ProposedLine:
    """An order beside the study."""

    side: Side
    differences: list[str]

    @property
    def is_like(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def chips(state: str) -> list[Choice]:
    """Return the lists that one can look at."""
    return [Choice(key, str(word)) for key, word in STATES.items()]


def doubts(codes: str) -> str:
    """Return in words why a study waits."""
    return "，".join(str(DOUBTS.get(code, code)) for code in codes.split())


def study_line(row: Any) -> StudyLine:
    """Return one line of the list."""
    return StudyLine(
        row.id, row.said_name or "—", " ".join(part for part in (row.modality, row.description) if part),
        row.order_number or doubts(row.doubts), row.device.name if row.device else row.org.short_name,
        when(row.received_at), row.n_images,
    )  # fmt: skip


def held_line(row: Held) -> HeldLine:
    """Return one line of the quarantine."""
    return HeldLine(
        row.id, str(REASONS[Held.Reason(row.reason)]), row.detail, row.device.name if row.device else row.channel,
        f"{row.n_bytes / 1e6:.2f} MB", when(row.held_at), row.n_times,
    )  # fmt: skip


def said(waiting: Waiting) -> Side:
    """Return what the images say."""
    study = waiting.study
    return Side(
        study.said_accession, study.said_name, sex(study.said_sex), str(study.said_born_on or ""), study.said_number,
        f"{study.modality} {study.description}".strip(), when(study.studied_at) if study.studied_at else "",
    )  # fmt: skip


def proposed(line: Proposed) -> ProposedLine:
    """Return what an order says."""
    asked = line.asked
    side = Side(
        asked.order_number, asked.name, sex(asked.sex), str(asked.born_on or ""), asked.local_number,
        f"{asked.modality} {asked.item_name}", when(asked.requested_at),
    )  # fmt: skip
    return ProposedLine(side, [str(DOUBTS[code]) for code in line.doubts])


def sex(code: str) -> str:
    """Return a sex in words."""
    return str(_SEXES.get(code, ""))


def history(decisions: list[StudyDecision]) -> list[TimelineEntry]:
    """Return who decided what, the latest first."""
    lines = []
    for each in reversed(decisions):
        word, tone = DECISIONS[StudyDecision.What(each.what)]
        title = f"{word} {each.order_number}".strip()
        lines.append(TimelineEntry(at=each.at, title=title, who=each.by_name, reason=each.reason, tone=tone))
    return lines


def tag(waiting: Waiting) -> Tag:
    """Return how it stands."""
    study = waiting.study
    if study.resident_id is not None:
        return Tag(_("已归入"), "green")
    return Tag(_("不归档"), "grey") if study.rejected_at else Tag(_("待核对"), "amber")
