import pytest

from tongmai.care.diagnostics.tests import factories


@pytest.fixture
def county(db):
    """The smallest county in which examinations happen."""
    return factories.centre()
