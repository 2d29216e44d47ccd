"""What a message says of the plan with which a resident comes down.  Pure.

REF^I12 has no place of its own for it, so vendors use notes and observations with a heading: an NTE that begins with
`出院小结：`, an OBX whose name is `出院小结` or whose LOINC code is 18842-5, likewise for arrangements; medicines stand in
RXE or RXO.  Only what has such a heading is taken for the plan: nothing is guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tongmai.exchange.hl7v2.reading import Message, Segment


@dataclass(frozen=True)
class MedicineFacts:
    name: str
    dose: str
    frequency: str


@dataclass(frozen=True)
class PlanFacts:
    """The plan as far as the message states it; empty texts and tuples mean: it does not say."""

    group: str  # our slug
    summary: str
    red_flags: str
    medicines: tuple[MedicineFacts, ...]
    arrangements: tuple[str, ...]


# The four groups of 国卫办医政发〔2024〕21号, by the words that mean them; the first that occurs counts.
GROUPS = {
    "术后": "post_operative",
    "急危重症稳定": "critical_stable",
    "危重稳定": "critical_stable",
    "重症稳定": "critical_stable",
    "康复期": "rehabilitation",
    "康复": "rehabilitation",
    "急性病恢复": "acute_recovery",
    "急性期恢复": "acute_recovery",
    "恢复期": "acute_recovery",
}
_SUMMARY, _PLAN, _FLAGS, _MEDICINES, _GROUP = "summary", "plan", "flags", "medicines", "group"
_HEADINGS = {
    "出院小结": _SUMMARY, "出院记录": _SUMMARY, "治疗小结": _SUMMARY, "18842-5": _SUMMARY,
    "后续安排": _PLAN, "随访计划": _PLAN, "康复计划": _PLAN, "治疗计划": _PLAN, "出院医嘱": _PLAN, "18776-5": _PLAN,
    "警示症状": _FLAGS, "注意事项": _FLAGS,
    "出院带药": _MEDICINES, "带药": _MEDICINES, "用药": _MEDICINES,
    "下转类别": _GROUP, "下转分类": _GROUP,
}  # fmt: skip
_NOTE = re.compile(r"\s*([^：:\n]{2,8})[：:]\s*(.+)", re.DOTALL)
_LINE = re.compile(r"[\n；;]+")
_MEDICINE = re.compile(
    r"\s*(?P<name>\S+)\s+(?P<dose>[\d.]+\s*(?:mg|g|ml|μg|ug|片|粒|支|袋|u|iu|单位|毫克|克|毫升)\S*)\s*[，, ]*(?P<frequency>\S.*)",
    re.IGNORECASE,
)


def plan(message: Message) -> PlanFacts:
    """Return the plan that a message brings."""
    parts: dict[str, list[str]] = {}
    for heading, text in _headed(message):
        parts.setdefault(heading, []).append(text)
    medicines = [*_prescribed(message), *_listed("\n".join(parts.get(_MEDICINES, [])))]
    arrangements = [line.strip()[:200] for text in parts.get(_PLAN, []) for line in _LINE.split(text) if line.strip()]
    return PlanFacts(
        group=_group(message, parts.get(_GROUP, [])),
        summary="\n".join(parts.get(_SUMMARY, [])),
        red_flags="\n".join(parts.get(_FLAGS, [])),
        medicines=tuple(dict.fromkeys(medicines)),
        arrangements=tuple(dict.fromkeys(arrangements)),
    )


def lines(text: str) -> tuple[str, ...]:
    """Return what a person wrote, one arrangement a line."""
    return tuple(line.strip()[:200] for line in _LINE.split(text) if line.strip())


def _headed(message: Message) -> Iterator[tuple[str, str]]:
    for segment in message.segments:
        if segment.name == "NTE":
            found = _NOTE.fullmatch(segment.value(3))
            if found and (heading := _HEADINGS.get(found.group(1).strip())):
                yield heading, found.group(2).strip()
        elif segment.name == "OBX" and segment.value(5):
            heading = _HEADINGS.get(segment.value(3)) or _HEADINGS.get(segment.value(3, 2))
            if heading:
                yield heading, segment.value(5)


def _group(message: Message, stated: list[str]) -> str:
    """As a heading says; else RF1-3, RF1-4 (disposition), RF1-5 (category) or RF1-10 (reason)."""
    rf1 = message.first("RF1") or Segment("RF1", 1, ())
    places = [*stated, *(f"{rf1.value(n)} {rf1.value(n, 2)}" for n in (3, 4, 5, 10))]
    return next((slug for text in places for word, slug in GROUPS.items() if word in text), "")


def _prescribed(message: Message) -> Iterator[MedicineFacts]:
    """RXE: timing in 1, what in 2, how much in 3, unit in 5.  RXO: what in 1, how much in 2, unit in 4."""
    for segment in message.segments:
        if segment.name not in ("RXE", "RXO"):
            continue
        what, amount, unit = (2, 3, 5) if segment.name == "RXE" else (1, 2, 4)
        timing = (segment.value(1, 2) or segment.value(1, 8)) if segment.name == "RXE" else segment.value(7, 2)
        name = segment.value(what, 2) or segment.value(what)
        dose = f"{segment.value(amount)} {segment.value(unit, 2) or segment.value(unit)}".strip()
        if name and dose and timing:
            yield MedicineFacts(name[:120], dose[:60], timing[:60])


def _listed(text: str) -> Iterator[MedicineFacts]:
    """One medicine a line: 阿司匹林肠溶片 100mg 每日一次.  A line that does not read so is no medicine."""
    for line in _LINE.split(text):
        if found := _MEDICINE.fullmatch(line):
            yield MedicineFacts(found["name"][:120], found["dose"].strip()[:60], found["frequency"].strip()[:60])
