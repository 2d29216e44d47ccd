"""Which prices are in force."""

from datetime import date

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from tongmai.foundation.catalog import search
from tongmai.foundation.catalog.models import Price

_KEY = ("county_code", "system", "code", "institution", "org_code")


def in_force(
    on: date, *, county_code: str, query: str = "", system: str = "", institution: str = ""
) -> QuerySet[Price]:
    """Return the prices of a county in force on a day, each with `until`, the day on which the next row begins.

    `query`: the beginning of a code, a part of the name, pinyin or initials.
    """
    rows = _of_day(on, county_code)
    if system:
        rows = rows.filter(system=system)
    if institution:
        rows = rows.filter(institution=institution)
    if query:
        rows = search.ranked(rows, query, code_prefix=query.strip()[:32] if query.isascii() else "")
    return rows


def price_of(system: str, code: str, *, on: date, county_code: str, level: str, org_code: str) -> Price | None:
    """Return what an item costs at an organisation on a day: its own price, else that of its class, else everybody's."""
    mine = Q(org_code=org_code, institution="") | Q(org_code="", institution__in=["", level])
    rows = list(_of_day(on, county_code).filter(mine, system=system, code=code))
    return max(rows, key=lambda each: (bool(each.org_code), bool(each.institution)), default=None)


def _of_day(on: date, county_code: str) -> QuerySet[Price]:
    same = Price.objects.filter(**{name: OuterRef(name) for name in _KEY}, starts_on__gt=OuterRef("starts_on"))
    following = same.order_by().values("code").annotate(first=Min("starts_on")).values("first")
    return (
        Price.objects.filter(county_code=county_code, starts_on__lte=on, amount_fen__isnull=False)
        .exclude(Exists(same.filter(starts_on__lte=on)))
        .annotate(until=Subquery(following))
        .order_by("system", "code", "institution", "org_code")
    )
