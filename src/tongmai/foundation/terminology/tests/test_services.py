"""Decisions about local codes: each intent, each refusal, and two people at once."""

from datetime import date

import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.foundation.terminology import selectors, services
from tongmai.foundation.terminology.errors import DecidedMeanwhile, NotInSet
from tongmai.foundation.terminology.models import Decision, LocalCode
from tongmai.foundation.terminology.tests.factories import local, meaning, unified_set
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def world():
    unified_set("icd10", ("I10.x00", "特发性高血压", "高血压"), ("E11.900", "2型糖尿病"), ("J45.900", "哮喘"))
    return county_world()


@pytest.fixture
def by(world):
    return world.actor(Role.REFERRAL_COORDINATOR)


def test_a_mapping_shows_at_once_where_the_code_is_read(world, by):
    row = local(world, "GXY01", "高血压病三级")
    assert meaning(row).standing == "unmapped"
    services.map_code(row.id, unified_code="I10.x00", relation="wider", by=by)
    found = meaning(row)
    assert (found.standing, found.code, found.name, found.relation) == ("mapped", "I10.x00", "特发性高血压", "wider")


def test_the_same_code_with_the_same_name_needs_nobody(world):
    assert meaning(local(world, "I10.x00", "高血压")).standing == "automatic"
    assert meaning(local(world, "J45.900")).standing == "automatic"
    assert meaning(local(world, "E11.900", "哮喘")).standing == "check"


def test_a_decision_goes_before_the_same_code(world, by):
    row = local(world, "I10.x00", "高血压")
    services.map_code(row.id, unified_code="J45.900", by=by)
    assert meaning(row).code == "J45.900"


def test_each_decision_stays_readable_and_is_told(world, by):
    row = local(world, "X1", "某病")
    services.map_code(row.id, unified_code="I10.x00", by=by, note="与心内科商定")
    services.no_counterpart(row.id, by=by)
    services.unmap(row.id, by=by)
    assert [(d.relation, d.code) for d in selectors.history(row.id, by=by)] == [
        ("", ""), ("none", ""), ("equivalent", "I10.x00"),
    ]  # fmt: skip
    assert meaning(row).standing == "unmapped"
    told = Event.objects.filter(name__startswith="terminology.").order_by("id").values_list("name", flat=True)
    assert list(told) == ["terminology.CodeMapped"] * 2 + ["terminology.CodeUnmapped"]


def test_said_again_nothing_is_written(world, by):
    row = local(world, "X1", "某病")
    services.map_code(row.id, unified_code="I10.x00", by=by, version=1)
    services.map_code(row.id, unified_code="I10.x00", by=by, version=1)
    assert Decision.objects.count() == 1


def test_a_code_that_the_set_does_not_have_is_refused(world, by):
    row = local(world, "X1", "某病")
    with pytest.raises(NotInSet):
        services.map_code(row.id, unified_code="Z99", by=by)
    with pytest.raises(InvalidInput):
        services.map_code(row.id, unified_code="I10.x00", relation="none", by=by)
    assert not Decision.objects.exists()


def test_a_new_edition_counts_from_its_day(world, by):
    row = local(world, "X1", "某病")
    services.map_code(row.id, unified_code="J45.900", by=by)
    unified_set("icd10", ("I10.x00", "特发性高血压"), starts_on=date(2027, 1, 1), version="v2")
    assert meaning(row).standing == "mapped"
    assert meaning(row, date(2027, 1, 1)).standing == "gone"


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.SECURITY_ADMIN, Role.REGISTRAR])
def test_other_posts_settle_no_codes(world, role):
    row = local(world, "X1")
    with pytest.raises(NotPermitted):
        services.map_code(row.id, unified_code="I10.x00", by=world.actor(role))


def test_who_does_not_lead_the_member_finds_nothing(world):
    """The coordinator of the other hospital, and one of another county, are answered like for a code that is not there."""
    row = local(world, "X1")
    for org in (world.tcm, world.stranger):
        for act in (services.no_counterpart, services.unmap):
            with pytest.raises(NotFound):
                act(row.id, by=world.actor(Role.REFERRAL_COORDINATOR, org=org))
        with pytest.raises(NotFound):
            services.enter(
                org_id=world.township.id, code_set="icd10", system="", code="X2", name="",
                by=world.actor(Role.REFERRAL_COORDINATOR, org=org),
            )  # fmt: skip
    assert selectors.one(row.id, by=world.actor(Role.SYSTEM_ADMIN)).id == row.id


def test_a_code_is_entered_once_and_not_without_text(world, by):
    given = {"org_id": world.township.id, "code_set": "drugs", "system": "HIS", "name": "阿莫西林胶囊", "by": by}
    first, is_new = services.enter(code="Y1", **given)
    again, is_new_again = services.enter(code="Y1", **given)
    assert (first.id, is_new, is_new_again) == (again.id, True, False)
    for wrong in ({"code": " "}, {"code": "x" * 61}, {"code": "Y2", "code_set": "stars"}):
        with pytest.raises(InvalidInput):
            services.enter(**given | wrong)


@pytest.mark.proof
def test_of_two_who_decide_differently_at_once_one_is_told(world, threads):
    row = local(world, "X1", "某病")
    people = [world.actor(Role.REFERRAL_COORDINATOR), world.actor(Role.SYSTEM_ADMIN)]
    codes = ["I10.x00", "E11.900"]
    outcome = threads(2, lambda i: services.map_code(row.id, unified_code=codes[i], by=people[i], version=1))
    outcome.only_errors_of(DecidedMeanwhile)
    row.refresh_from_db()
    assert Decision.objects.count() == 1
    assert row.unified_code == Decision.objects.get().unified_code
    assert LocalCode.objects.get(id=row.id).version == 2
