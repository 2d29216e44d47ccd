import pytest

from tongmai.care.referrals.tests import factories


@pytest.fixture
def clinic(db):
    """The smallest county in which referrals happen."""
    return factories.clinic()
