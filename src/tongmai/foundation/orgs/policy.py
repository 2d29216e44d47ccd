"""Policy values as an organisation has them: the nearest of alliance, county, city, province and national wins."""

from datetime import date
from functools import cache
from uuid import UUID

from tongmai.foundation.orgs import selectors
from tongmai.foundation.orgs.models import Org
from tongmai.kernel.policy import NATIONAL, Level, Policies, PolicyValue, shipped

At = Org | selectors.OrgBrief | UUID | None


def value(policy_id: str, *, on: date, at: At = None) -> PolicyValue:
    """Return the value in force on `on` at the organisation `at`; without one, the national value.

    Raises:
        UnknownPolicy: no such id (a mistake of the programmer).
        NotInForce: no value on that day.
    """
    kinds = _override_levels(shipped()).get(policy_id, frozenset())
    # Most values are overridden nowhere: then the organisation need not be read.
    levels = levels_of(at, on, kinds=kinds) if at is not None and kinds else ()
    return shipped().value(policy_id, on=on, levels=levels)


def value_near(policy_id: str, *, on: date, alliance: str | None, county: str | None) -> PolicyValue:
    """Return the value in force on `on` for a thing of an alliance and a county, named by their codes: no query.

    For lists whose rows carry both: the override of the row's own alliance wins, then its county, city, province.
    A county code stands at the beginning of every division code.

    Raises:
        UnknownPolicy, NotInForce: as in `value`.
    """
    code = (county or "")[:6]
    levels = [("alliance", alliance or ""), ("county", code), ("city", code[:4]), ("province", code[:2])]
    return shipped().value(policy_id, on=on, levels=[level for level in levels if level[1]])


def levels_of(
    at: At, on: date, *, kinds: frozenset[str] = frozenset({"alliance", "county", "city", "province"})
) -> list[Level]:
    """Return the places whose overrides apply to an organisation: its alliances, county, city and province.

    An organisation outside every county has no county of its own here, but its city and province.
    """
    if at is None:
        return []
    org = selectors.org_brief(at) if isinstance(at, UUID) else at
    levels: list[Level] = []
    if "alliance" in kinds:
        levels += [("alliance", alliance.code) for alliance in selectors.alliances_of(org.id, on)]
    code = org.county_code
    return [*levels, *(level for level in (("county", code), ("city", code[:4]), ("province", code[:2])) if level[1])]


def value_everywhere(policy_id: str, *, on: date) -> PolicyValue | None:
    """Return the national value in force on `on`, None where an alliance, county, city or province has its own."""
    return None if policy_id in _override_levels(shipped()) else shipped().value(policy_id, on=on)


@cache
def _override_levels(policies: Policies) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for each in policies:
        if (each.level, each.code) != NATIONAL:
            found.setdefault(each.id, set()).add(each.level)
    return {policy_id: frozenset(levels) for policy_id, levels in found.items()}
