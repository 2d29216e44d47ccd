"""Lists of residents: of my area, of my team's contracts, of a group."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongmai.commons.residents import access, rules, words
from tongmai.commons.residents.models import CareRelation, Phone, Resident, SearchKey, Tag
from tongmai.commons.residents.selectors.people import groups_of
from tongmai.commons.residents.selectors.places import place_names
from tongmai.foundation.catalog.models import Division
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import CatchmentArea, valid_on
from tongmai.kernel.months import plus_months
from tongmai.ui import sorting
from tongmai.ui.sorting import UNSORTED, Sorting

AREA, TEAM, ALL = "area", "team", "all"
_LAST = "9" * 12  # behind every village of a division
# The columns that can be sorted.  The oldest were born first.
COLUMNS: sorting.Columns = {
    "name": ["name"],
    "born": ["born_on"],
    "address": ["village_code", "name"],
}


@dataclass(frozen=True)
class Listed:
    """One row of a list of residents."""

    id: UUID
    name: str
    sex: str
    age_text: str
    town: str
    village: str
    id_masked: str
    phone: str
    group_names: tuple[str, ...]
    is_dead: bool


def residents_of(
    *,
    by: Actor,
    whose: str = AREA,
    group: str = "",
    village_code: str = "",
    q: str = "",
    dead: bool = False,
    sort: Sorting = UNSORTED,
) -> QuerySet[Resident]:
    """Return the residents that `by` may find, narrowed: of her organisation's area, under contract with it, or all.

    `group` is a stored kind, or "elderly" or "child"; `village_code` a division of any length; `q` as one word of a
    search.  Order: village, then id, unless `sort` names one of `COLUMNS`.
    """
    rows = access.visible(by).filter(died_on__isnull=not dead)
    if whose == AREA:
        rows = rows.filter(_in_area(by))
    elif whose == TEAM:
        contracts = CareRelation.objects.filter(valid_on(by.today), org_id=by.org_id, resident=OuterRef("id"))
        rows = rows.filter(Exists(contracts))
    if village_code:
        rows = rows.filter(village_code__prefix=village_code.rstrip("0") if len(village_code) < 12 else village_code)
    if group:
        rows = rows.filter(_in_group(group, by))
    for term in [term for term in map(rules.fold, q[:60].split()) if term][:3]:
        rows = rows.filter(Exists(SearchKey.objects.filter(resident=OuterRef("id"), key__prefix=term)))
    return sorting.ordered(rows.order_by("village_code", "id"), sort, COLUMNS)


def listed(rows: list[Resident], *, by: Actor) -> list[Listed]:
    """Return residents as rows of a list, with their phones, places and groups, in four queries."""
    ids = [each.id for each in rows]
    phones = dict(
        Phone.objects.filter(resident__in=ids, closed_at=None, is_main=True).values_list("resident_id", "number")
    )
    groups = groups_of(rows, by.today)
    names = place_names({each.village_code for each in rows}, by.today)
    return [
        Listed(
            id=each.id,
            name=each.name,
            sex=words.sex(each.sex),
            age_text=words.age(each.born_on, each.died_on or by.today),
            town=names.get(each.village_code, ("", ""))[0],
            village=names.get(each.village_code, ("", ""))[1],
            id_masked=each.id_masked,
            phone=phones.get(each.id, ""),
            group_names=tuple(words.group(kind) for kind in groups[each.id]),
            is_dead=each.died_on is not None,
        )
        for each in rows
    ]


def places_of(by: Actor) -> list[tuple[str, str]]:
    """Return (code, name) of the villages of the organisation's area, or of the towns of the county without one."""
    in_force = valid_on(by.today)
    areas = _areas(by)
    if not areas:
        rows = Division.objects.filter(in_force, level=Division.Level.TOWN, code__prefix=by.county_code)
    else:
        within = Q()
        for code in areas:
            within |= Q(code__prefix=code)
        rows = Division.objects.filter(in_force, within, level=Division.Level.VILLAGE)
    return list(rows.order_by("code").values_list("code", "name")[:400]) if by.county_code else []


def _areas(by: Actor) -> list[str]:
    rows = CatchmentArea.objects.filter(valid_on(by.today), org_id=by.org_id)
    return list(rows.values_list("division_code", flat=True))


def _in_area(by: Actor) -> Q:
    areas = _areas(by)
    if not areas:  # such an organisation looks after the whole county
        return Q()
    within = reduce(or_, (Q(village_code__prefix=code) for code in areas))
    # Bounds, so that a list in the order of villages begins where the area does.
    return within & Q(village_code__gte=min(areas), village_code__lte=max(areas) + _LAST)


def _in_group(group: str, by: Actor) -> Q:
    if group == "elderly":
        age = policy.value("residents.elderly_age", on=by.today).int
        return Q(born_on__lte=plus_months(by.today, -12 * age))
    if group == "child":
        age = policy.value("residents.child_before", on=by.today).int
        return Q(born_on__gt=plus_months(by.today, -12 * age))
    return Q(Exists(Tag.objects.filter(valid_on(by.today), resident=OuterRef("id"), kind=group)))
