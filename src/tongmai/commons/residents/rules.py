"""Facts about people, decided without the database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tongmai.kernel.citizen_id import CitizenId, Kind, normalised, parse
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.months import age_on
from tongmai.kernel.pinyin import keys as pinyin_keys
from tongmai.kernel.pinyin import query as pinyin_query
from tongmai.kernel.text import N_

CITIZEN_KINDS = {
    Kind.CITIZEN: "citizen_id",
    Kind.HONG_KONG_MACAO_TAIWAN: "hk_mo_tw_permit",
    Kind.FOREIGNER: "foreign_permanent_id",
}
CHECKED_KINDS = frozenset(CITIZEN_KINDS.values())
# Numbers of documents that a state gave, the best first: people are told apart by them.
DOCUMENT_KINDS = ("citizen_id", "hk_mo_tw_permit", "foreign_permanent_id", "passport", "birth_certificate")
# Which number stands for the person in lists, the best first.
MAIN_KIND_ORDER = (*DOCUMENT_KINDS, "health_file", "temporary")
LEAST_REASON = 10  # characters of a reason to open a record in an emergency: enough to say something
ID_TAILS = (4, 6)
PHONE_TAIL = 4
_OTHER_NUMBER = re.compile(r"[0-9A-Z]{3,32}")
_PHONE = re.compile(r"\+?[0-9]{5,19}")
_VILLAGE = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Number:
    """An identifier in normal form.  `stated` is what a citizen's number says about its holder, else None."""

    kind: str
    issuer: str
    value: str
    stated: CitizenId | None = None


@dataclass(frozen=True)
class PhoneFacts:
    """A phone of a person: since when, whether somebody saw it in her hand, and whether it is still hers."""

    number: str
    added_at: datetime
    checked_at: datetime | None
    closed_at: datetime | None


def phone_that_lets_in(phones: Sequence[PhoneFacts], *, now: datetime, rests: timedelta) -> PhoneFacts | None:
    """Return the first of the phones, best first, to which a code is sent; None for none.

    It was checked face to face, and is in use.  One that came in place of another, or beside it, rests first: whoever had
    a number changed must not come in by it the same day.
    """
    for phone in phones:
        if phone.checked_at is None or phone.closed_at is not None:
            continue
        is_first = not any(each.added_at < phone.added_at for each in phones)
        if is_first or phone.added_at + rests <= now:
            return phone
    return None


def number(kind: str, value: str, *, issuer: str = "", today: date | None = None) -> Number:
    """Return an identifier in normal form.

    Citizen's numbers, residence permits and permanent residence cards are one family: which of them it is follows from
    the number itself, and a 15-digit number becomes the 18-digit one.  With `today` a birth after it is refused.

    Raises:
        CitizenIdError: a number of that family which cannot be right.
        InvalidInput: another number that is too short or holds other characters than letters and digits.
    """
    if kind in CHECKED_KINDS:
        stated = parse(value, today=today)
        return Number(CITIZEN_KINDS[stated.kind], "", stated.number, stated)
    text = normalised(value)
    if _OTHER_NUMBER.fullmatch(text) is None:
        raise InvalidInput(field="value", problem=N_("证件号码应为 3–32 位字母或数字"))
    return Number(kind, normalised(issuer), text)


def phone(text: str) -> str:
    """Return a phone number as digits, with a leading + for one that begins so; a domestic +86 is dropped.

    Raises:
        InvalidInput: not 5–19 digits.
    """
    half_width = normalised(text).replace("(", "").replace(")", "")
    half_width = half_width.removeprefix("+86")
    if _PHONE.fullmatch(half_width) is None:
        raise InvalidInput(field="phone", problem=N_("电话号码应为 5–19 位数字"))
    return half_width


def village(code: str) -> str:
    """Return a village's division code.

    Raises:
        InvalidInput: not 12 digits.
    """
    if _VILLAGE.fullmatch(code) is None:
        raise InvalidInput(field="village_code", problem=N_("请从列表中选择村（居）"))
    return code


def why_identity_is_wrong(
    *, name: str, sex: str, born_on: date | None, is_unnamed: bool, stated: CitizenId | None, today: date
) -> list[tuple[str, str]]:
    """Return what does not fit in a person's identity: (field, problem); nothing when it may be stored.

    What a citizen's number states must be what is entered; a mistake in the number is corrected by amending it.
    """
    wrong = []
    if not name.strip():
        wrong.append(("name", N_("请填写姓名")))
    if born_on is None and not is_unnamed:
        wrong.append(("born_on", N_("请填写出生日期")))
    if born_on is not None and born_on > today:
        wrong.append(("born_on", N_("出生日期晚于今天")))
    if born_on is not None and age_on(born_on, today) > 130:
        wrong.append(("born_on", N_("出生日期过早，请核对")))
    if stated is not None and born_on is not None and stated.born_on != born_on:
        wrong.append(("born_on", N_("与身份证件号码中的出生日期不一致")))
    if stated is not None and sex in ("male", "female") and stated.sex != sex:
        wrong.append(("sex", N_("与身份证件号码中的性别不一致")))
    return wrong


def age_parts(born_on: date, on: date) -> tuple[int, str]:
    """Return an age as people say it: days below a month, months below three years, then years."""
    years = age_on(born_on, on)
    if years >= 3:
        return years, "year"
    months = (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)
    return (months, "month") if months >= 1 else ((on - born_on).days, "day")


def age_groups(born_on: date | None, on: date, *, elderly_age: int, child_before: int) -> list[str]:
    """Return the groups that follow from the age: "elderly" from `elderly_age`, "child" below `child_before`."""
    if born_on is None:
        return []
    age = age_on(born_on, on)
    return [
        group for group, holds in (("child", age < child_before), ("elderly", age >= elderly_age)) if holds
    ]  # fmt: skip


def search_keys(
    *, name: str, is_unnamed: bool, numbers: list[str], phones: list[str], cards: list[str]
) -> set[tuple[str, str]]:
    """Return (kind, key) of everything that a person is found by, in the form in which a query is folded."""
    found: set[tuple[str, str]] = set()
    found.add(("name", fold(name)))
    if not is_unnamed:
        spelled = pinyin_keys(name)
        found |= {("full", key) for key in spelled.full} | {("initials", key) for key in spelled.initials}
    for value in map(fold, numbers):
        found.add(("id", value))
        found |= {("id_tail", value[-tail:]) for tail in ID_TAILS if len(value) > tail}
    for value in map(fold, phones):
        found.add(("phone", value))
        if len(value) > PHONE_TAIL:
            found.add(("phone_tail", value[-PHONE_TAIL:]))
    found |= {("card", fold(value)) for value in cards}
    return {(kind, key[:80]) for kind, key in found if key}


def fold(text: str) -> str:
    """Return what is typed or stored in the form in which keys are compared: small, half-width, without blanks."""
    if text.isascii() and text.isalnum():
        return text.lower()
    return pinyin_query(normalised("".join(ch for ch in text if ch.isprintable())))
