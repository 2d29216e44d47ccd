"""Words for the quality of a facility's data, on the page and in Excel."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.exchange import completeness, quality
from tongmai.exchange.connection_words import percent, score_line
from tongmai.exchange.quality import Facility, FacilityPage, Score
from tongmai.ui.words import Tag

GOOD, FAIR = 90, 75
Example = tuple[str, str]  # words, address


@dataclass(frozen=True)
class FacilityLine:
    href: str
    name: str
    systems: str
    points: Tag
    n: int
    complete: str
    accepted: str
    timely: str
    worst: str


@dataclass(frozen=True)
class Part:
    """One part of the score: its share, its weight, and messages that pull it down."""

    title: str
    share: str
    weight: quality.PolicyValue
    examples: list[Example]


@dataclass(frozen=True)
class MonthLine:
    month: str
    points: Tag
    n: int
    complete: str
    accepted: str
    timely: str


def points(score: Score) -> Tag:
    """Return the points as they are shown, by colour too."""
    if score.points is None:
        return Tag("—", "grey")
    return Tag(str(score.points), "green" if score.points >= GOOD else "amber" if score.points >= FAIR else "red")


def facility_line(each: Facility) -> FacilityLine:
    return FacilityLine(
        href=reverse("exchange:quality-of", args=[each.org_id]), name=each.name, systems="、".join(each.systems),
        points=points(each.score), n=each.score.n, complete=percent(each.score.complete),
        accepted=percent(each.score.accepted), timely=percent(each.score.timely),
        worst=_(completeness.FIELDS[each.worst]) if each.worst else "—",
    )  # fmt: skip


def parts(found: FacilityPage) -> list[Part]:
    """Return what the score is made of."""
    score, rules = found.facility.score, found.rules
    return [
        Part(_("内容完整"), percent(score.complete), rules.complete, []),
        Part(_("一次办理"), percent(score.accepted), rules.accepted, _linked(found.refused)),
        Part(_("及时"), percent(score.timely), rules.timely, _linked(found.late)),
    ]


def month_lines(found: FacilityPage) -> list[MonthLine]:
    return [
        MonthLine(
            str(month), points(score), score.n, percent(score.complete), percent(score.accepted), percent(score.timely)
        )
        for month, score in found.months
    ]


def sheet_head() -> list[str]:
    """Return the head of a facility's sheet."""
    return [_("部分"), _("项目"), _("消息数"), _("占比或得分"), _("缺少的消息"), _("例子（消息控制号）")]


def sheet_rows(found: FacilityPage) -> Iterator[list[str]]:
    """Yield the score, the fields and the months as lines of that sheet."""
    score = found.facility.score
    yield [_("评分"), found.facility.name, str(score.n), points(score).text, "", ""]
    for part in parts(found):
        yield [_("评分"), part.title, "", part.share, "", "、".join(text for text, _href in part.examples)]
    for field in found.fields:
        line = score_line(field)
        examples = "、".join(text for text, _href in line.examples)
        yield [_("内容"), line.field, str(field.n_asked), line.share, str(line.n_lacking), examples]
    for month in month_lines(found):
        yield [_("月份"), month.month, str(month.n), month.points.text, "", ""]


def _linked(examples: tuple[tuple[UUID, str], ...]) -> list[Example]:
    return [(control_id or "—", reverse("exchange:message", args=[key])) for key, control_id in examples]
