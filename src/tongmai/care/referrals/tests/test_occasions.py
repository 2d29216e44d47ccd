"""A referral remembers from which critical value it was begun; whoever sees that value sees what became of it."""

import pytest

from tongmai.care.referrals import occasions, services
from tongmai.care.referrals.models import Occasion
from tongmai.care.referrals.tests.test_enclosing import recorded
from tongmai.commons.residents.tests import factories as residents
from tongmai.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def begun(clinic, alarm, *, by, of=None, recording_id=None):
    return occasions.begun_from(alarm, resident_id=(of or clinic.resident).id, recording_id=recording_id, by=by)


def test_a_draft_is_seen_by_its_own_organisation_what_was_sent_by_all(clinic):
    alarm = new_id()
    referral = clinic.draft(critical_value_id=alarm)
    assert [each.sent_at for each in begun(clinic, alarm, by=clinic.gp)] == [None]
    assert begun(clinic, alarm, by=clinic.specialist) == []
    services.submit(referral_id=referral.id, by=clinic.gp)
    (seen,) = begun(clinic, alarm, by=clinic.specialist)
    assert (seen.id, seen.number, seen.state) == (referral.id, referral.number, "submitted")
    (told,) = begun(clinic, alarm, by=clinic.stranger)
    assert told.id is None and told.receiver == clinic.world.lead.short_name


def test_another_persons_is_not_shown_and_the_first_occasion_stays(clinic):
    alarm = new_id()
    referral = clinic.submitted(critical_value_id=alarm)
    assert begun(clinic, alarm, of=residents.resident("示例乙"), by=clinic.gp) == []
    occasions.note(referral, new_id(), by=clinic.gp)
    assert Occasion.objects.get().critical_value_id == alarm


def test_what_takes_the_electrocardiogram_along_belongs_to_its_alarm(clinic):
    row = recorded(clinic)
    referral = clinic.draft(recording_ids=(row.id,))
    alarm = new_id()
    assert [each.number for each in begun(clinic, alarm, recording_id=row.id, by=clinic.gp)] == [referral.number]
    services.save_draft(content=clinic.content(recording_ids=()), referral_id=referral.id, by=clinic.gp)
    assert begun(clinic, alarm, recording_id=row.id, by=clinic.gp) == []
