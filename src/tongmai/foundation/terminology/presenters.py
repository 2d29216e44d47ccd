"""Local codes in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.foundation.terminology import suggesting
from tongmai.foundation.terminology.choices import MEANT, CodeSet, Relation, Standing
from tongmai.foundation.terminology.selectors import WAITS, DecisionLine, Meaning, Share
from tongmai.kernel.text import N_
from tongmai.ui.words import Choice, Tag, when

SETS = {
    CodeSet.DIAGNOSES: N_("诊断"),
    CodeSet.DRUGS: N_("药品"),
    CodeSet.CONSUMABLES: N_("耗材"),
    CodeSet.CHARGES: N_("收费项目"),
}
RELATIONS: dict[str, str] = {
    Relation.EQUIVALENT: N_("等同"),
    Relation.WIDER: N_("统一编码更宽"),
    Relation.NARROWER: N_("统一编码更窄"),
    Relation.NONE: N_("没有对应"),
    "": N_("已取消对照"),
}
STANDINGS = {
    Standing.MAPPED: ("green", N_("已对照")),
    Standing.AUTOMATIC: ("green", N_("自动对照（编码相同）")),
    Standing.CHECK: ("amber", N_("编码相同，名称不同")),
    Standing.NONE: ("grey", N_("没有对应")),
    Standing.GONE: ("red", N_("对照的编码已停用")),
    Standing.UNMAPPED: ("amber", N_("未对照")),
}
WHY = {
    suggesting.SAME_CODE: N_("编码相同"),
    suggesting.SAME_NAME: N_("名称相同"),
    suggesting.SAME_SOUND: N_("读音相同"),
    suggesting.ALIKE: N_("名称相近"),
    suggesting.CATEGORY: N_("同一类目"),
}


@dataclass(frozen=True)
class CodeLine:
    """One local code in the list."""

    href: str
    code: str
    name: str
    org: str
    code_set: str
    system: str
    n_seen: int
    tag: Tag
    meant: str


@dataclass(frozen=True)
class ShareLine:
    """One member's share in one set; `href` leads to what waits of it."""

    org: str
    code_set: str
    n_codes: int
    share: str
    share_seen: str
    n_waiting: int
    href: str


@dataclass(frozen=True)
class SuggestionLine:
    code: str
    name: str
    why: str
    score: str


@dataclass(frozen=True)
class HistoryLine:
    """One decision."""

    what: str
    note: str
    who: str
    at: str


def standing_tag(standing: str) -> Tag:
    """Return where a code stands, as a tag."""
    tone, word = STANDINGS[Standing(standing)]
    return Tag(_(word), tone)


def standing_chips() -> list[Choice]:
    """Return the filters of the list."""
    words = [Choice(standing.value, _(word)) for standing, (_tone, word) in STANDINGS.items()]
    return [Choice(WAITS, _("待处理")), *words, Choice("all", _("全部"))]


def meant(code: str, name: str, relation: str) -> str:
    """Return a unified code with its name, and its relation where it is not the same."""
    said = f"{code} {name}".strip()
    return said if relation in ("", Relation.EQUIVALENT) else f"{said}（{_(RELATIONS[Relation(relation)])}）"


def line(row: Any) -> CodeLine:
    """Return a row of `selectors.local_codes` in words."""
    return CodeLine(
        href=reverse("terminology:code", args=[row.id]), code=row.code, name=row.name, org=row.org.short_name,
        code_set=_(SETS[CodeSet(row.code_set)]), system=row.system, n_seen=row.n_seen, tag=standing_tag(row.standing),
        meant=meant(row.meant_code, row.meant_name, row.relation) if row.standing in MEANT else "",
    )  # fmt: skip


def share_line(row: Share) -> ShareLine:
    """Return a member's share in words."""
    seen = row.n_seen_settled / row.n_seen if row.n_seen else row.rate
    return ShareLine(
        org=row.org, code_set=_(SETS[CodeSet(row.code_set)]), n_codes=row.n_codes, share=_percent(row.rate),
        share_seen=_percent(seen), n_waiting=row.n_waiting,
        href=f"{reverse('terminology:list')}?org={row.org_id}&set={row.code_set}&standing={WAITS}",
    )  # fmt: skip


def suggestion_lines(found: Iterable[suggesting.Suggestion]) -> list[SuggestionLine]:
    """Return suggestions in words."""
    return [SuggestionLine(each.code, each.name, _(WHY[each.why]), _percent(each.score)) for each in found]


def history_line(row: DecisionLine) -> HistoryLine:
    """Return a decision in words."""
    relation = RELATIONS[row.relation]
    what = f"{_(relation)} {row.code} {row.name}".strip()
    return HistoryLine(what=what, note=row.note, who=row.by_name, at=when(row.at))


def beside(meaning: Meaning | None, code: str, name: str) -> tuple[str, Tag | None]:
    """Return what stands beside a local code in a record: the unified code with its name, and a tag where it is not
    plainly understood.  Nothing for a code that says it all itself, or that no member's system has brought."""
    if meaning is None:
        return "", None
    tag = None if meaning.standing in (Standing.MAPPED, Standing.AUTOMATIC) else standing_tag(meaning.standing)
    is_itself = (meaning.code, meaning.name) == (code, name)
    return "" if is_itself or not meaning.code else meant(meaning.code, meaning.name, meaning.relation), tag


def _percent(rate: float) -> str:
    """Never 100 % while something is missing."""
    whole = int(rate * 100) if rate < 1 else 100
    return f"{whole} %"
