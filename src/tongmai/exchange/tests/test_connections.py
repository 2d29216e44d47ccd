"""The members' systems: entered, changed, stopped; the board and the list of what waits, as their readers see them."""

import pytest
from django.urls import reverse

from tongmai.exchange import connections, errors
from tongmai.exchange.hl7v2.tests.adt import adt, oru, pid
from tongmai.exchange.models import InboundMessage, SourceSystem
from tongmai.exchange.services import messages, sources
from tongmai.exchange.services.sources import Details
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, VersionConflict

SYSTEM = Actor.system(now=NOW)


def details(world, **changes):
    return Details(**{"application": "HIS", "facility": "*", "name": "县医院 HIS", "org_id": world.lead.id} | changes)


@pytest.fixture
def admin(world):
    return world.actor(Role.SYSTEM_ADMIN)


@pytest.fixture
def waiting(world):
    """Two messages of a stranger."""
    for control in ("w1", "w2"):
        raw = adt("A01", control, "20261110093000", facility="没有的医院", application="OTHER")
        messages.take_in(raw, by=SYSTEM, file_name="m.hl7")


def test_a_system_is_entered_changed_and_stopped(world, admin):
    made = sources.register(details=details(world, address="10.1.2.3/16"), by=admin)
    assert made.address == "10.1.0.0/16"
    with pytest.raises(errors.SystemKnown):
        sources.register(details=details(world), by=admin)
    changed = sources.change(system_id=made.id, details=details(world, is_active=False), version=made.version, by=admin)
    assert (changed.is_active, changed.version) == (False, 2)
    with pytest.raises(VersionConflict):
        sources.change(system_id=made.id, details=details(world), version=1, by=admin)
    row = messages.take_in(adt("A01", "s1", "20261110093000"), by=SYSTEM)[0]
    assert (row.state, row.faults.get().what) == ("held", "stopped-system")


def test_a_system_is_switched_off_and_on(world, admin):
    made = sources.register(details=details(world), by=admin)
    off = sources.switch(system_id=made.id, is_active=False, version=1, by=admin)
    assert (off.is_active, off.version) == (False, 2)
    assert sources.switch(system_id=made.id, is_active=False, version=1, by=admin).version == 2
    with pytest.raises(VersionConflict):
        sources.switch(system_id=made.id, is_active=True, version=1, by=admin)
    with pytest.raises(NotPermitted):
        sources.switch(system_id=made.id, is_active=True, version=2, by=world.actor(Role.REFERRAL_COORDINATOR))
    assert sources.switch(system_id=made.id, is_active=True, version=2, by=admin).is_active


@pytest.mark.parametrize("wrong", [{"address": "here"}, {"certificate": "ab"}, {"name": " "}, {"application": ""}])
def test_what_cannot_be_is_refused(world, admin, wrong):
    with pytest.raises(InvalidInput):
        sources.register(details=details(world, **wrong), by=admin)
    assert not SourceSystem.objects.exists()


def test_only_the_administrator_of_the_county_enters_systems(world, admin):
    with pytest.raises(NotPermitted):
        sources.register(details=details(world), by=world.actor(Role.REFERRAL_COORDINATOR))
    made = sources.register(details=details(world), by=admin)
    stranger = orgs.actor(Role.SYSTEM_ADMIN, org=world.stranger)
    with pytest.raises(NotFound):
        sources.change(system_id=made.id, details=details(world, name="x"), version=1, by=stranger)


def test_the_board_counts_and_scores(world, admin):
    for control, who in (("b1", pid()), ("b2", pid(number="0002", citizen="", born=""))):
        messages.take_in(adt("A01", control, "20261110093000", who=who), by=SYSTEM)
    messages.take_in(oru("b3"), by=SYSTEM)
    found = connections.board(by=admin)[0]
    assert (found.n_day, found.n_held) == (3, 0)
    _, whole = connections.connection(found.id, by=admin)
    scores = {score.field: score for score in whole.fields}
    assert (scores["citizen"].n_asked, scores["citizen"].n_present) == (3, 2)
    assert [control for _, control in scores["citizen"].examples] == ["b2"]
    assert 0 < found.completeness < 1


def test_all_messages_of_a_reason_are_tried_again_once_their_system_is_entered(world, admin, waiting):
    coordinator = world.actor(Role.REFERRAL_COORDINATOR)
    assert [(u.application, u.n) for u in connections.unknown_senders(by=admin)] == [("OTHER", 2)]
    assert messages.try_all(what="unknown-system", by=coordinator) == (0, 2)
    sources.register(details=details(world, application="OTHER"), by=admin)
    assert messages.try_all(what="unknown-system", by=coordinator) == (2, 0)
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {"done"}


def test_the_pages_of_the_coordinator(world, client, waiting):
    orgs.sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    page = client.get(reverse("exchange:messages")).content.decode()
    assert "搁置的原因" in page
    assert "unknown-system" in page
    answer = client.post(reverse("exchange:try-all"), {"what": "unknown-system"})
    assert answer.status_code == 302
    row = InboundMessage.objects.first()
    page = client.get(reverse("exchange:message", args=[row.id])).content.decode()
    assert "<mark>没有的医院</mark>" in page
    text = bytes(row.raw).decode().replace("没有的医院", "示例县人民医院").replace("\r", "\r\n")
    assert client.post(reverse("exchange:put-text", args=[row.id]), {"text": text, "why": ""}).status_code == 422
    answer = client.post(reverse("exchange:put-text", args=[row.id]), {"text": text, "why": "机构名写错"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == "done"
    page = client.get(reverse("exchange:message", args=[row.id])).content.decode()
    assert "机构名写错" in page
    assert "没有的医院" in page, "what came stays beside the corrected text"
    assert client.get(reverse("exchange:connections")).status_code == 200
    assert client.get(reverse("exchange:connection-new")).status_code == 403


def test_the_pages_of_the_administrator(world, client, waiting):
    orgs.sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    assert "OTHER" in client.get(reverse("exchange:connections")).content.decode()
    sent = {
        "name": "其他",
        "application": "OTHER",
        "facility": "*",
        "org_id": str(world.lead.id),
        "answers_on": "applied",
    }
    assert client.post(reverse("exchange:connection-new"), sent | {"address": "x"}).status_code == 422
    assert client.post(reverse("exchange:connection-new"), sent | {"is_active": "on"}).status_code == 302
    made = SourceSystem.objects.get()
    assert client.get(reverse("exchange:connection", args=[made.id])).status_code == 200
    changed = sent | {"name": "改名", "version": made.version}
    assert client.post(reverse("exchange:connection-change", args=[made.id]), changed).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.is_active) == ("改名", False)
    assert client.get(reverse("exchange:messages")).status_code == 302, "she reads no messages"
