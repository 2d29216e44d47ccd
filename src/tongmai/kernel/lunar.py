"""The Chinese calendar, 1900-01-31 to 2101-01-28: which lunar day a day is.

The months' lengths are facts published by the observatories; each year is one figure for its leap month (0: none) and four
hexadecimal ones whose bits, from the highest of thirteen, say which months in order have thirty days.
"""

from bisect import bisect_right
from datetime import date, timedelta

FIRST_YEAR = 1900
FIRST_DAY = date(1900, 1, 31)

_YEARS = """
8096d 0095c 014ae 50a4d 01a4c 01b2a 40d55 00ad4 0135a 2095d 0095c 6149b 0149a 01a4a 51aa5 016a8 01ad4 212da 012b6 70937
0092e 01496 5164b 00d4a 00da8 415b5 0056c 012ae 2092f 0092e 60c96 01a94 01d4a 50da9 00b5a 0056c 3126e 0125c 7192d 0192a
01a94 61b4a 016aa 00ad4 4155b 004ba 0125a 2192b 0152a 71695 00d94 016aa 50ab5 009b4 014b6 30a57 00a56 8152a 01d2a 00d54
615aa 0156a 0096c 414ae 014ae 00a4c 31d26 01b2a 70b55 00ad4 012da 5095d 0095a 0149a 41a4d 01a4a 81aa5 016a8 016d4 612da
012b6 00936 41497 01496 a164b 00d4a 00da8 615b4 0156c 012ae 5092f 0092e 00c96 30d4a 01d4a 80d65 00b58 0156c 5126d 0125c
0192c 41a95 01a94 01b4a 20b55 00ad4 7155b 004ba 0125a 5192b 0152a 01694 416aa 015aa 90ab5 00974 014b6 60a57 00a56 01526
40e95 00d54 015aa 209b5 0096c 614ae 0149c 01a4c 51d26 01aa6 00b54 30d6a 012da b095d 0095a 0149a 61a4b 01a4a 01aa4 51b54
016b4 00ada 2095b 00936 71497 01496 0154a 516a5 00da4 015b4 30ab6 0126e 8092f 0092e 00c96 60d4a 01d4a 00d64 4156c 0155c
0125c 3192e 0192c 71a95 01a94 01b4a 50b55 00ad4 014da 40a5d 00a5a 8152b 0152a 01694 616aa 015aa 00ab4 414ba 014b6 00a56
31527 00d26 70e53 00d54 015aa 509b5 0096c 014ae 40a4e 01a4c 81d26 01aa4 01b54 60d6a 00ada 0095c 4149d 0149a 01a2a 21b25
01aa4
""".split()


def _months() -> tuple[list[int], list[tuple[int, int]]]:
    """Return the first day of every month, counted from FIRST_DAY, and its (year, month); the last entry ends the table."""
    starts, named, day = [], [], 0
    for year, row in enumerate(_YEARS, start=FIRST_YEAR):
        leap, bits = int(row[0], 16), int(row[1:], 16)
        order = [month for number in range(1, 13) for month in ([number, number] if number == leap else [number])]
        for position, month in enumerate(order):
            starts.append(day)
            named.append((year, month))
            day += 29 + (bits >> (12 - position) & 1)
    return [*starts, day], named


_STARTS, _NAMED = _months()


def lunar(day: date) -> tuple[int, int, int] | None:
    """Return year, month and day of `day` in the Chinese calendar; None outside of the table.

    A leap month has the number of the month before it: that is how people write a birthday.
    """
    since = (day - FIRST_DAY).days
    if not 0 <= since < _STARTS[-1]:
        return None
    at = bisect_right(_STARTS, since) - 1
    year, month = _NAMED[at]
    return year, month, since - _STARTS[at] + 1


def solar(year: int, month: int, day: int) -> date | None:
    """Return the first day that has this lunar date; None where there is none in the table."""
    wanted = (year, month)
    if wanted not in _POSITION:
        return None
    start = _STARTS[_POSITION[wanted]]
    found = FIRST_DAY + timedelta(days=start + day - 1)
    return found if lunar(found) == (year, month, day) else None


_POSITION = {named: at for at, named in reversed(list(enumerate(_NAMED)))}
