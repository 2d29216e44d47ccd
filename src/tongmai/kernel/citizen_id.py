"""Identity numbers issued in China: the citizen's number (GB 11643-1999) and the permits built like it.

Residence permits of 港澳台 residents (81/82/83 0000) follow the citizen's rules.  The permanent residence card of
foreigners has 18 digits beginning with 9 since 2023-12-01 (9, province, country as three digits, then as GB 11643), and
before that 15 characters: three letters of the country, four digits of the place, birth as YYMMDD, order, check.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


class Kind(StrEnum):
    """Which document the number belongs to."""

    CITIZEN = "citizen"
    HONG_KONG_MACAO_TAIWAN = "hong-kong-macao-taiwan"
    FOREIGNER = "foreigner"


class Sex(StrEnum):
    """The sex that a number states."""

    MALE = "male"
    FEMALE = "female"


REASONS = {
    "blank": N_("请填写身份证件号码"),
    "length": N_("身份证件号码应为 18 位（旧号 15 位），现在是 {length} 位"),
    "characters": N_("身份证件号码只含数字，末位可为 X"),
    "area": N_("身份证件号码的前两位不是有效的地区代码"),
    "date": N_("身份证件号码中的出生日期不存在"),
    "check": N_("身份证件号码的校验位不符，请逐位核对"),
    "country": N_("外国人永久居留证号码中的国籍代码无效"),
    "future": N_("身份证件号码中的出生日期晚于今天"),
}


class CitizenIdError(InvalidInput):
    """The number cannot be right.  Fact `reason`: a key of `REASONS`; the number itself is never a fact."""

    code = "citizen-id"

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(field="citizen_id", reason=reason, problem=REASONS[reason].format(**facts), **facts)
        self.sentence = REASONS[reason]


@dataclass(frozen=True)
class CitizenId:
    """A number that passed all checks, and what it states.

    `area`: six digits of where it was first issued (a permit of the old foreign form: four; new form: the province's
    two); it says nothing about where the person lives now.
    """

    number: str
    born_on: date
    sex: Sex
    area: str
    kind: Kind


# GB/T 2260 two-digit provinces; 81–83 are the residence permits of 港澳台.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71".split()
)
_PERMIT_AREAS = frozenset({"810000", "820000", "830000"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FULL = re.compile(r"[0-9]{17}[0-9X]")
_OLD = re.compile(r"[0-9]{15}")
_OLD_FOREIGN = re.compile(r"[A-Z]{3}[0-9]{12}")
# The last year in which a card of the old foreign form was issued: two digits of a year above it mean 19xx.
_LAST_OLD_FOREIGN_YEAR = 23


def parse(text: str, *, today: date | None = None) -> CitizenId:
    """Return what the number states; `number` in its 18-digit form where one can be derived.

    Blanks, hyphens, full-width characters and a small x are accepted.  With `today`, a birth after it is refused.

    Raises:
        CitizenIdError: naming what is wrong.
    """
    number = normalised(text)
    if not number:
        raise CitizenIdError("blank")
    found = _stated(number)
    if today is not None and found.born_on > today:
        raise CitizenIdError("future")
    return found


@lru_cache(maxsize=4096)  # who reads a row, compares it and enters it asks three times
def _stated(number: str) -> CitizenId:
    if _OLD_FOREIGN.fullmatch(number):
        return _old_foreign(number)
    return _eighteen(upgrade15(number) if _OLD.fullmatch(number) else number)


def is_valid(text: str) -> bool:
    """Whether `text` is a number that passes all checks."""
    try:
        parse(text)
    except CitizenIdError:
        return False
    return True


def upgrade15(number: str) -> str:
    """Return the 18-digit form of a 15-digit citizen's number.

    The century is the nineteenth for the order numbers 996–999, which were kept for centenarians, else the twentieth.

    Raises:
        CitizenIdError: it is not 15 digits.
    """
    number = normalised(number)
    if len(number) != 15:
        raise CitizenIdError("length", length=len(number))
    if _OLD.fullmatch(number) is None:
        raise CitizenIdError("characters")
    century = "18" if number[12:] in {"996", "997", "998", "999"} else "19"
    body = number[:6] + century + number[6:]
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """Return the check character of the first 17 digits (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def masked(text: str) -> str:
    """Return `text` with all but the first three and last four characters as stars; short ones keep one at each end."""
    shown_first, shown_last = (3, 4) if len(text) >= 12 else (1, 1)
    hidden = len(text) - shown_first - shown_last
    if hidden <= 0:
        return "*" * len(text)
    return text[:shown_first] + "*" * hidden + text[len(text) - shown_last :]


def normalised(text: str) -> str:
    """Return `text` as it is stored: half-width capitals without blanks and hyphens."""
    if text.isascii() and text.isalnum():
        return text.upper()
    half_width = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    return re.sub(r"[\s\-\u3000]", "", half_width).upper()


def _eighteen(number: str) -> CitizenId:
    if len(number) != 18:
        raise CitizenIdError("length", length=len(number))
    if _FULL.fullmatch(number) is None:
        raise CitizenIdError("characters")
    kind, area = _issued(number)
    born_on = _day(number[6:14])
    if check_digit(number[:17]) != number[17]:
        raise CitizenIdError("check")
    return CitizenId(number, born_on, _sex(number[16]), area, kind)


def _issued(number: str) -> tuple[Kind, str]:
    """Return the kind of document and the area of issue."""
    if number[0] == "9":
        if number[1:3] not in _PROVINCES:
            raise CitizenIdError("area")
        if number[3:6] == "000":
            raise CitizenIdError("country")
        return Kind.FOREIGNER, number[1:3]
    if number[:6] in _PERMIT_AREAS:
        return Kind.HONG_KONG_MACAO_TAIWAN, number[:6]
    if number[:2] not in _PROVINCES:
        raise CitizenIdError("area")
    return Kind.CITIZEN, number[:6]


def _old_foreign(number: str) -> CitizenId:
    """Read the 15-character card.  Its check character is not verified: its rule was never published."""
    if number[3:5] not in _PROVINCES:
        raise CitizenIdError("area")
    century = "20" if int(number[7:9]) <= _LAST_OLD_FOREIGN_YEAR else "19"
    born_on = _day(century + number[7:13])
    return CitizenId(number, born_on, _sex(number[13]), number[3:7], Kind.FOREIGNER)


def _day(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise CitizenIdError("date") from None


def _sex(order_digit: str) -> Sex:
    return Sex.MALE if int(order_digit) % 2 else Sex.FEMALE
