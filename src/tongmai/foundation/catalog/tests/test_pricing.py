"""Prices follow one another: none is overwritten, two never overlap, and a day has one."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tongmai.foundation.catalog.errors import PricesOverlap, PriceStands
from tongmai.foundation.catalog.models import Price
from tongmai.foundation.catalog.pricing import selectors
from tongmai.foundation.catalog.pricing.services import Done, PriceEntry, set_price
from tongmai.foundation.catalog.tests.factories import By
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import InvalidInput, NotPermitted

pytestmark = pytest.mark.django_db

JAN, JUL, NEXT = date(2026, 1, 1), date(2026, 7, 1), date(2027, 1, 1)
ENTRY = PriceEntry("charges", "110100001", "示例诊查费", 1000, JAN, unit="次")


@dataclass(frozen=True)
class Administrator(By):
    county_code: str = "340199"
    is_allowed: bool = True

    def may(self, action):
        return self.is_allowed and action == "catalog.manage"


BY = Administrator()


def on(day, **more):
    return [row.amount_fen for row in selectors.in_force(day, county_code="340199", **more)]


def test_a_price_holds_from_its_day_until_the_next():
    assert set_price(entry=ENTRY, by=BY)[1] == Done.FIRST
    assert set_price(entry=ENTRY, by=BY)[1] == Done.SAME
    assert set_price(entry=replace(ENTRY, amount_fen=1200, starts_on=NEXT), by=BY)[1] == Done.CHANGED
    assert (on(date(2025, 12, 31)), on(JAN), on(date(2026, 12, 31)), on(NEXT)) == ([], [1000], [1000], [1200])
    assert [row.until for row in selectors.in_force(JAN, county_code="340199")] == [NEXT]


def test_a_price_may_end_and_another_fill_the_gap():
    set_price(entry=replace(ENTRY, ends_before=JUL), by=BY)
    assert (on(date(2026, 6, 30)), on(JUL)) == ([1000], [])
    set_price(entry=replace(ENTRY, amount_fen=1500, starts_on=NEXT), by=BY)
    assert set_price(entry=replace(ENTRY, amount_fen=1300, starts_on=date(2026, 8, 1), ends_before=NEXT), by=BY)
    assert (on(JUL), on(date(2026, 8, 1)), on(NEXT)) == ([], [1300], [1500])


def test_what_stands_is_not_overwritten_and_spans_do_not_overlap():
    set_price(entry=ENTRY, by=BY)
    set_price(entry=replace(ENTRY, amount_fen=1200, starts_on=NEXT), by=BY)
    with pytest.raises(PriceStands):
        set_price(entry=replace(ENTRY, amount_fen=1100), by=BY)
    for other in (
        replace(ENTRY, amount_fen=1100, starts_on=JUL),
        replace(ENTRY, amount_fen=1100, starts_on=date(2025, 1, 1)),
        replace(ENTRY, amount_fen=1100, starts_on=date(2025, 1, 1), ends_before=JUL),
        replace(ENTRY, ends_before=JUL),
    ):
        with pytest.raises(PricesOverlap):
            set_price(entry=other, by=BY)
    assert Price.objects.count() == 2


def test_the_price_of_one_organisation_goes_before_that_of_its_class():
    for more in ({}, {"institution": "county"}, {"org_code": "H1", "org_name": "示例医院"}):
        set_price(entry=replace(ENTRY, amount_fen=1000 + 100 * len(more), **more), by=BY)
    asked = {"on": JAN, "county_code": "340199"}
    assert selectors.price_of("charges", ENTRY.code, level="county", org_code="H1", **asked).amount_fen == 1200
    assert selectors.price_of("charges", ENTRY.code, level="county", org_code="H2", **asked).amount_fen == 1100
    assert selectors.price_of("charges", ENTRY.code, level="village", org_code="V", **asked).amount_fen == 1000
    assert selectors.price_of("charges", "x", level="village", org_code="V", **asked) is None


@pytest.mark.parametrize(
    "change",
    [{"code": " "}, {"name": ""}, {"amount_fen": -1}, {"ends_before": JAN}, {"institution": "county", "org_code": "H"}],
)
def test_what_cannot_be_a_price_is_refused(change):
    with pytest.raises(InvalidInput):
        set_price(entry=replace(ENTRY, **change), by=BY)


def test_who_does_not_look_after_the_catalogue_sets_none():
    with pytest.raises(NotPermitted):
        set_price(entry=ENTRY, by=Administrator(is_allowed=False))


@pytest.mark.parametrize(
    "change",
    [{}, {"amount_fen": -1, "code": "2"}, {"institution": "county", "org_code": "H"}, {"institution": "moon"}],
)
def test_the_database_refuses_nonsense(change):
    row = {"county_code": "340199", "system": "charges", "code": "1", "name": "x", "search": "", "starts_on": JAN}
    Price.objects.create(**row, amount_fen=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.create(**(row | {"amount_fen": 2} | change))


def test_prices_are_found_by_letters_on_their_page(client):
    set_price(entry=ENTRY, by=BY)
    set_price(entry=replace(ENTRY, code="2", name="示例检查费"), by=BY)
    assert on(JAN, query="slzc") == [1000]
    assert len(on(JAN, query="1101")) == 1
    factories.sign_in_as(client, Role.NURSE, org=factories.org("示例镇卫生院", division="340199101"))
    page = client.get(reverse("catalog:prices"), {"q": "shilizhencha", "on": "2026-02-01"}).content.decode()
    assert "示例诊查费" in page
    assert "10.00" in page
    assert "示例检查费" not in page
    assert "示例诊查费" not in client.get(reverse("catalog:prices"), {"on": "2025-02-01"}).content.decode()
