"""The whole loop as stops: up, treated, down, followed up, closed."""

from tongmai.care.referrals import presenters, selectors, services
from tongmai.care.referrals.models import FollowUp
from tongmai.care.referrals.tests.factories import FINDINGS


def _rail(referral, by):
    return [(stop.label, stop.state) for stop in presenters.rail(selectors.detail(referral.id, by=by))]


def test_the_way_down_is_ahead_from_the_beginning(clinic):
    assert _rail(clinic.submitted(), clinic.gp)[-5:] == [
        ("已到诊", "todo"),
        ("已治疗", "todo"),
        ("下转", "todo"),
        ("随访", "todo"),
        ("已结案", "todo"),
    ]


def test_without_a_way_down_it_is_left_out(clinic):
    up = services.close(referral_id=clinic.treated().id, by=clinic.specialist)
    assert _rail(up, clinic.specialist)[-4:] == [
        ("已治疗", "done"),
        ("下转", "skipped"),
        ("随访", "skipped"),
        ("已结案", "now"),
    ]


def test_the_loop_stands_where_the_down_referral_stands(clinic):
    up = clinic.treated()
    down = services.submit_down(referral_id=clinic.down_draft(up).id, by=clinic.specialist)
    services.close(referral_id=up.id, by=clinic.specialist)
    assert _rail(up, clinic.specialist)[-3:] == [("下转", "now"), ("随访", "todo"), ("已结案", "todo")]
    services.accept(referral_id=down.id, by=clinic.gp)
    services.receive(referral_id=down.id, by=clinic.gp)
    assert _rail(up, clinic.gp)[-4:] == [("已治疗", "done"), ("下转", "done"), ("随访", "now"), ("已结案", "todo")]
    assert _rail(down, clinic.gp)[:2] == [("上转", "done"), ("草稿", "done")]
    for each in FollowUp.objects.filter(referral=down).order_by("number"):
        if FollowUp.objects.filter(id=each.id, done_at__isnull=True, dropped_at__isnull=True).exists():
            services.record_follow_up(follow_up_id=each.id, findings=FINDINGS, by=clinic.gp)
    services.finish(referral_id=down.id, by=clinic.gp)
    assert _rail(up, clinic.gp)[-3:] == [("下转", "done"), ("随访", "done"), ("已结案", "now")]


def test_who_is_declined_below_may_be_sent_again(clinic):
    up = clinic.treated()
    down = services.submit_down(referral_id=clinic.down_draft(up).id, by=clinic.specialist)
    services.decline(referral_id=down.id, by=clinic.gp, reason="床位紧张")
    assert _rail(up, clinic.specialist)[-4:-1] == [("已治疗", "now"), ("下转", "todo"), ("随访", "todo")]
