"""Times of HL7 v2: YYYY[MM[DD[HH[MM[SS[.S+]]]]]][+/-ZZZZ], pure, both ways."""

import re
from datetime import date, datetime, timedelta, timezone

from tongmai.kernel.months import REPORTING_ZONE

_INSTANT = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})(\d{2})?(?:\.\d{1,6})?)?(?:([+-])(\d{2})(\d{2}))?")


def instant(text: str) -> datetime | None:
    """Return the instant, in the reporting zone where none is named; None where the text states none."""
    found = _INSTANT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    zone: timezone | object = REPORTING_ZONE
    try:
        if sign:
            shift = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
            zone = timezone(shift if sign == "+" else -shift)
        return datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
        )  # type: ignore[arg-type]
    except ValueError:
        return None


def day(text: str) -> date | None:
    """Return the day as written, whatever its zone; None where the text states no full day."""
    found = instant(text)
    return found.date() if found and len(re.split(r"[+-]", text)[0]) >= 8 else None


def written(at: datetime) -> str:
    """Return the instant in the reporting zone, to the second, with its shift."""
    return at.astimezone(REPORTING_ZONE).strftime("%Y%m%d%H%M%S%z")
