"""Which measurements want somebody, and how soon; and whether a file is of the person it is to belong to.

A pattern is a computer's suggestion, unconfirmed: it sorts the list and starts the critical chain, it diagnoses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongmai.commons.ecg.tracing import Subject, Value
from tongmai.kernel import citizen_id, pinyin


class PatternCode(StrEnum):
    STEMI_SUSPECTED = "stemi_suspected"
    RATE_BELOW_40 = "rate_below_40"  # the names say what is usual; the limits are policy
    RATE_ABOVE_180 = "rate_above_180"
    QTC_LONG = "qtc_long"
    QRS_WIDE = "qrs_wide"
    RATE_LOW = "rate_low"
    RATE_HIGH = "rate_high"
    IRREGULAR = "irregular"
    PR_LONG = "pr_long"


class Urgency(StrEnum):
    CRITICAL = "critical"  # somebody is called
    SOON = "soon"  # read before the others
    NOTE = "note"  # stands on the page


# With what a referral for a suspected infarction begins until a doctor says it better.
CHEST_PAIN = "I21.900"

URGENCY = {
    PatternCode.STEMI_SUSPECTED: Urgency.CRITICAL,
    PatternCode.RATE_BELOW_40: Urgency.CRITICAL,
    PatternCode.RATE_ABOVE_180: Urgency.CRITICAL,
    PatternCode.QTC_LONG: Urgency.SOON,
    PatternCode.RATE_LOW: Urgency.SOON,
    PatternCode.RATE_HIGH: Urgency.SOON,
    PatternCode.QRS_WIDE: Urgency.SOON,
    PatternCode.IRREGULAR: Urgency.SOON,
    PatternCode.PR_LONG: Urgency.NOTE,
}

# Leads that look at neighbouring parts of the heart.
SIDE_BY_SIDE = (
    ("V1", "V2"), ("V2", "V3"), ("V3", "V4"), ("V4", "V5"), ("V5", "V6"),
    ("II", "aVF"), ("aVF", "III"), ("II", "III"), ("I", "aVL"),
)  # fmt: skip
_IN_FRONT = frozenset({"V2", "V3"})


@dataclass(frozen=True)
class Limits:
    """What measurements are compared with: beats a minute, milliseconds, a share, microvolts."""

    rate_critical_below: int
    rate_critical_above: int
    rate_low: int
    rate_high: int
    qrs_wide_ms: int
    qtc_long_ms: int
    pr_long_ms: int
    irregular_share: float
    st_uv: int
    st_in_front_uv: int  # in V2 and V3, by sex and age


@dataclass(frozen=True)
class Pattern:
    """A pattern that was measured; `detail` are its leads, or the number."""

    code: PatternCode
    detail: str


def patterns(
    values: Mapping[Value, float], *, st_uv: Mapping[str, float], rr_variation: float | None, limits: Limits
) -> tuple[Pattern, ...]:
    """Return the patterns of a recording, the most urgent first.

    `st_uv` is the elevation of each lead.  Where QRS is wide, ST says nothing and is not judged.
    """
    found = [*_of_rate(values.get(Value.RATE), limits)]
    is_wide = values.get(Value.QRS, 0) >= limits.qrs_wide_ms
    leads = () if is_wide else elevated(st_uv, limits)
    if leads:
        found.append(Pattern(PatternCode.STEMI_SUSPECTED, " ".join(leads)))
    if is_wide:
        found.append(Pattern(PatternCode.QRS_WIDE, f"{values[Value.QRS]:.0f}"))
    if values.get(Value.QTC, 0) >= limits.qtc_long_ms:
        found.append(Pattern(PatternCode.QTC_LONG, f"{values[Value.QTC]:.0f}"))
    if values.get(Value.PR, 0) > limits.pr_long_ms:
        found.append(Pattern(PatternCode.PR_LONG, f"{values[Value.PR]:.0f}"))
    if rr_variation is not None and rr_variation >= limits.irregular_share:
        found.append(Pattern(PatternCode.IRREGULAR, f"{rr_variation * 100:.0f}%"))
    order = list(PatternCode)
    return tuple(sorted(found, key=lambda pattern: order.index(pattern.code)))


def _of_rate(rate: float | None, limits: Limits) -> list[Pattern]:
    if rate is None:
        return []
    table = (
        (rate < limits.rate_critical_below, PatternCode.RATE_BELOW_40),
        (rate > limits.rate_critical_above, PatternCode.RATE_ABOVE_180),
        (rate < limits.rate_low, PatternCode.RATE_LOW),
        (rate > limits.rate_high, PatternCode.RATE_HIGH),
    )
    return [Pattern(code, f"{rate:.0f}") for is_so, code in table if is_so][:1]


def elevated(st_uv: Mapping[str, float], limits: Limits) -> tuple[str, ...]:
    """Return the leads whose ST is lifted beyond its limit, where at least two of them lie side by side."""
    high = {
        lead for lead, level in st_uv.items() if level >= (limits.st_in_front_uv if lead in _IN_FRONT else limits.st_uv)
    }
    pairs = [pair for pair in SIDE_BY_SIDE if set(pair) <= high]
    return tuple(lead for lead in st_uv if any(lead in pair for pair in pairs))


def st_elevation(j_uv: float, late_uv: float) -> float:
    """Return the elevation that counts: the lower of J and later, so that neither the end of QRS nor the rise of T does."""
    return min(j_uv, late_uv)


class Doubt(StrEnum):
    """Why a file may not be of the person it is to belong to."""

    NOBODY = "nobody"
    NAME = "name"
    SEX = "sex"
    BIRTH = "birth"
    NUMBER = "number"
    ORDER = "order"


def doubts(
    said: Subject, *, name: str, sex: str, born_on: date | None, order_said: str = "", order_number: str = ""
) -> tuple[Doubt, ...]:
    """Return in what the file differs from the person.  What the file leaves out is no difference.

    A number in the file is compared only where it is a citizen's: every device counts its patients anew.
    """
    found = []
    if said.name and not is_same_name(said.name, name):
        found.append(Doubt.NAME)
    if said.sex and sex in {"male", "female"} and said.sex != sex:
        found.append(Doubt.SEX)
    if said.born_on and born_on and said.born_on != born_on:
        found.append(Doubt.BIRTH)
    if citizen_id.is_valid(said.number) and born_on and citizen_id.parse(said.number).born_on != born_on:
        found.append(Doubt.NUMBER)
    if order_said and order_number and order_said != order_number:
        found.append(Doubt.ORDER)
    return tuple(found)


def is_same_name(said: str, name: str) -> bool:
    """Whether two ways of writing name one person: blanks and dots do not count, and pinyin in either order will do."""
    one, other = ("".join(letter for letter in text if letter.isalnum()).lower() for text in (said, name))
    if one == other:
        return True
    if not one.isascii():
        return False
    spelt = set(pinyin.keys(name).full)
    turned = "".join(reversed(said.replace("^", " ").lower().split()))
    return bool(spelt & {pinyin.query(one), pinyin.query(turned)})
