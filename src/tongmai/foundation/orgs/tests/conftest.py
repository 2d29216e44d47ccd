"""What every test of organisations starts from.  Models are imported inside: Django is not set up yet."""

import pytest


@pytest.fixture
def world(db):
    """The smallest county (see `factories.county_world`), with a few codes in the catalogue."""
    from tongmai.foundation.orgs.tests import factories

    factories.kinds()
    return factories.county_world()


@pytest.fixture
def system(world):
    """Who keeps organisations and alliances."""
    return world.actor("system_admin")


@pytest.fixture
def security(world):
    """Who keeps people, posts and tokens."""
    return world.actor("security_admin")
