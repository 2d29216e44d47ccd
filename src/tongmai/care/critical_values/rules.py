"""What is critical, what was read back, and who is to be told next.  Facts, limits and times in, verdicts out."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from tongmai.care.critical_values.items import converted, names_of

OLDEST_DAYS = 60_000


class RuleKind(StrEnum):
    """What made a value critical."""

    LIMIT = "limit"
    SENDER = "sender"  # the laboratory flagged it
    ECG = "ecg"  # a pattern that the computer measured, unconfirmed
    FINDING = "finding"  # chosen by the reporting doctor
    BY_HAND = "by_hand"


class Level(StrEnum):
    """Whose limit it is; the first that has one for the item decides."""

    ORG = "org"
    ALLIANCE = "alliance"
    OURS = "ours"


@dataclass(frozen=True)
class Limit:
    """Below `low` or above `high` is critical; neither: nothing is, at this level.  Ages in days, half-open."""

    ref: str
    level: Level
    item: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    sex: str = ""
    age_from_days: int = 0
    age_before_days: int = OLDEST_DAYS
    version: int = 1
    source: str = ""
    status: str = "local-default"

    def fits(self, *, sex: str, age_days: int | None) -> bool:
        """Whether the limit speaks of this person; of whom the age is not known, only limits of all ages do."""
        if self.sex and self.sex != sex:
            return False
        if age_days is None:
            return self.age_from_days == 0 and self.age_before_days >= OLDEST_DAYS
        return self.age_from_days <= age_days < self.age_before_days

    @property
    def breadth(self) -> tuple[bool, int]:
        """The narrower limit decides between two of one level."""
        return (not self.sex, self.age_before_days - self.age_from_days)


@dataclass(frozen=True)
class Found:
    """One value of a report, as the rules see it."""

    position: int
    code: str
    system: str
    name: str
    text: str
    number: Decimal | None
    comparator: str
    unit: str
    flag: str
    status: str
    specimen: str = ""


@dataclass(frozen=True)
class Hit:
    """A value that is critical, by which rule in which version."""

    position: int
    item: str
    name: str
    text: str
    unit: str
    direction: str
    kind: RuleKind
    number: Decimal | None = None
    limit: Limit | None = None


def judge(found: Found, limits: Sequence[Limit], *, sex: str, age_days: int | None) -> Hit | None:
    """Return why a value is critical, None if it is not.  A limit explains it; else the flag of who sent it does.

    The limits of the nearest level that speaks of the item decide: an organisation may so lift one of ours.
    """
    if found.status == "cancelled":
        return None
    names = names_of(code=found.code, system=found.system, name=found.name, specimen=found.specimen)
    limit = _deciding(names, limits, sex=sex, age_days=age_days)
    direction = _beyond(found, limit) if limit else ""
    item = limit.item if limit else names[0] if names else found.name
    told = (found.position, item, found.name, _as_written(found), found.unit)
    if limit is not None and direction:
        return Hit(*told, direction, RuleKind.LIMIT, found.number, limit)
    if found.flag in SENDER_SAYS:
        return Hit(*told, SENDER_SAYS[found.flag], RuleKind.SENDER, found.number, limit)
    return None


SENDER_SAYS = {"critical_low": "low", "critical_high": "high", "critical": ""}


def _deciding(names: Iterable[str], limits: Sequence[Limit], *, sex: str, age_days: int | None) -> Limit | None:
    wanted = set(names)
    fitting = [each for each in limits if each.item.lower() in wanted and each.fits(sex=sex, age_days=age_days)]
    order = list(Level)
    return min(fitting, key=lambda each: (order.index(each.level), *each.breadth), default=None)


def _beyond(found: Found, limit: Limit) -> str:
    """Return "low" or "high".  "<3" is below a limit of 3 and above none, whatever it may really be."""
    if found.number is None:
        return ""
    number = converted(found.number, found.unit, item=limit.item, to=limit.unit)
    if number is None:
        return ""
    below, above = found.comparator in ("<", "<="), found.comparator in (">", ">=")
    if limit.low is not None and not above and (number < limit.low or below and number <= limit.low):
        return "low"
    if limit.high is not None and not below and (number > limit.high or above and number >= limit.high):
        return "high"
    return ""


def _as_written(found: Found) -> str:
    return found.text or f"{found.comparator}{found.number if found.number is not None else ''}"


def age_in_days(born_on: date | None, on: date) -> int | None:
    """Return the age in days, None where the birth is not known."""
    return max((on - born_on).days, 0) if born_on else None


_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def reads_back(said: str, *, text: str, name: str) -> bool:
    """Whether what was read back is what was told: the same number where it is one, else words of it.

    Units, signs of comparison and blanks are not asked for.
    """
    heard, told = _plain(said), _plain(text)
    if number := _number(told):
        return _number(heard) == number
    words = told or _plain(name)
    return len(heard) >= 2 and (heard in words or words in heard)


def _number(text: str) -> Decimal | None:
    found = _NUMBER.search(text)
    try:
        return Decimal(found[0]) if found else None
    except InvalidOperation:
        return None


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def due_rungs(
    rungs: Iterable[int], *, done: int, clock_from: datetime, now: datetime, remind: timedelta
) -> tuple[int, ...]:
    """Return the minutes of the chain that are due and not taken yet, in order; once it is at its end, one reminder.

    `done`: the minute taken last, 0 for none.  Late by hours, every rung that was missed is taken, and one reminder only.
    """
    left = sorted({rung for rung in rungs if rung > done})
    due = tuple(rung for rung in left if clock_from + timedelta(minutes=rung) <= now)
    if left:
        return due
    passed = now - clock_from
    return (int(passed / _MINUTE),) if passed >= timedelta(minutes=done) + remind else ()


def next_at(rungs: Iterable[int], *, done: int, clock_from: datetime, remind: timedelta) -> datetime:
    """Return when the chain goes on by itself, if nobody answers."""
    left = [rung for rung in rungs if rung > done]
    return clock_from + (timedelta(minutes=min(left)) if left else timedelta(minutes=done) + remind)


def clock_was_ahead(clock_from: datetime, now: datetime) -> bool:
    """Whether the time from which the chain counts lies ahead: a clock that was set back must silence nobody."""
    return clock_from > now + _MINUTE


_MINUTE = timedelta(minutes=1)


def reset_clock(rungs: Iterable[int], *, done: int, now: datetime) -> datetime:
    """Return from when the chain counts after the clock was set back: so that its next rung is due now."""
    return now - timedelta(minutes=min((rung for rung in rungs if rung > done), default=done))
