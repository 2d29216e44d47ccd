"""The leads of an electrocardiogram: their codes, their order on paper, and those that follow from others.  Pure."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Microvolts = NDArray[np.float32]

LIMB = ("I", "II", "III", "aVR", "aVL", "aVF")
CHEST = ("V1", "V2", "V3", "V4", "V5", "V6")
STANDARD = LIMB + CHEST

# The numbers that SCP-ECG gives the leads; DICOM writes the same numbers behind "5.6.3-9-" (SCPECG) and "2:" (MDC).
BY_NUMBER = {
    1: "I", 2: "II", 3: "V1", 4: "V2", 5: "V3", 6: "V4", 7: "V5", 8: "V6", 9: "V7",
    10: "V2R", 11: "V3R", 12: "V4R", 13: "V5R", 14: "V6R", 15: "V7R", 16: "X", 17: "Y", 18: "Z",
    61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 66: "V8", 67: "V9", 68: "V8R", 69: "V9R",
}  # fmt: skip
ALL = frozenset(BY_NUMBER.values())
NUMBERS = {name: number for number, name in BY_NUMBER.items()}
_BY_NAME = {name.upper(): name for name in BY_NUMBER.values()} | {"1": "I", "2": "II", "3": "III"}


def named(code: str) -> str | None:
    """Return the lead that a code of a name calls (`MDC_ECG_LEAD_AVR`, `aVR`); None for one that we do not know."""
    plain = code.strip().upper().removeprefix("MDC_ECG_LEAD_").removeprefix("LEAD ").strip()
    return _BY_NAME.get(plain)


def numbered(code: str) -> str | None:
    """Return the lead of a code that ends with its number (`5.6.3-9-61`, `2:61`); None for one that we do not know."""
    digits = code.replace(":", "-").rpartition("-")[2]
    return BY_NUMBER.get(int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def completed(samples: dict[str, Microvolts]) -> dict[str, Microvolts]:
    """Return the leads with III, aVR, aVL and aVF added from I and II where the recording has those but not these."""
    one, two = samples.get("I"), samples.get("II")
    if one is None or two is None:
        return samples
    derived = {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    return derived | samples


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return the leads as paper has them: the standard twelve first, then the rest by name."""
    place = {name: n for n, name in enumerate(STANDARD)}
    return tuple(sorted(names, key=lambda name: (place.get(name, len(place)), name)))
