"""Which values are the same thing, whatever each system calls it: those that a doctor follows over years.

A value is known by its LOINC code where it comes with one, else by the usual abbreviation or name.  What is not known
here is followed under its own code and name.  Units are never converted: a quantity in another unit is another line.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Quantity:
    """Something that is measured.  `words` are abbreviations and names in small letters."""

    key: str
    label: str
    loinc: frozenset[str]
    words: frozenset[str]


def _quantity(key: str, label: str, loinc: str, words: str) -> Quantity:
    return Quantity(key, label, frozenset(loinc.split()), frozenset(words.split("|")))


# The order is that in which they are shown.
QUANTITIES = (
    _quantity("glucose", N_("血糖"), "2345-7 2339-0 14749-6 15074-8 1558-6 14771-0 2340-8 41653-7",
              "glu|fbg|fpg|葡萄糖|血糖|空腹血糖|空腹葡萄糖|血葡萄糖|随机血糖|glucose"),
    _quantity("hba1c", N_("糖化血红蛋白"), "4548-4 17856-6 59261-8 4549-2",
              "hba1c|hba1c%|ghb|糖化血红蛋白|糖化血红蛋白a1c|hemoglobin a1c"),
    _quantity("creatinine", N_("肌酐"), "2160-0 14682-9 38483-4",
              "crea|cr|scr|cre|肌酐|血肌酐|血清肌酐|creatinine"),
    _quantity("egfr", N_("估算肾小球滤过率"), "33914-3 48642-3 48643-1 62238-1 69405-9 77147-7 98979-8",
              "egfr|估算肾小球滤过率|肾小球滤过率"),
    _quantity("urea", N_("尿素"), "3094-0 22664-7 6299-2", "urea|bun|尿素|尿素氮|血尿素氮|urea nitrogen"),
    _quantity("uric_acid", N_("尿酸"), "3084-1 14933-6", "ua|uric|尿酸|血尿酸|urate|uric acid"),
    _quantity("potassium", N_("钾"), "2823-3 6298-4", "k|k+|钾|血钾|钾离子|potassium"),
    _quantity("sodium", N_("钠"), "2951-2 2947-0", "na|na+|钠|血钠|钠离子|sodium"),
    _quantity("cholesterol", N_("总胆固醇"), "2093-3 14647-2", "tc|chol|cho|总胆固醇|胆固醇|cholesterol"),
    _quantity("triglycerides", N_("甘油三酯"), "2571-8 14927-8", "tg|trig|甘油三酯|triglycerides|triglyceride"),
    _quantity("ldl", N_("低密度脂蛋白胆固醇"), "2089-1 13457-7 18262-6 22748-8 39469-2",
              "ldl|ldl-c|ldlc|低密度脂蛋白胆固醇|低密度脂蛋白"),
    _quantity("hdl", N_("高密度脂蛋白胆固醇"), "2085-9 14646-4", "hdl|hdl-c|hdlc|高密度脂蛋白胆固醇|高密度脂蛋白"),
    _quantity("alt", N_("丙氨酸氨基转移酶"), "1742-6 1743-4 1744-2", "alt|gpt|sgpt|丙氨酸氨基转移酶|谷丙转氨酶"),
    _quantity("hemoglobin", N_("血红蛋白"), "718-7 20509-6 30313-1 30350-3", "hgb|hb|血红蛋白|hemoglobin"),
    _quantity("leucocytes", N_("白细胞"), "6690-2 26464-8 804-5", "wbc|白细胞|白细胞计数|leukocytes|leucocytes"),
    _quantity("platelets", N_("血小板"), "777-3 26515-7 778-1", "plt|血小板|血小板计数|platelets"),
    _quantity("inr", N_("国际标准化比值"), "6301-6 34714-6", "inr|国际标准化比值|国际标准化比率"),
)  # fmt: skip
BY_KEY = {each.key: each for each in QUANTITIES}
_BY_LOINC = {code: each for each in QUANTITIES for code in each.loinc}
_BY_WORD = {word: each for each in QUANTITIES for word in each.words}
_LOINC = {"ln", "loinc", "http://loinc.org", "2.16.840.1.113883.6.1"}
# The same word is another thing there: glucose of the urine is no blood sugar.
_NOT_BLOOD = re.compile(r"尿|便|脑脊|胸|腹|痰|关节|urine|csf|stool|feces|fluid|sputum", re.I)
_BETWEEN = re.compile(r"^[^\d<>≤≥-]*(-?\d+(?:\.\d+)?)\s*(?:-{1,2}|–|—|~|～|至|to)\s*(-?\d+(?:\.\d+)?)[^\d]*$", re.I)
_BELOW = re.compile(r"^\s*(?:<=|<|≤|＜|小于)\s*(-?\d+(?:\.\d+)?)")
_ABOVE = re.compile(r"^\s*(?:>=|>|≥|＞|大于)\s*(-?\d+(?:\.\d+)?)")


@lru_cache(maxsize=2048)
def quantity_of(*, code: str, system: str, name: str, specimen: str = "") -> Quantity | None:
    """Return what a value measures; None for what is followed under its own name."""
    if system.strip().lower() in _LOINC:
        return _BY_LOINC.get(code.strip())
    if specimen and _NOT_BLOOD.search(specimen):
        return None
    return _BY_WORD.get(_plain(name)) or _BY_WORD.get(_plain(code)) or _BY_LOINC.get(code.strip())


@lru_cache(maxsize=512)
def unit_of(written: str) -> str:
    """Return a unit as it is compared: `umol/L`, `μmol/l` and `UMOL/L` are one."""
    unit = written.strip().replace(" ", "").replace("μ", "u").replace("µ", "u").replace("×", "*").replace("^", "")
    return unit.lower()


@lru_cache(maxsize=2048)
def limits_of(reference: str) -> tuple[Decimal | None, Decimal | None]:
    """Return (lowest, highest) of a reference as it is printed; None where it names none, or not in a known way."""
    text = reference.strip().replace("，", ",").replace("．", ".")
    try:
        if found := _BETWEEN.match(text):
            low, high = Decimal(found[1]), Decimal(found[2])
            return (low, high) if low <= high else (None, None)
        if found := _BELOW.match(text):
            return None, Decimal(found[1])
        if found := _ABOVE.match(text):
            return Decimal(found[1]), None
    except InvalidOperation:
        pass
    return None, None


def is_outside(number: Decimal, *, comparator: str, reference: str, flag: str) -> bool:
    """Whether a value lies outside: as its laboratory says, else by the reference that is printed beside it."""
    if flag:
        return flag != "normal"
    if comparator:
        return False
    low, high = limits_of(reference)
    return (low is not None and number < low) or (high is not None and number > high)


def _plain(text: str) -> str:
    return re.sub(r"\s*[(（].*?[)）]\s*$", "", text.strip().lower()).strip()
