"""Money is integer fen everywhere; rates are Decimal; yuan exist only as text for people."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

_YUAN = re.compile(r"[¥￥]?([0-9]{1,12})(?:\.([0-9]{1,2})0*)?元?")


def split_fen(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` fen in proportion to `weights`, so that the shares add up to `total`.

    Each share is within one fen of the exact one.  Left-over fen go to the largest remainders,
    ties to the earlier position, so the result does not depend on names or ids.
    A negative `total` (money taken back) is shared like the positive one.

    Raises:
        ValueError: all weights are zero, or one is negative.
    """
    if not any(weights):
        raise ValueError("nothing to share by")
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    if total < 0:
        return [-share for share in split_fen(-total, weights)]
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def round_half_up(amount: Decimal | int) -> int:
    """Return `amount` rounded to a whole number; a half goes away from zero (2.5 → 3, −2.5 → −3)."""
    return int(Decimal(amount).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def fen_of_yuan(text: str) -> int:
    """Return an amount in yuan as people write it (`1,234.5`, `￥12元`) as fen.

    Raises:
        ValueError: not an amount of zero or more with at most two decimals.
    """
    found = _YUAN.fullmatch("".join(text.split()).replace(",", "").replace("，", ""))
    if not found:
        raise ValueError("not an amount in yuan")
    return int(found.group(1)) * 100 + int((found.group(2) or "").ljust(2, "0")[:2])


def yuan_text(fen: int) -> str:
    """Return `fen` as yuan with two decimals and separated thousands: 123456 → `1,234.56`."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}"
