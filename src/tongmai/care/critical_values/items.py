"""The items that the limits we ship speak of: by which codes and names a result is known, and in which units it comes.

What `commons/results/quantities.py` knows is known there; here stands what is added, and how a unit becomes the item's.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from tongmai.commons.results.quantities import BY_KEY, Quantity, quantity_of, unit_of
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Item:
    """Something that has limits.  `factors`: by what a number in that unit is multiplied to be in `unit`."""

    key: str
    label: str
    unit: str
    factors: dict[str, Decimal]

    def __hash__(self) -> int:
        return hash(self.key)


def _item(key: str, unit: str, others: str = "", label: str = "") -> Item:
    """`others`: `unit=factor` separated by blanks."""
    factors = {unit_of(unit): Decimal(1)}
    for pair in others.split():
        name, _, factor = pair.partition("=")
        factors[unit_of(name)] = Decimal(factor)
    return Item(key, label or BY_KEY[key].label, unit, factors)


# Cells are counted in 10^9/L; systems write that in many ways.
_CELLS = "10*9/L=1 *10*9/L=1 *10^9/L=1 x10^9/L=1 x10*9/L=1 10e9/L=1 G/L=1 K/uL=1 10^3/uL=1 10*3/uL=1 /uL=0.001"
ITEMS = {
    each.key: each
    for each in (
        _item("potassium", "mmol/L", "mEq/L=1"),
        _item("sodium", "mmol/L", "mEq/L=1"),
        _item("glucose", "mmol/L", "mg/dL=0.0555"),
        _item("hemoglobin", "g/L", "g/dL=10"),
        _item("platelets", "10^9/L", _CELLS),
        _item("leucocytes", "10^9/L", _CELLS),
        _item("inr", "", "INR=1 ratio=1 {INR}=1 1=1"),
        _item("creatinine", "umol/L", "mmol/L=1000 mg/dL=88.4"),
        _item("urea", "mmol/L", "mg/dL=0.357"),
        _item("calcium", "mmol/L", "mg/dL=0.2495", N_("血钙")),
        _item("ph", "", "pH=1 1=1", N_("血气酸碱度（pH）")),
        _item("po2", "mmHg", "kPa=7.5006", N_("氧分压")),
        _item("pco2", "mmHg", "kPa=7.5006", N_("二氧化碳分压")),
        _item("fibrinogen", "g/L", "mg/dL=0.01", N_("纤维蛋白原")),
        _item("aptt", "s", "sec=1 秒=1", N_("活化部分凝血活酶时间")),
        _item("bilirubin", "umol/L", "mg/dL=17.1", N_("总胆红素")),
    )
}
_MORE = (
    Quantity("calcium", N_("血钙"), frozenset("17861-6 2000-8".split()), frozenset("ca|钙|血钙|总钙".split("|"))),
    Quantity("ph", N_("血气酸碱度（pH）"), frozenset("2744-1 11558-4".split()), frozenset("ph|酸碱度|血气酸碱度".split("|"))),
    Quantity("po2", N_("氧分压"), frozenset("2703-7 11556-8".split()), frozenset("po2|pao2|氧分压|动脉氧分压".split("|"))),
    Quantity("pco2", N_("二氧化碳分压"), frozenset("2019-8 11557-6".split()), frozenset("pco2|paco2|二氧化碳分压".split("|"))),
    Quantity("fibrinogen", N_("纤维蛋白原"), frozenset("3255-7".split()), frozenset("fib|fbg(凝血)|纤维蛋白原".split("|"))),
    Quantity("aptt", N_("活化部分凝血活酶时间"), frozenset("3173-2 14979-9".split()), frozenset("aptt|活化部分凝血活酶时间".split("|"))),
    Quantity("bilirubin", N_("总胆红素"), frozenset("1975-2 14631-6".split()), frozenset("tbil|t-bil|总胆红素".split("|"))),
)  # fmt: skip
_BY_LOINC = {code: each.key for each in _MORE for code in each.loinc}
_BY_WORD = {word: each.key for each in _MORE for word in each.words}
# Of blood, or of a specimen that nobody named: the same word of urine is another thing.
_NOT_BLOOD = ("尿", "便", "脑脊", "胸", "腹", "痰", "关节", "胃", "urine", "csf", "stool", "fluid")


def usual_unit(item: str) -> str:
    """Return the unit in which a limit of an item is meant where none is said; blank for an item that is not ours."""
    return ITEMS[item].unit if item in ITEMS else ""


@lru_cache(maxsize=4096)
def names_of(*, code: str, system: str, name: str, specimen: str = "") -> tuple[str, ...]:
    """Return the names under which a limit may speak of this result: our key, its code, its own name."""
    found = quantity_of(code=code, system=system, name=name, specimen=specimen)
    key = found.key if found else _more(code, name, specimen)
    words = (key, code.strip().lower(), name.strip().lower())
    return tuple(dict.fromkeys(word for word in words if word))


def item_of(written: str) -> str:
    """Return under which name a limit speaks of an item that somebody wrote: our key where we know it, else as written."""
    written = written.strip()
    by_label = {str(each.label): key for key, each in ITEMS.items()}
    known = (by_label.get(written, ""), *names_of(code=written, system="", name=written))
    return next((name for name in known if name in ITEMS), written.lower())


def converted(number: Decimal, unit: str, *, item: str, to: str) -> Decimal | None:
    """Return a number in the unit `to` of a limit on `item`; None where nobody knows how.

    A result without any unit is taken to be in that of the limit: its laboratory has only one.
    """
    if not unit.strip() or unit_of(unit) == unit_of(to):
        return number
    known = ITEMS.get(item)
    if known is None or unit_of(unit) not in known.factors or unit_of(to) not in known.factors:
        return None
    return number * known.factors[unit_of(unit)] / known.factors[unit_of(to)]


def _more(code: str, name: str, specimen: str) -> str:
    if any(word in specimen.lower() for word in _NOT_BLOOD):
        return ""
    return _BY_LOINC.get(code.strip()) or _BY_WORD.get(name.strip().lower()) or _BY_WORD.get(code.strip().lower(), "")
