"""Organisations, departments and catchments: each intent, and each refusal."""

from datetime import date

import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.errors import AlreadyExists, OrgInUse
from tongmai.foundation.orgs.models import CatchmentArea, Department, Org
from tongmai.foundation.orgs.services.facilities import OrgEntry
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, VersionConflict

DAY = date(2026, 11, 20)


def entry(**fields):
    return OrgEntry(**({"name": "丙镇卫生院", "division_code": "340199103", "class_code": "C220"} | fields))


def create(by, code="C3", level="township", **fields):
    return services.create_org(by=by, code=code, level=level, entry=entry(**fields))


def events(name):
    return Event.objects.filter(name=f"orgs.{name}").count()


def test_create_org(world, system):
    row = create(system, parent_id=world.lead.id)
    assert (row.county_code, row.short_name, row.parent_id) == ("340199", "丙镇卫生院", world.lead.id)
    assert "|bzwsy|" in row.search_keys
    assert events("OrgCreated") == 1


def test_create_org_twice_is_one(world, system):
    assert create(system).id == create(system).id
    assert events("OrgCreated") == 1


def test_create_org_with_a_code_that_is_taken(world, system):
    create(system)
    with pytest.raises(AlreadyExists):
        create(system, name="丁镇卫生院")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"division_code": "34"}, "division_code"),
        ({"division_code": "34019910x"}, "division_code"),
        ({"name": " "}, "name"),
        ({"name": "甲" * 121}, "name"),
        ({"name": "甲\x00乙"}, "name"),
        ({"class_code": "Z999"}, "class_code"),
        ({"credit_code": "123"}, "credit_code"),
        ({"phone": "1" * 41}, "phone"),
    ],
)
def test_create_org_names_the_field_that_is_wrong(world, system, fields, field):
    with pytest.raises(InvalidInput) as refused:
        create(system, **fields)
    assert refused.value.facts["field"] == field
    assert not Org.objects.filter(code="C3").exists()


def test_create_org_below_its_equal_is_refused(world, system):
    with pytest.raises(InvalidInput):
        create(system, parent_id=world.township.id)
    with pytest.raises(NotFound):
        create(system, parent_id=world.stranger.id)


def test_create_org_in_another_county_or_by_another_post_is_refused(world, system, security):
    with pytest.raises(NotPermitted):
        create(system, division_code="340198101")
    with pytest.raises(NotPermitted):
        create(security)
    outside = create(system, code="O1", level="outside", division_code="3401", class_code="A100")
    assert outside.county_code == "3401"


def test_change_org_needs_the_version_that_was_seen(world, system):
    row = services.change_org(by=system, org_id=world.township.id, version=1, entry=entry(division_code="340199101"))
    assert (row.version, row.name) == (2, "丙镇卫生院")
    with pytest.raises(VersionConflict):
        services.change_org(by=system, org_id=row.id, version=1, entry=entry(name="甲镇", division_code="340199101"))
    same = services.change_org(by=system, org_id=row.id, version=2, entry=entry(division_code="340199101"))
    assert (same.version, events("OrgChanged")) == (2, 1)


def test_change_org_stays_in_its_county_and_out_of_reach_of_others(world, system):
    with pytest.raises(InvalidInput):
        services.change_org(by=system, org_id=world.township.id, version=1, entry=entry(division_code="340198101"))
    with pytest.raises(NotFound):
        services.change_org(by=system, org_id=world.stranger.id, version=1, entry=entry())
    with pytest.raises(NotPermitted):
        manager = world.actor("manager")
        services.change_org(by=manager, org_id=world.township.id, version=1, entry=entry())


def test_close_org_only_when_nothing_depends_on_it(world, system):
    with pytest.raises(OrgInUse) as refused:
        services.close_org(by=system, org_id=world.township.id, version=1, reason="撤并")
    assert refused.value.facts == {"n_posts": 4, "n_children": 1, "n_memberships": 1}
    empty = create(system)
    with pytest.raises(InvalidInput):
        services.close_org(by=system, org_id=empty.id, version=1, reason=" ")
    closed = services.close_org(by=system, org_id=empty.id, version=1, reason="撤并")
    assert not services.close_org(by=system, org_id=empty.id, version=1, reason="撤并").is_active
    assert (closed.version, events("OrgClosed")) == (2, 1)


def test_reopen_org(world, system):
    empty = create(system)
    services.close_org(by=system, org_id=empty.id, version=1, reason="撤并")
    assert services.reopen_org(by=system, org_id=empty.id, version=2).is_active
    assert services.reopen_org(by=system, org_id=empty.id, version=2).version == 3


def test_create_department_takes_the_name_of_the_specialty(world, system):
    row = services.create_department(by=system, org_id=world.township.id, code="03", name="")
    assert row.name == "内科"
    assert services.create_department(by=system, org_id=world.township.id, code="03", name="内科").id == row.id
    with pytest.raises(AlreadyExists):
        services.create_department(by=system, org_id=world.township.id, code="04", name="内科")
    with pytest.raises(InvalidInput):
        services.create_department(by=system, org_id=world.township.id, code="99", name="")
    assert Department.objects.filter(org=world.township, code="03").count() == 1


def test_change_department(world, system):
    row = world.departments["cardiology"]
    changed = services.change_department(
        by=system, department_id=row.id, version=1, code="03.04", name="心内一科", is_active=False
    )
    assert (changed.name, changed.is_active, changed.version) == ("心内一科", False, 2)
    with pytest.raises(VersionConflict):
        services.change_department(by=system, department_id=row.id, version=1, code="03.04", name="心内二科")
    stranger = factories.department(world.stranger)
    with pytest.raises(NotFound):
        services.change_department(by=system, department_id=stranger.id, version=1, code="03", name="内科")


def test_give_catchment_and_end_catchment(world, system):
    give = {"by": system, "org_id": world.township.id, "division_code": "340199103"}
    row = services.give_catchment(**give, starts_on=DAY)
    assert services.give_catchment(**give, starts_on=DAY).id == row.id
    with pytest.raises(InvalidInput):
        services.give_catchment(**give, starts_on=date(2026, 12, 1))
    with pytest.raises(InvalidInput):
        services.give_catchment(**(give | {"division_code": "340198103"}), starts_on=DAY)
    with pytest.raises(InvalidInput):
        services.end_catchment(by=system, catchment_id=row.id, ends_before=DAY)
    ended = services.end_catchment(by=system, catchment_id=row.id, ends_before=date(2026, 12, 1))
    assert ended.ends_before == date(2026, 12, 1)
    again = services.give_catchment(**give, starts_on=date(2026, 12, 1))
    assert again.id != row.id
    foreign = CatchmentArea.objects.create(org=world.stranger, division_code="340198", starts_on=DAY)
    with pytest.raises(NotFound):
        services.end_catchment(by=system, catchment_id=foreign.id, ends_before=date(2026, 12, 1))
