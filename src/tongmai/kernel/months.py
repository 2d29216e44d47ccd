"""Calendar months, and the one place where an instant becomes a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

REPORTING_ZONE = ZoneInfo("Asia/Shanghai")
_WRITTEN = re.compile(r"(\d{4})-(\d{2})")


def local_day(instant: datetime) -> date:
    """Return the day of `instant` in the reporting zone.

    Raises:
        ValueError: `instant` carries no zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone belongs to no day")
    return instant.astimezone(REPORTING_ZONE).date()


def start_of_day(day: date) -> datetime:
    """Return the instant at which `day` begins in the reporting zone."""
    return datetime.combine(day, time.min, tzinfo=REPORTING_ZONE)


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month: ordered, hashable, `day in month`, `str(month) == "2026-11"`."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"no such month: {self.year}-{self.number}")

    @classmethod
    def of(cls, day: date | datetime) -> Month:
        """Return the month of a day; an instant is first brought to the reporting zone."""
        if isinstance(day, datetime):
            day = local_day(day)
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Return the month written as `2026-11`.

        Raises:
            ValueError: it is not written so.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f"not a month like 2026-11: {text!r}")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def __contains__(self, day: date | datetime) -> bool:
        return Month.of(day) == self

    def __add__(self, months: int) -> Month:
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    def __sub__(self, months: int) -> Month:
        return self + -months

    def next(self) -> Month:
        """Return the month after this one."""
        return self + 1

    def previous(self) -> Month:
        """Return the month before this one."""
        return self - 1

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def ends_before(self) -> date:
        """The first day that is not in the month any more."""
        return self.next().first_day

    @property
    def days(self) -> int:
        return (self.ends_before - self.first_day).days


def plus_months(day: date, months: int) -> date:
    """Return `day` moved by `months`; where that month is shorter, its last day (31 January + 1 → 28 February)."""
    month = Month.of(day) + months
    return month.first_day + timedelta(days=min(day.day, month.days) - 1)


def age_on(born_on: date, day: date) -> int:
    """Return completed years of life on `day`; one born on 29 February ages on 1 March in common years.

    Source: years are counted by the birthday (周岁); 民法典 counts from the day after birth for limitation only.
    """
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
