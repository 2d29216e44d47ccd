"""What a resident reads on her phone only after her doctor had time to speak of it."""

from datetime import timedelta

import pytest

from tongmai.commons.results import doctor_first, services
from tongmai.commons.results.errors import DoctorFirst, NotVerifiedYet
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW


@pytest.fixture
def she(her):
    return orgs.actor(Role.RESIDENT, resident_id=her.id)


def _report(world, her, *, flag="normal", status="final", category="laboratory"):
    facts = {"category": category, "status": status, "number": flag + status, "name": "血钾", "issued_at": NOW}
    value = {"name": "血钾", "text": "6.9", "unit": "mmol/L", "flag": flag, "status": "final"}
    return services.store_report(her.id, org_id=world.lead.id, facts=facts, values=[value], by=Actor.system(now=NOW))


@pytest.mark.parametrize(
    ("facts", "hours"),
    [
        ({}, 0),
        ({"flag": "high"}, 0),
        ({"flag": "critical_high"}, 24),
        ({"category": "pathology"}, 72),
        ({"category": "pathology", "flag": "critical_high"}, 72),
    ],
)
def test_she_reads_a_result_when_its_time_has_come(world, her, she, facts, hours):
    report, comes = _report(world, her, **facts), NOW + timedelta(hours=hours)
    doctor_first.check(report, she.at(comes))
    assert doctor_first.held([report.id], by=she.at(comes)) == {}
    if hours:
        before = she.at(comes - timedelta(seconds=1))
        with pytest.raises(DoctorFirst) as refused:
            doctor_first.check(report, before)
        assert refused.value.facts["at"] == comes
        assert doctor_first.held_of(her.id, by=before) == {report.id: comes}


def test_what_nobody_has_signed_is_not_shown_however_old(world, her, she):
    report = _report(world, her, status="preliminary")
    later = she.at(NOW + timedelta(days=30))
    with pytest.raises(NotVerifiedYet):
        doctor_first.check(report, later)
    assert doctor_first.held_of(her.id, by=later) == {report.id: None}


def test_a_doctor_reads_everything_at_once(world, her):
    doctor = world.actor(Role.SPECIALIST)
    for facts in ({"flag": "critical_high"}, {"status": "preliminary"}, {"category": "pathology"}):
        doctor_first.check(_report(world, her, **facts), doctor)


def test_the_api_does_not_tell_her_that_a_result_is_alarming(client, world, her, she):
    _report(world, her, flag="critical_high")
    client.force_login(orgs.User.objects.get(id=she.user_id))
    (entry,) = client.get(f"/api/v1/residents/{her.id}/timeline/").json()["entries"]
    assert (entry["title"], entry["n_abnormal"], entry["is_critical"]) == ("血钾", 0, False)
