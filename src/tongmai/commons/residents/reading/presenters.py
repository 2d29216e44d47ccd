"""Findings about reading in words: what was counted, against what, and what may be done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.residents.reading.rules import LABELS, Kind
from tongmai.commons.residents.reading.states import LABELS as STATES
from tongmai.commons.residents.reading.states import STEP_LABELS, TABLE, State, Step
from tongmai.commons.residents.selectors.reading import FindingLine, FindingPage
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.words import Tag, TimelineEntry, day

TAG = {
    State.OPEN: "red",
    State.ASKED: "amber",
    State.ANSWERED: "blue",
    State.EXPLAINED: "green",
    State.ESCALATED: "purple",
}


@dataclass(frozen=True)
class FindingRow:
    """One finding in a list."""

    id: UUID
    on: str
    kind: str
    who: str
    role: str
    org: str
    resident: str
    why: str
    tag: Tag
    found_at: datetime


@dataclass(frozen=True)
class StepRow:
    """A step that may be taken now."""

    label: str
    url: str
    needs_reason: bool


def finding_row(line: FindingLine) -> FindingRow:
    """Return a finding as a row of the list."""
    return FindingRow(
        id=line.id, on=day(line.on), kind=_(LABELS[Kind(line.kind)]), who=line.reader_name,
        role=str(dict(Role.choices).get(line.reader_role, line.reader_role)), org=line.reader_org_name,
        resident=line.resident, why=arithmetic(line), tag=state_tag(line.state), found_at=line.found_at,
    )  # fmt: skip


def state_tag(state: str) -> Tag:
    """Return a state as a tag."""
    return Tag(_(STATES[State(state)]), TAG[State(state)])


def arithmetic(line: FindingLine) -> str:
    """Return what was counted and what it was compared with, in a sentence."""
    facts = {"n": line.n, "of": line.of, "days": line.days, "most": line.most}
    if line.kind == Kind.VOLUME:
        said = _("当日查阅 %(n)s 人，超过 %(most)s 人的上限。") % facts
        if line.own_usual is not None:
            said += _("本人平常每日 %(usual)s 人。") % {"usual": line.own_usual}
        if line.role_usual is not None:
            said += _("同岗位平常每日 %(usual)s 人。") % {"usual": line.role_usual}
        return said
    sentences = {
        Kind.NO_ACTION: _("当日查阅的 %(of)s 人中，%(n)s 人在前后 %(days)s 天内没有本机构的就诊、预约、转诊或登记。"),
        Kind.NEIGHBOUR: _("与查阅人同村同姓，查阅 %(n)s 次，前后 %(days)s 天内没有本机构的业务。"),
        Kind.SAME_NAME: _("当日另查阅了同名的居民，此人查阅 %(n)s 次，前后 %(days)s 天内没有本机构的业务。"),
        Kind.COLLEAGUE: _("居民是查阅人所在机构的职工，查阅 %(n)s 次。"),
        Kind.EMERGENCY_ONLY: _("只凭紧急查阅打开 %(n)s 次，前后 %(days)s 天内没有本机构的业务。"),
        Kind.RECOGNITION_ONLY: _("只为互认查询 %(n)s 次，前后 %(days)s 天内没有互认、开单或其他本机构的业务。"),
        Kind.GONE: _("档案已合并，或居民去世已超过 %(days)s 天，查阅 %(n)s 次。"),
        Kind.SENSITIVE: _("以紧急情况查阅了受限记录，当日打开 %(n)s 次。"),
    }
    return sentences[Kind(line.kind)] % facts


def history(found: FindingPage) -> list[TimelineEntry]:
    """Return what was done with a finding."""
    return [
        TimelineEntry(
            at=row.at, title=_(STEP_LABELS[Step(row.step)]), who=f"{row.by_org_name} {row.by_name}".strip(),
            reason=row.reason,
        )
        for row in found.transitions
    ]  # fmt: skip


def steps(found: FindingPage) -> list[StepRow]:
    """Return the buttons of the page."""
    return [
        StepRow(
            _(STEP_LABELS[step]), reverse("residents:move-finding", args=[found.line.id, step]), TABLE.rules[step].needs_reason
        )
        for step in found.steps
    ]  # fmt: skip


def cells(line: FindingLine) -> list[str]:
    """Return a finding as a line of the exported sheet."""
    row = finding_row(line)
    return [row.on, row.kind, row.who, row.role, row.org, row.resident, row.why, row.tag.text]


def head() -> list[str]:
    """Return the headings of the sheet."""
    return [_("日期"), _("种类"), _("查阅人"), _("岗位"), _("机构"), _("居民"), _("说明"), _("状态")]
