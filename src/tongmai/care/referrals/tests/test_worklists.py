"""Each step is on the other side's worklist at once, and off one's own."""

from tongmai.care.referrals import services, worklists
from tongmai.care.referrals.models import FollowUp
from tongmai.care.referrals.tests.factories import FINDINGS


def _titles(actor):
    return [item.title for item in worklists.waiting(by=actor)]


def test_the_receiver_answers_and_the_sender_learns(clinic):
    referral = clinic.submitted()
    assert _titles(clinic.specialist) == ["待答复的上转"]
    assert _titles(clinic.gp) == []
    services.return_for_information(referral_id=referral.id, by=clinic.specialist, reason="请补充")
    assert _titles(clinic.specialist) == []
    assert _titles(clinic.gp) == ["退回补充"]


def test_the_township_reviews(clinic):
    clinic.reviewing()
    assert _titles(clinic.gp) == ["审核村级上转"]
    assert _titles(clinic.specialist) == []


def test_a_refusal_waits_until_it_is_noted(clinic):
    referral = clinic.submitted()
    services.decline(referral_id=referral.id, by=clinic.specialist, reason="可在卫生院处理")
    assert _titles(clinic.gp) == ["对方不接收"]
    services.note_decline(referral_id=referral.id, by=clinic.gp)
    assert _titles(clinic.gp) == []


def test_without_a_place_it_waits_on_the_slot_issue_list(clinic):
    clinic.accepted()
    assert _titles(clinic.specialist) == ["无号待排"]


def test_who_is_booked_today_is_expected_today(clinic):
    clinic.booked()
    assert _titles(clinic.specialist) == []
    assert _titles(clinic.later(clinic.specialist, days=3)) == ["今日到诊"]


def test_treating_and_closing(clinic):
    referral = clinic.arrived()
    assert _titles(clinic.specialist) == ["在诊"]
    clinic.diagnose(referral)
    services.treat(referral_id=referral.id, by=clinic.specialist)
    assert _titles(clinic.specialist) == ["已治疗，待下转或结案"]


def test_paper_of_an_emergency_is_owed_by_the_sender(clinic):
    services.submit(referral_id=clinic.draft(consent=None, urgency="emergency").id, by=clinic.gp)
    item = worklists.waiting(by=clinic.gp)[0]
    assert (item.title, item.urgency) == ("补齐急诊转诊手续", "emergency")


def test_down_offers_receiving_and_follow_ups(clinic):
    referral = clinic.down_submitted()
    assert "待接收的下转" in _titles(clinic.gp)
    services.accept(referral_id=referral.id, by=clinic.gp)
    assert "等待接回" in _titles(clinic.gp)
    services.receive(referral_id=referral.id, by=clinic.gp)
    assert "下转随访" not in _titles(clinic.gp)
    due = clinic.later(clinic.gp, days=7)
    assert "下转随访" in _titles(due)
    first = FollowUp.objects.filter(referral=referral).first()
    services.record_follow_up(follow_up_id=first.id, findings=FINDINGS, by=due)
    assert "下转随访" not in _titles(due)


def test_the_coordinator_sees_what_waits_too_long(clinic):
    clinic.reviewing()
    assert _titles(clinic.coordinator) == []
    assert _titles(clinic.later(clinic.coordinator, days=2)) == ["等待过久：待审核"]


def test_a_nurse_is_not_asked_to_answer(clinic):
    clinic.down_submitted()
    assert "待接收的下转" not in _titles(clinic.nurse)
