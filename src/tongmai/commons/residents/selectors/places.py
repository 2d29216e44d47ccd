"""Names of towns and villages for many people at once."""

from collections.abc import Iterable
from datetime import date

from tongmai.foundation.catalog.models import Division
from tongmai.foundation.catalog.selectors import in_force


def place_names(village_codes: Iterable[str], on: date) -> dict[str, tuple[str, str]]:
    """Return (town, village) by village code, in one query; a code that the catalogue does not know shows itself."""
    codes = {code for code in village_codes if code}
    wanted = codes | {code[:9] for code in codes}
    if not wanted:
        return {}
    names = dict(Division.objects.filter(in_force(on), code__in=wanted).values_list("code", "name"))
    return {code: (names.get(code[:9], code[:9]), names.get(code, code)) for code in codes}


def place_text(village_code: str, on: date) -> str:
    """Return a village as it stands in a picker, e.g. 甲镇 示例村; "" for none."""
    return " ".join(place_names([village_code], on).get(village_code, ("",))).strip()
