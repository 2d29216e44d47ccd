"""The numbers beside the entries are those of the lists behind them, for every role and at every organisation."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongmai.care.referrals import services
from tongmai.care.referrals.tests.factories import clinic
from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity.sources import Source, SourceKind
from tongmai.commons.capacity.states import Share
from tongmai.commons.encounters.tests import factories as encounters
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.roles import Role
from tongmai.portal import home

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    """Something in every state that waits for somebody."""
    made = clinic()
    one = iter(range(100))

    def person():
        return residents.resident(f"示例数{next(one)}")

    made.draft(of=person())
    made.reviewing(of=person())
    for _ in range(3):
        made.submitted(of=person())
    made.accepted(of=person())
    made.treated(of=person())
    made.arrived(of=person())
    back = made.submitted(of=person())
    services.return_for_information(referral_id=back.id, by=made.specialist, reason="请补充心电图")
    refused = made.submitted(of=person())
    services.decline(referral_id=refused.id, by=made.specialist, reason="无相应科室")
    made.booked(made.pool(total=4, days=0), of=person())
    made.booked(of=person())
    made.received()
    encounters.visit(person(), by=made.gp)
    desk = made.world.actor(Role.REGISTRAR)
    pool = made.pool(total=4, days=0)
    capacity.book(
        pool_ids=[pool.id], resident_id=person().id, share_wanted=Share.PUBLIC, source=Source(SourceKind.DESK), by=desk
    )
    return made


def _actors(made):
    world = made.world
    for org in (world.lead, world.township, world.village, world.tcm):
        for role in set(Role) - {Role.SYSTEM, Role.RESIDENT}:
            yield world.actor(role, org=org)


def test_the_numbers_are_those_of_the_lists(county):
    seen = Counter()
    for days in (0, 1, 40):
        for actor in _actors(county):
            by = actor.at(county.world.now + timedelta(days=days))
            for module in home.SOURCES:
                kinds = Counter(item.kind for item in module.waiting(by=by))
                assert home._counted(module, by) == kinds, (module.__name__, by.role, by.org_name, days)
                seen += kinds
            assert home.counts(by=by)["home"] == home.waiting(by=by).n_all
    assert {"referrals", "capacity", "encounters"} <= set(seen)


def test_counting_asks_as_often_as_the_list(county):
    for role in (Role.SPECIALIST, Role.REFERRAL_COORDINATOR, Role.GENERAL_PRACTITIONER):
        at = county.world.township if role == Role.GENERAL_PRACTITIONER else county.world.lead
        by = county.world.actor(role, org=at)
        home.counts(by=by), home.waiting(by=by)
        with CaptureQueriesContext(connection) as counted:
            home.counts(by=by)
        with CaptureQueriesContext(connection) as listed:
            home.waiting(by=by)
        assert len(counted) <= len(listed)
