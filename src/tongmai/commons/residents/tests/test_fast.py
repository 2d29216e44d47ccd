"""The fast reads return what the plain ones return, for every post and on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from tongmai.commons.capacity import selectors as capacity
from tongmai.commons.encounters.tests import factories as encounters
from tongmai.commons.residents import access, bases, fast, selectors, services
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.models import Guardian, Phone, Resident
from tongmai.commons.residents.selectors.places import division_names
from tongmai.commons.residents.tests import factories
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound

REASON = "昏迷送来，无家属陪同，需了解用药"
ROLES = (
    Role.GENERAL_PRACTITIONER, Role.VILLAGE_DOCTOR, Role.SPECIALIST, Role.NURSE, Role.REGISTRAR, Role.MANAGER,
    Role.AUDIT_ADMIN, Role.REFERRAL_COORDINATOR,
)  # fmt: skip


@pytest.fixture
def people(world):
    """People who differ in everything that the head of a page and the reasons to open it depend on."""
    gp, specialist = world.actor(Role.GENERAL_PRACTITIONER), world.actor(Role.SPECIALIST)
    encounters.catalogue()
    plain, cared, child = factories.resident("示例甲"), factories.resident("示例乙", phone="13900000001"), factories.resident(
        "示例丙", born_on=gp.today - timedelta(days=900), village_code=factories.OTHER_VILLAGE
    )  # fmt: skip
    far = factories.resident("示例丁", village_code="")
    factories.family_doctor(cared, by=gp)
    factories.family_doctor(cared, by=gp, starts_on=gp.today)
    for kind in ("hypertension", "diabetes"):
        services.add_tag(cared.id, by=gp, kind=kind, source="doctor")
    services.set_coverage(cared.id, by=world.actor(Role.REGISTRAR), scheme="resident", area_code="340199")
    encounters.finished_visit(plain, by=gp)
    services.make_known(far.id, org_id=specialist.org_id, via="referral", by=Actor.system(now=world.now))
    services.break_glass(far.id, by=specialist, reason=REASON)
    Resident.objects.filter(id=far.id).update(died_on=gp.today)
    Guardian.objects.create(
        resident=child, guardian_resident=cared, name="示例乙", relation="mother", starts_on=gp.today, added_at=gp.now
    )  # fmt: skip
    return [plain, cared, child, far]


def actors(world, people) -> list[Actor]:
    staff = [world.actor(role) for role in ROLES]
    strangers = [world.actor(Role.SPECIALIST, org=world.stranger), world.actor(Role.SPECIALIST, org=world.outside)]
    own = [Actor(role=Role.RESIDENT, now=world.now, resident_id=each.id) for each in people]
    return [*staff, *strangers, *own, Actor(role=Role.RESIDENT, now=world.now), Actor.system(now=world.now)]


def test_the_head_is_that_of_the_heads_of_many(world, people):
    on = world.now.date()
    many = selectors.summaries([each.id for each in people], on)
    assert {each.id: selectors.summary(each.id, on) for each in people} == many
    assert many[people[1].id].family_doctor.starts_on == on and len(many[people[1].id].groups) >= 2
    long_ago = on - timedelta(days=400)
    for each in people:
        assert selectors.summary(each.id, long_ago) == selectors.summaries([each.id], long_ago)[each.id]
    with pytest.raises(NotFound):
        selectors.summary(uuid4(), on)


def test_a_kind_of_phone_that_no_list_knows_is_shown_as_it_is(world, people):
    Phone.objects.filter(resident=people[1]).update(whose="parent")
    on = world.now.date()
    assert selectors.summary(people[1].id, on) == selectors.summaries([people[1].id], on)[people[1].id]


def test_each_post_finds_whom_it_may_and_opens_for_the_reason_of_the_plain_read(world, people):
    seen = set()
    for by in actors(world, people):
        for each in people:
            plain = access.visible(by).filter(id=each.id).first()
            found = access._found(each.id, by=by)
            assert found == plain, by
            if plain is not None:
                assert vars(found).keys() == vars(plain).keys()
                assert all(getattr(found, name) == getattr(plain, name) for name in access._COLUMNS)
            basis = bases.basis_of(by, each.id)
            assert basis == bases.plain_basis_of(by, each.id), (by.role, each.name)
            seen.add(basis)
    assert {None, Basis.SELF, Basis.GUARDIAN, Basis.OWN_ENCOUNTER, Basis.CONTRACT} <= seen


def test_a_reason_ends_for_the_fast_read_when_it_ends_for_the_plain_one(world, people):
    by = world.actor(Role.SPECIALIST)
    encounters_of = world.actor(Role.GENERAL_PRACTITIONER)
    for actor in (by, encounters_of):
        for days in (0, 1, 30, 89, 90, 91, 180, 400, 4000):
            later = actor.at(actor.now + timedelta(days=days))
            for each in people:
                assert bases.basis_of(later, each.id) == bases.plain_basis_of(later, each.id), (days, each.name)


def test_what_is_kept_of_one_person_is_not_said_of_another(world, people):
    """The SQL is kept, the values are not: asked in turn, each answer is the asked person's."""
    by = world.actor(Role.SPECIALIST)
    for _ in range(2):
        for each in people:
            assert selectors.summary(each.id, by.today).name == each.name
            found = access._found(each.id, by=by)
            assert found is None or found.id == each.id
    assert bases.basis_of(by, uuid4()) is None
    assert capacity.bookings_of_resident(people[0].id, by=by, coming_only=True) == []


def test_names_of_divisions(world, people):
    on = world.now.date()
    codes = {factories.VILLAGE, factories.VILLAGE[:9], factories.OTHER_VILLAGE, "990000000000"}
    plain = division_names(codes, on)
    if connection.vendor == "postgresql":
        assert fast.division_names(codes, on) == plain
