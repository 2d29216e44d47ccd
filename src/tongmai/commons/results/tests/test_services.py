"""Requests, reports and documents: stored once, corrected with the earlier version kept, read for a reason."""

import pytest
from django.urls import reverse

from tongmai.commons.encounters import services as encounters
from tongmai.commons.residents import timeline as record
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.tests import factories as residents
from tongmai.commons.residents.timeline import Kind, Window
from tongmai.commons.results import access, selectors, services
from tongmai.commons.results.models import Document, Report, Request
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import NotFound, NotPermitted

SYSTEM = Actor.system(now=NOW)
REPORT = {"category": "laboratory", "status": "final", "number": "L1", "order_number": "S1", "name": "血细胞分析"}
VALUE = {"name": "血小板计数", "text": "28", "unit": "10^9/L", "flag": "critical_low", "status": "final"}
DOCUMENT = {"number": "D1", "title": "出院小结", "format": "text", "status": "final"}


def store_report(world, her, by=SYSTEM, **given):
    values = given.pop("values", [VALUE])
    facts = REPORT | given.pop("facts", {})
    return services.store_report(her.id, org_id=world.lead.id, facts=facts, values=values, by=by, **given)


def test_a_report_is_stored_and_a_further_version_keeps_the_earlier_values(world, her):
    first = store_report(world, her)
    assert first.is_critical
    assert store_report(world, her, report_id=first.id).version == 1, "said again, nothing is done again"
    second = store_report(
        world, her, report_id=first.id, facts={"status": "corrected"}, values=[VALUE | {"text": "128", "flag": ""}]
    )
    assert (second.id, second.version, second.is_critical) == (first.id, 2, False)
    assert [v.text for v in selectors.values_of(second)] == ["128"]
    assert [v.values[0].text for v in selectors.earlier_versions(second)] == ["28"]


def test_a_report_of_somebody_else_is_not_changed(world, her):
    first = store_report(world, her)
    with pytest.raises(NotFound):
        store_report(world, residents.resident("示例邻"), report_id=first.id, facts={"name": "其他"})
    assert Report.objects.get().version == 1


def _told(her, kind: Kind) -> list[str]:
    page = record.page(OpenedRecord(her, Basis.OWN_ENCOUNTER), by=SYSTEM, window=Window((kind,)))
    return [entry.title for entry in page.entries]


@pytest.mark.parametrize("store", ["store_request", "store_report", "store_document"])
def test_who_writes_no_records_stores_nothing(world, her, store):
    by = world.actor(Role.MANAGER)
    more = {"store_report": {"facts": REPORT, "values": [VALUE]}, "store_request": {"facts": {}}}
    given = more.get(store, {"facts": DOCUMENT, "content": b"x"})
    with pytest.raises(NotPermitted):
        getattr(services, store)(her.id, org_id=world.lead.id, by=by, **given)


def test_a_request_waits_until_a_report_answers_it(world, her):
    facts = {"number": "S1", "status": "active", "name": "血细胞分析"}
    made = services.store_request(her.id, org_id=world.lead.id, facts=facts, by=SYSTEM)
    assert _told(her, Kind.REQUEST) == ["血细胞分析"]
    store_report(world, her)
    assert not _told(her, Kind.REQUEST)
    services.store_request(
        her.id, org_id=world.lead.id, facts=facts | {"status": "cancelled"}, by=SYSTEM, request_id=made.id
    )
    assert (Request.objects.get().status, Request.objects.get().version) == ("cancelled", 2)


def test_a_document_is_replaced_once_and_its_predecessor_stays(world, her):
    first = services.store_document(her.id, org_id=world.lead.id, facts=DOCUMENT, content="好转".encode(), by=SYSTEM)
    assert services.is_same_document(first.id, content="好转".encode(), status="final")
    services.store_document(
        her.id, org_id=world.lead.id, facts=DOCUMENT, content="治愈".encode(), by=SYSTEM, replaces=first.id
    )
    assert len(_told(her, Kind.DOCUMENT)) == 1
    assert Document.objects.count() == 2
    with pytest.raises(NotFound):
        services.store_document(
            her.id, org_id=world.lead.id, facts=DOCUMENT, content=b"x", by=SYSTEM, replaces=first.id
        )


def test_a_report_and_a_document_are_read_for_a_reason(world, her, client):
    report = store_report(world, her)
    content = b"<script>alert(1)</script>"
    document = services.store_document(her.id, org_id=world.lead.id, facts=DOCUMENT, content=content, by=SYSTEM)
    doctor = world.actor(Role.SPECIALIST)
    encounters.start_visit(her.id, by=doctor)
    assert access.read_report(report.id, by=doctor)[0] == report
    orgs.sign_in_as(client, Role.SPECIALIST, org=world.lead)
    page = client.get(reverse("results:report", args=[report.id])).content.decode()
    assert "血小板计数" in page
    assert "危急值" in page
    page = client.get(reverse("results:document", args=[document.id])).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    file = client.get(reverse("results:document-file", args=[document.id]))
    assert (file.content, file["Content-Type"]) == (content, "application/octet-stream")
    assert "attachment" in file["Content-Disposition"]
    assert "血细胞分析" in client.get(reverse("portal:resident", args=[her.id])).content.decode()
