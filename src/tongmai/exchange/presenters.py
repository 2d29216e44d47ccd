"""Words for messages and imports."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.exchange import wording
from tongmai.exchange.cda import kinds as documents
from tongmai.exchange.cda.document import APPLICATION
from tongmai.exchange.hl7v2 import kinds
from tongmai.exchange.selectors import FaultLine, ImportReport, MessageDetail
from tongmai.exchange.states import ImportState, MessageState, MessageStep
from tongmai.exchange.tabular.columns import KIND_NAMES
from tongmai.ui.words import Choice, RailStop, Tag, TimelineEntry, when

MESSAGE_TAGS = {
    MessageState.RECEIVED: (gettext_lazy("已收到"), "grey"),
    MessageState.HELD: (gettext_lazy("待人工处理"), "amber"),
    MessageState.DONE: (gettext_lazy("已办理"), "green"),
    MessageState.REJECTED: (gettext_lazy("不接收"), "red"),
}
STEP_WORDS = {
    MessageStep.TAKE: (gettext_lazy("办理"), "green"),
    MessageStep.HOLD: (gettext_lazy("搁置，待人工处理"), "amber"),
    MessageStep.REJECT: (gettext_lazy("不接收"), "red"),
}
IMPORT_TAGS = {
    ImportState.MAPPING: (gettext_lazy("待对应列"), "amber"),
    ImportState.CHECKING: (gettext_lazy("检查中"), "blue"),
    ImportState.CHECKED: (gettext_lazy("待确认"), "amber"),
    ImportState.APPLYING: (gettext_lazy("导入中"), "blue"),
    ImportState.APPLIED: (gettext_lazy("已导入"), "green"),
    ImportState.ABANDONED: (gettext_lazy("已放弃"), "grey"),
}
FATE_TAGS = {
    "unknown": (gettext_lazy("待检查"), "grey"),
    "new": (gettext_lazy("新增"), "green"),
    "updated": (gettext_lazy("更新"), "blue"),
    "same": (gettext_lazy("无变化"), "grey"),
    "held": (gettext_lazy("需人工确认"), "amber"),
    "rejected": (gettext_lazy("不能导入"), "red"),
}
ACK_WORDS = {"AA": gettext_lazy("已受理"), "AE": gettext_lazy("搁置"), "AR": gettext_lazy("不接收")}
STANDING_WORDS = {"P": gettext_lazy("待处理"), "A": gettext_lazy("已接收"), "R": gettext_lazy("不接收")}
# Which part of the form settles which fault.
NEEDS = {
    "unknown-system": "sender", "not-enterable": "resident", "no-patient-number": "resident",
    "unknown-sender": "sender", "unknown-receiver": "receiver",
    "no-patient-segment": "resident", "no-name": "resident", "bad-number": "resident", "other-name": "resident",
    "other-birth": "resident", "several-residents": "resident", "unknown-resident": "resident",
    "incomplete-identity": "resident", "contradicting-sex": "resident", "contradicting-birth": "resident",
    "no-diagnosis": "diagnosis", "empty-diagnosis": "diagnosis", "unknown-diagnosis": "diagnosis",
    "cda-no-patient": "resident", "cda-several-patients": "resident", "cda-no-name": "resident",
    "cda-no-number": "resident", "other-person": "resident", "other-persons-document": "resident",
    "no-referral-segment": "direction", "refused": "direction",
    "no-down-group": "plan", "no-down-summary": "plan", "no-down-plan": "plan",
}  # fmt: skip
_STOPS = (
    (gettext_lazy("上传"), ()),
    (gettext_lazy("对应列"), (ImportState.MAPPING,)),
    (gettext_lazy("检查"), (ImportState.CHECKING,)),
    (gettext_lazy("确认"), (ImportState.CHECKED,)),
    (gettext_lazy("导入"), (ImportState.APPLYING,)),
    (gettext_lazy("完成"), (ImportState.APPLIED,)),
)


def _tag(words: Mapping, key: str) -> Tag:
    text, tone = words[key]
    return Tag(str(text), tone)


@dataclass(frozen=True)
class MessageLine:
    href: str
    tag: Tag
    what: str
    outcome: str
    sender: str
    receiver: str
    received: str


def message_line(row: dict) -> MessageLine:
    return MessageLine(
        href=reverse("exchange:message", args=[row["id"]]),
        tag=_tag(MESSAGE_TAGS, row["state"]),
        what=f"{kind_title(row['kind'])} {row['control_id']}".strip(),
        outcome=outcome(row["outcome"]),
        sender=row["sender__short_name"] or row["facility"] or row["application"] or "—",
        receiver=row["receiver__short_name"] or "—",
        received=when(row["received_at"]),
    )


def received_words(taken: Sequence[tuple[Any, bool]]) -> str:
    """Return in a sentence what became of several files; what was there before is counted as it stands now."""
    counts = Counter(str(MESSAGE_TAGS[message.state][0]) for message, _is_new in taken)
    n_known = sum(not is_new for _message, is_new in taken)
    said = _("收到 %(n)s 份：%(counts)s。") % {
        "n": len(taken), "counts": "，".join(f"{word} {n}" for word, n in counts.items()),
    }  # fmt: skip
    return said + (_("其中 %(n)s 份此前已收到过。") % {"n": n_known} if n_known else "")


def kind_title(kind: str) -> str:
    """Return what people call a kind of message, with its type; "—" for one that could not be read."""
    code, _caret, event = kind.partition("^")
    if code == APPLICATION:
        return " ".join(part for part in (_("共享文档"), documents.name_of_code(event) or event) if part)
    title = kinds.TITLES.get(tuple(kind.split("^"))[:2])  # type: ignore[call-overload]
    return f"{_(title)} {kind}" if title else kind or "—"


def outcome(slug: str) -> str:
    """Return what a message did here."""
    return _(wording.OUTCOMES[slug]) if slug in wording.OUTCOMES else ""


def reason_rows(reasons: Iterable[tuple[str, int]]) -> list[dict]:
    """Return what keeps messages waiting; of a text that names its case only what all of them have in common."""
    rows = []
    for what, n in reasons:
        problem, remedy = wording.said(wording.MESSAGES, what, {}, _)
        rows.append({"what": what, "n": n, "problem": what if problem == "…" else problem, "remedy": remedy})
    return rows


def message_chips(counts: Mapping[str, int]) -> list[Choice]:
    everything = Choice("", _("全部"), sum(counts.values()))
    return [everything, *(Choice(s, str(MESSAGE_TAGS[s][0]), counts.get(s, 0)) for s in MessageState)]


def message_tag(detail: MessageDetail) -> Tag:
    return _tag(MESSAGE_TAGS, detail.state)


def message_history(detail: MessageDetail) -> list[TimelineEntry]:
    return [
        TimelineEntry(
            at=line.at,
            title=str(STEP_WORDS[MessageStep(line.step)][0]),
            who=line.by_name,
            reason=line.reason or (fault_words(line.fault)[0] if line.fault else ""),
            tone=STEP_WORDS[MessageStep(line.step)][1],
        )
        for line in reversed(detail.history)
    ]


def fault_words(fault: FaultLine) -> tuple[str, str]:
    """Return problem and remedy in the reader's language."""
    return wording.said(wording.MESSAGES, fault.what, fault.facts, _)


