"""An open order in the record leads to its page, for those who may open it."""

import pytest
from django.urls import reverse

from tongmai.care.diagnostics import services
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents import access, timeline
from tongmai.commons.residents.timeline import Kind, Window
from tongmai.commons.results import services as results
from tongmai.foundation.orgs.actors import Actor

pytestmark = pytest.mark.django_db


def entries(county, by) -> dict[str, str]:
    opened = access.open_record(county.resident.id, by=by, what="timeline")
    page = timeline.page(opened, by=by, window=Window(kinds=(Kind.REQUEST,)))
    return {entry.title: entry.href for entry in page.entries}


def test_an_order_leads_to_its_page_only_for_those_who_see_it(county):
    # Given an order of ours, and one that another system sent
    order = county.ordered()
    facts = {"number": "S1", "name": "血脂四项", "status": "active", "requested_at": county.world.now}
    results.store_request(
        county.resident.id, org_id=county.world.township.id, facts=facts, by=Actor.system(now=county.world.now)
    )
    page = reverse("diagnostics:detail", args=[order.id])
    assert entries(county, county.gp) == {"胸部正位DR": page, "血脂四项": ""}

    # A specialist of the hospital who treats her sees that it was ordered; its page is none of hers before it is sent
    specialist = county.world.actor("specialist")
    Encounter.objects.create(
        resident=county.resident,
        org=county.world.lead,
        kind="inpatient",
        state="in_progress",
        started_at=county.world.now,
    )
    assert entries(county, specialist)["胸部正位DR"] == ""
    services.perform(order.id, by=county.technician)
    services.send(order.id, by=county.technician)
    assert entries(county, specialist)["胸部正位DR"] == page
