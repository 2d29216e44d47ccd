from datetime import timedelta

import pytest

from tongmai.foundation.audit import worker, worklists
from tongmai.foundation.audit.models import Delivery
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.audit.tests.factories import NOW
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world

pytestmark = pytest.mark.django_db


def test_what_failed_waits_for_the_system_administrator_only():
    def fails(by):
        raise ZeroDivisionError

    row = factories.happened()
    parked = Delivery.objects.create(event=row, subscriber="a", next_try_at=NOW, state="parked", attempts=8)
    jobs = [worker.Job("fails", timedelta(hours=1), fails), worker.Job("works", timedelta(hours=1), lambda by: 0)]
    worker.run_jobs(jobs, now=NOW, actor=Actor.system)
    world = county_world()
    items = worklists.waiting(by=world.actor(Role.SYSTEM_ADMIN))
    assert [(item.what, item.action_url) for item in items] == [
        (f"tests.SomethingHappened #{row.id}", f"/operations/deliveries/{parked.id}/retry"),
        ("fails", ""),
    ]
    assert worklists.waiting(by=world.actor(Role.AUDIT_ADMIN)) == []
    assert worklists.waiting(by=world.actor(Role.SPECIALIST)) == []
