"""Names of towns and villages for many people at once."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from tongmai.commons.residents import fast
from tongmai.foundation.catalog.models import Division
from tongmai.foundation.catalog.selectors import in_force


def place_names(village_codes: Iterable[str], on: date) -> dict[str, tuple[str, str]]:
    """Return (town, village) by village code, in one query; a code that the catalogue does not know shows itself."""
    codes = {code for code in village_codes if code}
    wanted = codes | {code[:9] for code in codes}
    if not wanted:
        return {}
    names = (fast.division_names if connection.vendor == "postgresql" else division_names)(wanted, on)
    return {code: (names.get(code[:9], code[:9]), names.get(code, code)) for code in codes}


def division_names(codes: Iterable[str], on: date) -> dict[str, str]:
    """Return the names of divisions by code; what the catalogue does not know is left out."""
    return dict(Division.objects.filter(in_force(on), code__in=codes).values_list("code", "name"))


def place_text(village_code: str, on: date) -> str:
    """Return a village as it stands in a picker, e.g. 甲镇 示例村; "" for none."""
    return " ".join(place_names([village_code], on).get(village_code, ("",))).strip()
