"""A poison event: parked after its tries, shown to the operator, in nobody's way, and delivered by hand once mended."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import living
from tongmai.foundation.audit import worker
from tongmai.foundation.audit.models import Delivery
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import User

pytestmark = pytest.mark.django_db


def _deliver(now) -> None:
    while worker.deliver_due(now=now, actor=Actor.system):
        pass


def test_a_poison_event_is_parked_and_shown_others_flow_on_and_it_is_delivered_once_mended():
    clinic = living.county(now=timezone.now())
    now, is_mended, heard = clinic.world.now, [], []

    def counts_the_poison(event, key, by):
        if event.note == "poison" and not is_mended:
            raise ZeroDivisionError
        heard.append(event.note)

    with factories.heard_by(counts_the_poison):
        factories.happened("poison", by=clinic.gp)
        factories.happened("water", by=clinic.gp)
        clinic.accepted()  # real events, with their real subscribers, behind the poison
        for _ in range(10):
            _deliver(now)
            now += timedelta(hours=1)
        assert heard == ["water"]
        assert sorted(set(Delivery.objects.values_list("state", flat=True))) == ["done", "parked"]
        operator = Client()
        operator.force_login(User.objects.get(id=clinic.world.actor("system_admin").user_id))
        parked = Delivery.objects.get(state="parked")
        page = operator.get("/operations/").content.decode()
        assert "counts_the_poison" in page and "ZeroDivisionError" in page and "Traceback" in page
        is_mended.append(True)
        assert operator.post(f"/operations/deliveries/{parked.id}/retry").status_code == 302
        _deliver(timezone.now() + timedelta(minutes=1))
    assert heard == ["water", "poison"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
    assert "counts_the_poison" not in operator.get("/operations/").content.decode()
