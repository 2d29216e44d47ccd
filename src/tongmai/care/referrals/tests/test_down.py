"""Coming down: the offer with its plan, receiving, following up until it is done."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tongmai.care.referrals import access, errors, services
from tongmai.care.referrals.models import FollowUp, Referral
from tongmai.care.referrals.services import Findings, Item, Medicine
from tongmai.care.referrals.tests.factories import CONSENT, FINDINGS
from tongmai.commons.encounters.models import Encounter, Episode
from tongmai.kernel.errors import InvalidInput, NotFound, StepNotAllowed


def test_what_came_up_goes_down_and_is_followed_until_done(clinic):
    referral = clinic.received()
    up = referral.parent
    assert (referral.state, referral.episode_id) == ("received", up.episode_id)
    for follow_up in list(FollowUp.objects.filter(referral=referral)):
        services.record_follow_up(follow_up_id=follow_up.id, findings=FINDINGS, by=clinic.gp)
    services.close(referral_id=up.id, by=clinic.specialist)
    done = services.finish(referral_id=referral.id, by=clinic.gp)
    assert done.state == "closed"
    assert Episode.objects.get(id=referral.episode_id).closed_at is not None
    assert Encounter.objects.get(id=done.arrival_encounter_id).state == "finished"


def test_the_follow_ups_are_what_the_plan_asks_for_and_enough_of_them(clinic):
    referral = clinic.received()
    days = list(FollowUp.objects.filter(referral=referral).values_list("due_on", "task"))
    first = clinic.world.now.date() + timedelta(days=7)
    assert days == [(first, "复测血压"), (first + timedelta(days=7), "")]


def test_it_cannot_be_finished_while_a_follow_up_is_due(clinic):
    referral = clinic.received()
    first = FollowUp.objects.filter(referral=referral).first()
    services.record_follow_up(follow_up_id=first.id, findings=FINDINGS, by=clinic.gp)
    with pytest.raises(StepNotAllowed):
        services.finish(referral_id=referral.id, by=clinic.gp)


def test_a_follow_up_stands_in_the_record_and_is_not_overwritten(clinic):
    referral = clinic.received()
    first = FollowUp.objects.filter(referral=referral).first()
    found = Findings(result="stable", way="home", systolic_mmhg=138, diastolic_mmhg=84, glucose_mmol=Decimal("6.1"))
    services.record_follow_up(follow_up_id=first.id, findings=found, by=clinic.gp)
    visit = Encounter.objects.get(source_kind="follow_up", source_id=first.id)
    assert (visit.kind, visit.episode_id, visit.state) == ("home_visit", referral.episode_id, "finished")
    assert visit.vitals.get().systolic == 138
    with pytest.raises(StepNotAllowed):
        services.record_follow_up(follow_up_id=first.id, findings=FINDINGS, by=clinic.gp)


def test_getting_worse_brings_the_next_follow_up_forward(clinic):
    referral = clinic.received()
    rows = FollowUp.objects.filter(referral=referral)
    services.record_follow_up(
        follow_up_id=rows.first().id, findings=Findings(result="worse", way="phone"), by=clinic.gp
    )
    assert rows.count() == 3
    assert rows.last().due_on == clinic.world.now.date() + timedelta(days=3)


def test_a_death_ends_all_follow_up(clinic):
    referral = clinic.received()
    rows = FollowUp.objects.filter(referral=referral)
    services.record_follow_up(follow_up_id=rows.first().id, findings=Findings(result="died", way="phone"), by=clinic.gp)
    assert not rows.filter(done_at=None, dropped_at=None).exists()
    assert services.finish(referral_id=referral.id, by=clinic.gp).state == "closed"


@pytest.mark.parametrize(
    ("findings", "field"),
    [
        (Findings(result="fine", way="phone"), "result"),
        (Findings(result="stable", way="pigeon"), "way"),
        (Findings(result="stable", way="home", systolic_mmhg=999), "systolic_mmhg"),
    ],
)
def test_findings_that_cannot_be_are_refused(clinic, findings, field):
    first = FollowUp.objects.filter(referral=clinic.received()).first()
    with pytest.raises(InvalidInput) as refusal:
        services.record_follow_up(follow_up_id=first.id, findings=findings, by=clinic.gp)
    assert refusal.value.facts["field"] == field
    first.refresh_from_db()
    assert first.done_at is None


def test_others_do_not_follow_up(clinic):
    first = FollowUp.objects.filter(referral=clinic.received()).first()
    with pytest.raises(NotFound):
        services.record_follow_up(follow_up_id=first.id, findings=FINDINGS, by=clinic.stranger)
    with pytest.raises(StepNotAllowed):
        services.record_follow_up(follow_up_id=first.id, findings=FINDINGS, by=clinic.specialist)


def test_nothing_goes_down_before_it_arrived(clinic):
    referral = clinic.accepted()
    with pytest.raises(errors.NothingToSendDown):
        services.send_down(plan=clinic.plan(), by=clinic.specialist, up_id=referral.id)


def test_only_the_upper_hospital_sends_down(clinic):
    up = clinic.treated()
    with pytest.raises(errors.NothingToSendDown):
        services.send_down(plan=clinic.plan(), by=clinic.gp, up_id=up.id)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"group": "tired"}, InvalidInput),
        ({"discharge_summary": " "}, errors.NotInPlan),
        ({"medicines": [], "items": []}, errors.NotInPlan),
        ({"reason": ""}, InvalidInput),
        ({"items": [Item(text="复诊", who="friend")]}, InvalidInput),
        ({"items": [Item(text=" ", who="self")]}, InvalidInput),
        ({"medicines": [Medicine(name="", dose="1", frequency="1")]}, InvalidInput),
        ({"medicines": [Medicine(name="甲", dose="1 片", frequency="每日", days=0)]}, InvalidInput),
    ],
)
def test_a_plan_that_is_no_plan_is_refused(clinic, changes, error):
    up = clinic.treated()
    with pytest.raises(error):
        clinic.down_draft(up, **changes)
    assert not Referral.objects.filter(direction="down").exists()


def test_a_stay_of_ones_own_goes_down_too(clinic):
    from tongmai.care.referrals.services import chain
    from tongmai.commons.encounters import services as encounters

    stay = encounters.admit(clinic.resident.id, by=clinic.specialist)
    assert chain.encounter_here(stay.id, by=clinic.specialist) == stay
    referral = services.send_down(
        plan=clinic.plan(group="post_operative"), by=clinic.specialist, encounter_id=stay.id, consent_given=CONSENT
    )
    assert (referral.state, referral.source_encounter_id) == ("draft", stay.id)
    with pytest.raises(NotFound):
        services.send_down(plan=clinic.plan(), by=clinic.tcm_doctor, encounter_id=stay.id)


def test_a_down_draft_is_changed_as_a_whole(clinic):
    draft = clinic.down_draft()
    services.send_down(plan=clinic.plan(medicines=[]), by=clinic.specialist, referral_id=draft.id)
    assert draft.plan.medicines.count() == 0


def test_the_township_sends_on_to_its_village(clinic):
    referral = clinic.down_submitted()
    sent_on = services.redirect(
        referral_id=referral.id, receiver_id=clinic.world.village.id, by=clinic.gp, reason="由村医就近随访"
    )
    assert (sent_on.receiver_id, sent_on.state) == (clinic.world.village.id, "submitted")
    accepted = services.accept(referral_id=referral.id, by=clinic.village_doctor)
    assert "receive" in access.possible_steps(accepted, by=clinic.village_doctor)


def test_a_village_doctor_receives_and_follows_at_home(clinic):
    referral = clinic.down_submitted(receiver_id=clinic.world.village.id)
    services.accept(referral_id=referral.id, by=clinic.village_doctor)
    received = services.receive(referral_id=referral.id, by=clinic.village_doctor)
    assert Encounter.objects.get(id=received.arrival_encounter_id).kind == "home_visit"


def test_submit_down_twice_is_refused(clinic):
    referral = clinic.down_submitted()
    with pytest.raises(StepNotAllowed):
        services.submit_down(referral_id=referral.id, by=clinic.specialist)
