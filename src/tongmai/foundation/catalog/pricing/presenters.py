"""Words for the page of prices."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongmai.kernel.money import yuan_text

SYSTEMS = {"charges": _("医疗服务项目"), "drugs": _("药品"), "consumables": _("医用耗材")}


@dataclass(frozen=True)
class PriceLine:
    code: str
    name: str
    system: str
    unit: str
    whose: str
    amount: str
    starts: str
    ends: str  # the day on which the next one begins, "" where none does
    document: str


def line(row: Any) -> PriceLine:
    """Return the words of a price (a row of `selectors.in_force`)."""
    return PriceLine(
        code=row.code, name=row.name, system=str(SYSTEMS.get(row.system, row.system)), unit=row.unit,
        whose=row.org_name or str(row.get_institution_display()), amount=yuan_text(row.amount_fen),
        starts=row.starts_on.isoformat(), ends=row.until.isoformat() if row.until else "", document=row.document,
    )  # fmt: skip
