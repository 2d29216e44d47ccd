"""What the record accepts, decided without the database."""

from decimal import Decimal
from enum import StrEnum

from tongmai.kernel.text import N_

# Beyond these a value is a slip of the keyboard, whatever the illness.  Units as in models/findings.py.
VITAL_LIMITS: dict[str, tuple[Decimal, Decimal]] = {
    "systolic": (Decimal(30), Decimal(350)),
    "diastolic": (Decimal(10), Decimal(250)),
    "pulse": (Decimal(10), Decimal(350)),
    "temperature": (Decimal("25.0"), Decimal("45.0")),
    "respiratory_rate": (Decimal(2), Decimal(120)),
    "spo2": (Decimal(20), Decimal(100)),
    "weight_g": (Decimal(300), Decimal(500_000)),
    "height_mm": (Decimal(200), Decimal(2_800)),
    "glucose": (Decimal("0.5"), Decimal("99.9")),
}

VITAL_NAMES: dict[str, str] = {
    "systolic": N_("收缩压"),
    "diastolic": N_("舒张压"),
    "pulse": N_("脉搏"),
    "temperature": N_("体温"),
    "respiratory_rate": N_("呼吸"),
    "spo2": N_("血氧饱和度"),
    "weight_g": N_("体重"),
    "height_mm": N_("身高"),
    "glucose": N_("血糖"),
}


class Disposition(StrEnum):
    """How an encounter ended."""

    HOME = "home"
    REFERRED_UP = "referred_up"
    REFERRED_DOWN = "referred_down"
    ADMITTED = "admitted"
    AGAINST_ADVICE = "against_advice"
    DIED = "died"


def body_mass_index(weight_g: Decimal, height_mm: Decimal) -> Decimal:
    """Return weight by the square of height, in kg/m², to one place."""
    return (weight_g * 1000 / (height_mm * height_mm)).quantize(Decimal("0.1"))


def problem_key(code: str) -> str:
    """Return the ICD-10 category of a code: `I10.x00` and `I10` are one problem, `I11.0` is another."""
    return code.strip().upper()[:3]


def why_vitals_are_wrong(values: dict[str, Decimal | int | None]) -> list[tuple[str, str]]:
    """Return what is wrong with one set of measurements: (field, problem), nothing when it may be stored.

    Missing values are None; a pressure comes as a pair, the upper value above the lower.
    """
    given = {field: Decimal(value) for field, value in values.items() if field in VITAL_LIMITS and value is not None}
    if not given:
        return [("systolic", N_("请至少填写一项"))]
    wrong = [
        (field, N_("超出可能的范围，请核对"))
        for field, value in given.items()
        if not VITAL_LIMITS[field][0] <= value <= VITAL_LIMITS[field][1]
    ]
    if ("systolic" in given) != ("diastolic" in given):
        wrong.append(("diastolic" if "systolic" in given else "systolic", N_("收缩压和舒张压应同时填写")))
    elif "systolic" in given and given["systolic"] <= given["diastolic"]:
        wrong.append(("diastolic", N_("舒张压应低于收缩压")))
    return wrong


def why_not_finish(
    *, kind: str, has_diagnosis: bool, has_discharge_note: bool, is_unconfirmed: bool = False
) -> tuple[str, str] | None:
    """Return (field, problem) of what an encounter of this kind still needs before it ends; None when nothing.

    A visit and a stay end with a diagnosis, a stay with a discharge summary too.  A home visit may end without: it is
    often a follow-up.  What a referral brought is not yet the doctor's own diagnosis.  Source: 医疗机构病历管理规定 asks
    for both; the national text was not at hand, so no more is asked.
    """
    if kind in ("outpatient", "tele_visit", "inpatient") and not has_diagnosis:
        return "diagnosis", N_("请先填写诊断")
    if is_unconfirmed:
        return "diagnosis", N_("请先确认或更改转诊带来的诊断")
    if kind == "inpatient" and not has_discharge_note:
        return "summary", N_("请先填写出院小结")
    return None
