"""One county for all tests here; what a test writes is taken back."""

import pytest
from django.db import transaction

from tests.privacy import planted
from tests.privacy.asking import sender


@pytest.fixture(scope="package")
def _county(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield planted.plant()
        transaction.set_rollback(True)


@pytest.fixture
def county(_county, django_db_blocker):
    """The county in which she lives."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _county
        transaction.set_rollback(True)


@pytest.fixture
def ask(county):
    """`ask(role, method, address)` is answered as somebody in that role is, at home; what it writes is taken back."""
    return sender(county)