def fault_rows(faults: Iterable[FaultLine]) -> list[dict[str, str]]:
    """Return faults as the page and the API tell them."""
    return [
        {"code": f.code, "location": f.location, "what": f.what, "problem": problem, "remedy": remedy}
        for f in faults
        for problem, remedy in (fault_words(f),)
    ]


def needs(detail: MessageDetail) -> set[str]:
    """Return what a coordinator is asked for, by what is wrong: only that stands open on the page."""
    return {NEEDS[f.what] for f in detail.faults if f.what in NEEDS}


def meaning_line(row: dict) -> dict[str, str]:
    return {
        "id": row["id"],
        "system": row["system"],
        "text": row["text"],
        "org": row["org__name"],
        "who": row["chosen_by__display_name"] or _("命令行"),
        "at": when(row["chosen_at"]),
    }


def answer_title(ack: str, standing: str) -> str:
    said = [str(ACK_WORDS[ack]), str(STANDING_WORDS.get(standing, ""))]
    return " · ".join(part for part in said if part)


@dataclass(frozen=True)
class ImportLine:
    href: str
    tag: Tag
    kind: str
    source: str
    file_name: str
    n_rows: int
    who: str
    created: str


def import_line(row: dict) -> ImportLine:
    kind = KIND_NAMES[row["kind"]]
    return ImportLine(
        href=reverse("exchange:import", args=[row["id"]]),
        tag=_tag(IMPORT_TAGS, row["state"]),
        kind=_(kind),
        source=row["source"],
        file_name=row["file_name"],
        n_rows=row["total_rows"],
        who=row["created_by__display_name"] or _("命令行"),
        created=when(row["created_at"]),
    )


