"""What a reader wrote about images in a viewer of others, and where it is kept."""

from dataclasses import replace

import pytest

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.imaging import services
from tongmai.commons.imaging.models import Held, Instance, Study
from tongmai.commons.imaging.tests import factories, samples
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.errors import NotFound, NotPermitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_archive")]


@pytest.fixture
def study(world, her):
    each = factories.store(samples.measuring(factories.OF), world.lead.id, factories.of(her.id))
    return Study.objects.get(uid=each.facts.study_uid)


@pytest.fixture
def treated(world, her):
    Encounter.objects.create(resident=her, org=world.lead, kind="inpatient", state="in_progress", started_at=orgs.NOW)


def written_by(world, **changed):
    return factories.arriving(samples.findings(samples.measuring(replace(factories.OF, **changed))), world.lead.id)


@pytest.mark.usefixtures("treated")
def test_what_a_reader_wrote_stands_with_the_study(world, her, study):
    reader = orgs.actor(Role.REPORTING_DOCTOR, org=world.lead)
    for outcome in ("stored", "same"):
        assert services.keep_findings(written_by(world), by=reader) == outcome
    kept = Instance.objects.get(series__modality="SR")
    assert (kept.series.study_id, kept.n_rows) == (study.id, 0)
    told = Event.objects.get(name="imaging.FindingsKept")
    assert (told.by_user_id, told.resident_id) == (reader.user_id, her.id)
    assert AccessLog.objects.filter(resident_id=her.id, what="study", by_user_id=reader.user_id).exists()


@pytest.mark.usefixtures("treated")
def test_of_another_person_it_is_held(world, study):
    reader = orgs.actor(Role.REPORTING_DOCTOR, org=world.lead)
    assert services.keep_findings(written_by(world, number="R2", study_uid=study.uid), by=reader) == "held"
    assert Held.objects.get().reason == "other-person"
    assert not Event.objects.filter(name="imaging.FindingsKept").exists()


@pytest.mark.usefixtures("study")
def test_who_may_not_open_the_study_or_reports_nothing_leaves_nothing(world, treated):
    stranger = orgs.actor(Role.REPORTING_DOCTOR, org=orgs.org("示例二院"))
    unknown = written_by(world, order_number="340199A0009")
    for each, by, why in (
        (written_by(world), stranger, NotPermitted),
        (written_by(world), orgs.actor(Role.SPECIALIST, org=world.lead), NotPermitted),
        (unknown, orgs.actor(Role.REPORTING_DOCTOR, org=world.lead), NotFound),
    ):
        with pytest.raises(why):
            services.keep_findings(each, by=by)
    image = factories.arriving(factories.film(), world.lead.id)
    with pytest.raises(NotPermitted):
        services.keep_findings(image, by=orgs.actor(Role.REPORTING_DOCTOR, org=world.lead))
    assert Instance.objects.count() == 1
