"""The county in which every life-cycle is walked: made once for each file of tests."""

import pytest
from django.db import transaction

from tests.steps import harness
from tongmai.care.family_doctors.tests import factories as signing
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.foundation.orgs.tests import factories as orgs


@pytest.fixture(scope="module")
def clinic(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        found = Clinic(orgs.county_world())
        orgs.kinds()
        found.spare = found.pool(days=10)
        found.team = signing.team(found.gp)
        found.people = harness.people(found)
        yield found
        transaction.set_rollback(True)
