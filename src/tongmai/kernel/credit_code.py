"""统一社会信用代码 (GB 32100-2015): 18 characters, the last one a check character."""

import re

from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z, which look like others
_SHAPE = re.compile(rf"[{ALPHABET}]{{2}}\d{{6}}[{ALPHABET}]{{10}}")

REASONS = {
    "length": N_("统一社会信用代码应为 18 位"),
    "shape": N_("统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），第 3 至 8 位为数字"),
    "check": N_("统一社会信用代码的校验位不符，请逐位核对"),
}


class CreditCodeError(InvalidInput):
    """The code cannot be right.  Fact `reason`: `length | shape | check`."""

    code = "credit-code"

    def __init__(self, reason: str) -> None:
        super().__init__(field="credit_code", reason=reason, problem=REASONS[reason])
        self.sentence = REASONS[reason]


def parse(text: str) -> str:
    """Return the code in capitals without spaces.

    Raises:
        CreditCodeError: naming what is wrong.
    """
    code = "".join(text.split()).upper()
    if len(code) != 18:
        raise CreditCodeError("length")
    if _SHAPE.fullmatch(code) is None:
        raise CreditCodeError("shape")
    if code[17] != check_character(code[:17]):
        raise CreditCodeError("check")
    return code


def is_valid(text: str) -> bool:
    """Whether `text` is a complete code with the right check character."""
    try:
        parse(text)
    except CreditCodeError:
        return False
    return True


def check_character(body: str) -> str:
    """Return the check character of the first 17 characters: weights 3^i mod 31, 31 minus the sum mod 31."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return ALPHABET[-total % 31]
