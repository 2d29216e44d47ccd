"""A user keeps a list as she likes to see it, by name; nobody else sees it, and no person's name is kept."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, county_world, sign_in_as
from tongmai.foundation.saved_views import lists, selectors, services
from tongmai.foundation.saved_views.models import SavedView
from tongmai.kernel.errors import InvalidInput, NotFound

STAFF = "orgs:staff"


@pytest.fixture
def world(db):
    return county_world()


@pytest.fixture
def by(world):
    return world.actor(Role.MANAGER)


def _save(by, name="本院专科医生", list_name=STAFF, **asked):
    return services.save(list_name=list_name, name=name, asked=asked or {"role": "specialist"}, by=by)


def test_a_view_keeps_filters_and_order_but_no_page_and_no_person(by):
    view = _save(by, role="specialist", sort="-name", page="3", search="abc", q="示例甲")
    assert view.query == "role=specialist&sort=-name"
    assert [(each.name, each.query) for each in selectors.views_of(STAFF, by=by)] == [(view.name, view.query)]


def test_the_same_name_again_replaces_what_it_meant(by):
    _save(by)
    _save(by, role="nurse")
    assert [each.query for each in selectors.views_of(STAFF, by=by)] == ["role=nurse"]


def test_views_are_of_one_user_and_one_list(world, by):
    _save(by)
    assert selectors.views_of("referrals:list", by=by) == []
    assert selectors.views_of(STAFF, by=world.actor(Role.SYSTEM_ADMIN)) == []


@pytest.mark.parametrize("name", ["", "   ", "长" * 31])
def test_a_view_needs_a_name(by, name):
    with pytest.raises(InvalidInput):
        _save(by, name=name)


def test_nothing_narrowed_is_nothing_to_keep(by):
    with pytest.raises(InvalidInput):
        _save(by, page="2")
    with pytest.raises(NotFound):
        _save(by, list_name="portal:home")
    with pytest.raises(NotFound):
        _save(Actor.system(now=NOW))
    assert not SavedView.objects.exists()


def test_twenty_are_enough(by):
    for n in range(services.MOST):
        _save(by, name=f"视图{n}")
    with pytest.raises(InvalidInput):
        _save(by, name="再一个")
    _save(by, name="视图0", role="nurse")  # replacing is no more


def test_a_view_is_removed_by_its_user_only(world, by):
    view = _save(by)
    with pytest.raises(NotFound):
        services.remove(view_id=view.id, by=world.actor(Role.SYSTEM_ADMIN))
    assert services.remove(view_id=view.id, by=by) == STAFF
    with pytest.raises(NotFound):
        services.remove(view_id=view.id, by=by)


def test_the_database_refuses_a_name_twice_and_none(by):
    _save(by)
    row = {"user_id": by.user_id, "list_name": STAFF, "query": "role=nurse", "saved_at": NOW}
    for name in ("本院专科医生", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(name=name, **row)


def test_every_list_that_takes_part_exists():
    for name in lists.LISTS:
        assert reverse(name)


def test_saved_shown_and_removed_on_the_page(client, world):
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    address = reverse(STAFF)
    assert "保存当前视图" not in client.get(address).content.decode()
    assert "保存当前视图" in client.get(address, {"role": "nurse"}).content.decode()
    sent = {"list": STAFF, "name": "护士", "asked": "role=nurse"}
    answer = client.post(reverse("saved_views:save"), sent)
    assert answer.url == f"{address}?role=nurse"
    page = client.get(answer.url).content.decode()
    assert "已保存视图：护士" in page
    view = SavedView.objects.get()
    remove = reverse("saved_views:remove", args=[view.id])
    assert remove in page
    assert client.post(remove).url == address
    assert client.post(remove).status_code == 404
    assert client.post(reverse("saved_views:save"), sent | {"name": ""}).status_code == 422
