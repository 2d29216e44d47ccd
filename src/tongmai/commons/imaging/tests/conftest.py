"""A county, a person, and an archive of the test's own."""

import pytest

from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.tests import factories as orgs


@pytest.fixture
def world(db):
    return orgs.county_world()


@pytest.fixture
def her(world):
    return residents.resident("示例甲")


@pytest.fixture(autouse=True)
def images(tmp_path, settings):
    """The folder of this test's archive."""
    settings.IMAGES = tmp_path / "images"
    settings.IMAGES_SYNC = False
    return settings.IMAGES
