"""The smallest county with a clinic in it."""

import pytest

from tongmai.commons.capacity.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world


@pytest.fixture
def world(db):
    return county_world()


@pytest.fixture
def clinic(world):
    """A cardiology clinic of the lead hospital."""
    return factories.resource(world.departments["cardiology"])


@pytest.fixture
def ward(world):
    return factories.resource(world.departments["surgery"], factories.Kind.BED)


@pytest.fixture
def pool(clinic):
    """Ten places in three days, two of them reserved."""
    return factories.pool(clinic)


@pytest.fixture
def doctor(world):
    """Who may book, at the hospital that offers."""
    return world.actor(Role.SPECIALIST)


@pytest.fixture
def gp(world):
    """Who may book, at a township."""
    return world.actor(Role.GENERAL_PRACTITIONER)


@pytest.fixture
def manager(world):
    return world.actor(Role.RESOURCE_MANAGER)
