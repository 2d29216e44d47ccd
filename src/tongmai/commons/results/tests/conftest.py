"""Whose results the tests store."""

import pytest

from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.tests import factories as orgs


@pytest.fixture
def world(db):
    return orgs.county_world()


@pytest.fixture
def her(world):
    return residents.resident("示例周")