def import_tag(report: ImportReport) -> Tag:
    return _tag(IMPORT_TAGS, report.state)


def import_rail(report: ImportReport) -> list[RailStop]:
    """Where the import stands; the stops after giving up are skipped."""
    if report.state == ImportState.ABANDONED:
        return [RailStop(str(label), "done" if i == 0 else "skipped") for i, (label, _states) in enumerate(_STOPS)]
    here = next(i for i, (_label, states) in enumerate(_STOPS) if report.state in states)
    is_over = report.state == ImportState.APPLIED
    return [
        RailStop(str(label), "done" if i < here or is_over else "now" if i == here else "todo")
        for i, (label, _states) in enumerate(_STOPS)
    ]


def fate_chips(counts: Mapping[str, int]) -> list[Choice]:
    return [
        Choice("", _("全部"), sum(counts.values())),
        *(Choice(f, str(FATE_TAGS[f][0]), n) for f, n in counts.items()),
    ]


@dataclass(frozen=True)
class RowLine:
    line: int
    identity: str
    name: str
    tag: Tag
    reason: str
    remedy: str


_NAMED_BY = {"capacity": "resource"}  # which field names a row, where it is not its name


def row_lines(report: ImportReport, rows: Iterable[dict]) -> list[RowLine]:
    at = report.places.get(_NAMED_BY.get(report.kind, "name"), -1)
    return [
        RowLine(
            line=row["line"],
            identity=row["identity"] if len(row["identity"]) < 15 else f"…{row['identity'][-4:]}",
            name=row["cells"][at] if at >= 0 else "",
            tag=_tag(FATE_TAGS, row["fate"]),
            reason=reason,
            remedy=remedy,
        )
        for row in rows
        for reason, remedy in (row_words(row),)
    ]


def row_words(row: dict) -> tuple[str, str]:
    """Return reason and remedy of a row in the reader's language; nothing for one that was taken."""
    return wording.said(wording.ROWS, row["what"], row["facts"], _) if row["what"] else ("", "")


def refused_head(report: ImportReport) -> list[str]:
    """Return the head of the sheet of refused rows: the file's own columns, and behind them what was wrong."""
    return [*report.head, _("行号"), _("结果"), _("原因"), _("处理办法")]


def refused_cells(report: ImportReport, rows: Iterable[dict]) -> Iterator[list[str]]:
    """Yield the refused rows as lines of that sheet: put right, it can be imported as it is."""
    for row in rows:
        yield [*row["cells"], str(row["line"]), str(FATE_TAGS[row["fate"]][0]), *row_words(row)]
