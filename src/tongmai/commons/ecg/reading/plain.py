"""Names, days, instants and numbers as devices write them.  Pure."""

import math
from datetime import date, datetime

from tongmai.commons.ecg.flaws import Unreadable

PER_UNIT = {"uv": 1.0, "µv": 1.0, "μv": 1.0, "microvolts": 1.0, "mv": 1000.0, "nv": 0.001, "v": 1_000_000.0}


def microvolts_per(unit: str) -> float:
    """Return how many microvolts one `unit` is.  Raises Unreadable."""
    try:
        return PER_UNIT[unit.strip().lower()]
    except KeyError:
        raise Unreadable("unit", unit=unit[:12]) from None


def number(text: object) -> float | None:
    """Return a finite number; None for anything else."""
    try:
        found = float(str(text))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def full_name(*parts: str) -> str:
    """Return a name of its parts; ideographs stand without blanks."""
    between = "" if any(ord(letter) > 0x2E7F for part in parts for letter in part) else " "
    return between.join(filter(None, parts))[:120]


def day(text: str) -> date | None:
    """Return the day of `20021122…`; None for anything else."""
    found = instant(text[:8])
    return found.date() if found else None


def instant(text: str) -> datetime | None:
    """Return the instant of `20021122091000.000` or less of it; None for anything else."""
    digits = text.partition(".")[0].partition("+")[0].strip()
    for length, pattern in ((14, "%Y%m%d%H%M%S"), (12, "%Y%m%d%H%M"), (8, "%Y%m%d")):
        if len(digits) >= length and digits.isascii() and digits[:length].isdigit():
            try:
                return datetime.strptime(digits[:length], pattern)  # noqa: DTZ007 - the device's clock has no zone
            except ValueError:
                return None
    return None


def parted(year: int, month: int, of_month: int) -> date | None:
    """Return the day, where there is such a one."""
    try:
        return date(year, month, of_month)
    except ValueError:
        return None
