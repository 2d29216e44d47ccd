"""The smallest county, and the registrar who acts where a test names nobody else."""

import pytest

from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world


@pytest.fixture
def world(db):
    return county_world()


@pytest.fixture
def by(world):
    return world.actor(Role.REGISTRAR)
