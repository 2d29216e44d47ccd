"""One row of a table of critical limits: beyond which value an item is critical, from a day on.  A change begins a new line."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tongmai.care.critical_values import services, starter
from tongmai.care.critical_values import settings as in_force
from tongmai.care.critical_values.items import item_of, usual_unit
from tongmai.care.critical_values.limit_sheet import LEVELS, NONE, SEXES, STATUSES
from tongmai.care.critical_values.rules import OLDEST_DAYS, Level
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Cells, Refused, check_cells, day_of, or_problem
from tongmai.exchange.tabular.verdicts import Row, Verdict, held, settled
from tongmai.foundation.orgs.actors import Actor

_NUMBER = re.compile(r"\d{1,10}(?:\.\d{1,4})?")
_AGE = re.compile(r"(\d{1,5}(?:\.\d{1,2})?)(天|日|d|周|个?月|月龄|岁|周岁|年)?", re.IGNORECASE)
# A month and a year as they are on average: the limits count days.
_DAYS = {"周": Decimal(7), "月": Decimal("30.4375"), "个月": Decimal("30.4375"), "月龄": Decimal("30.4375"),
         "岁": Decimal("365.25"), "周岁": Decimal("365.25"), "年": Decimal("365.25")}  # fmt: skip
_NO_LIMIT = frozenset({NONE, "不作为危急值", "无", "—", "-", "/"})


@dataclass(frozen=True)
class LimitFacts:
    """A limit as a table states it; `starts_on` None: from today on."""

    level: Level
    item: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    sex: str
    age_from_days: int
    age_before_days: int
    status: str
    source: str
    starts_on: date | None

    def entered(self) -> services.LimitInput:
        """Return it as the service takes it."""
        return services.LimitInput(
            self.item, self.unit, self.low, self.high, self.source, self.sex, self.age_from_days, self.age_before_days,
            self.status,
        )  # fmt: skip


def identity_of(cells: Cells) -> str:
    """Return by what a row is recognised the next time: the item, and of whom and at whose level it speaks."""
    if not cells.get("item", ""):
        return ""
    whose = LEVELS.get(cells.get("level", ""), Level.ORG)
    of = "|".join(cells.get(name, "")[:8] for name in ("sex", "age_from", "age_before"))
    return f"{item_of(cells['item'])[:40]}|{of}|{whose}"


@or_problem
def limit_facts(cells: Cells) -> LimitFacts:
    """Return what a row of a table of limits says, or the first thing that is wrong with it."""
    check_cells(cells)
    if not cells.get("item", ""):
        raise Refused("no-item-name")
    item = item_of(cells["item"])
    sex, level = SEXES.get(cells.get("sex", "")), LEVELS.get(cells.get("level", "") or "本机构")
    status = STATUSES.get(cells.get("status", "") or "本地默认")
    if sex is None:
        raise Refused("unknown-limit-sex", given=cells["sex"][:10])
    if level is None:
        raise Refused("unknown-level", given=cells["level"][:20])
    if status is None:
        raise Refused("unknown-status", given=cells["status"][:20])
    low, high = _limit(cells.get("low", ""), "<＜"), _limit(cells.get("high", ""), ">＞")
    if low is None and high is None and not {cells.get("low", ""), cells.get("high", "")} & _NO_LIMIT:
        raise Refused("no-limits")  # an empty cell never lifts a limit by mistake
    return LimitFacts(
        level=level, item=item, unit=cells.get("unit", "") or usual_unit(item), low=low,
        high=high, sex=sex, age_from_days=_age(cells.get("age_from", ""), 0),
        age_before_days=_age(cells.get("age_before", ""), OLDEST_DAYS), status=str(status),
        source=cells.get("source", ""), starts_on=day_of(cells.get("starts_on", "")),
    )  # fmt: skip


def settler(by: Actor) -> Callable[[Row], Verdict]:
    """Return what does what a row asks for, and tells its fate.

    A row is compared with what stands, not with what the source said last: who took a limit back on the page meant it.
    """
    return lambda row: settled(
        replace(row, known=None), limit_facts(row.cells), lambda facts, digest: _settle(row, facts, digest, by)
    )


def _settle(row: Row, facts: LimitFacts, digest: str, by: Actor) -> Verdict:
    for_alliance = facts.level == Level.ALLIANCE
    before = in_force.standing_line(facts.entered(), for_alliance=for_alliance, by=by)
    if facts.level == Level.OURS:
        if _is_shipped(facts):
            return Verdict(Fate.SAME, row.identity, digest)
        if before is not None:
            return held(row.identity, "own-limit-stands", said=row.cells["item"][:60])
    if before is not None and in_force.says_the_same(before, facts.entered()):
        return Verdict(Fate.SAME, row.identity, digest, before.id)
    line = services.set_limit(
        entered=facts.entered(), starts_on=facts.starts_on or by.today, for_alliance=for_alliance, by=by
    )
    return Verdict(Fate.UPDATED if before else Fate.NEW, row.identity, digest, line.id)


def _is_shipped(facts: LimitFacts) -> bool:
    said = (facts.item, facts.unit, facts.low, facts.high, facts.sex, facts.age_from_days, facts.age_before_days)
    return any(
        said == (each.item, each.unit, each.low, each.high, each.sex, each.age_from_days, each.age_before_days)
        for each in starter.limits()
    )


def _limit(text: str, sign: str) -> Decimal | None:
    """Return a limit; the sign that the heading says already may stand before it."""
    said = unicodedata.normalize("NFKC", text.strip().lstrip(sign)).replace(" ", "")
    if not said or text in _NO_LIMIT:
        return None
    if not _NUMBER.fullmatch(said.removeprefix("-")):
        raise Refused("bad-limit", given=text[:20])
    return Decimal(said)


def _age(text: str, otherwise: int) -> int:
    if not text or text == "不限":
        return otherwise
    found = _AGE.fullmatch(text)
    days = Decimal(found[1]) * _DAYS.get(found[2] or "", Decimal(1)) if found else None
    if days is None or days > OLDEST_DAYS:
        raise Refused("bad-age", given=text[:20])
    return int(days)
