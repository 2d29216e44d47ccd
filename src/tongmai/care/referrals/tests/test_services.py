"""Going up: each intent, each refusal, and that nothing is left after a failure."""

from dataclasses import replace

import pytest

from tongmai.care.referrals import access, errors, services
from tongmai.care.referrals.models import Referral, SlotIssue, Transition
from tongmai.care.referrals.services import Given
from tongmai.care.referrals.tests.factories import CONSENT, signed_contract
from tongmai.commons.capacity.errors import NoCapacity
from tongmai.commons.capacity.models import Booking, Pool, Refusal
from tongmai.commons.encounters.errors import CannotFinish
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.errors import BasisNeeded
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit.models import Event
from tongmai.kernel.errors import (
    InvalidInput,
    NotFound,
    NotPermitted,
    StepNotAllowed,
    VersionConflict,
)


def test_a_referral_goes_up_and_is_closed(clinic):
    referral = clinic.treated()
    closed = services.close(referral_id=referral.id, by=clinic.specialist)
    assert closed.state == "closed"
    steps = list(Transition.objects.filter(referral=referral).values_list("step", flat=True))
    assert steps == ["draft", "submit", "accept", "arrive", "treat", "close"]
    names = set(Event.objects.filter(subject_id=referral.id).values_list("name", flat=True))
    assert {"referrals.ReferralSubmitted", "referrals.ReferralAccepted", "referrals.ReferralClosed"} <= names


def test_both_sides_encounters_stand_in_one_episode(clinic):
    referral = clinic.arrived()
    encounter = Encounter.objects.get(id=referral.arrival_encounter_id)
    assert referral.episode_id is not None
    assert encounter.episode_id == referral.episode_id
    assert encounter.org_id == clinic.world.lead.id


def test_a_draft_is_seen_by_its_sender_only(clinic):
    draft = clinic.draft()
    assert access.visible(clinic.gp).filter(id=draft.id).exists()
    for other in (clinic.specialist, clinic.coordinator, clinic.village_doctor, clinic.stranger, clinic.tcm_doctor):
        assert not access.visible(other).filter(id=draft.id).exists()


def test_a_draft_needs_a_basis(clinic):
    elsewhere = residents.resident("示例乙", village_code=residents.OTHER_VILLAGE)
    with pytest.raises(BasisNeeded):
        clinic.draft(of=elsewhere)
    assert not Referral.objects.exists()


def test_a_nurse_writes_no_referral(clinic):
    with pytest.raises(NotPermitted):
        clinic.draft(by=clinic.nurse)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"diagnosis_code": "Q99.999"}, "diagnosis"),
        ({"reason": "  "}, "reason"),
        ({"urgency": "soon"}, "urgency"),
        ({"wants": "lunch"}, "wants"),
    ],
)
def test_what_cannot_be_used_names_its_field(clinic, changes, field):
    with pytest.raises(InvalidInput) as refusal:
        clinic.draft(**changes)
    assert refusal.value.facts["field"] == field
    assert not Referral.objects.exists()


def test_it_cannot_go_down_by_the_way_up_nor_to_oneself(clinic):
    signed_contract(clinic.resident, doctor=clinic.specialist)
    with pytest.raises(errors.WrongWay):
        clinic.draft(by=clinic.world.actor("specialist"), receiver_id=clinic.world.township.id)
    with pytest.raises(errors.SameOrganisation):
        clinic.draft(receiver_id=clinic.world.township.id)


def test_out_of_the_alliance_needs_a_recorded_reason(clinic):
    with pytest.raises(errors.OutsideUnexplained):
        clinic.draft(receiver_id=clinic.world.tcm.id)
    draft = clinic.draft(receiver_id=clinic.world.tcm.id, outside_reason="居民要求中医治疗")
    assert (draft.is_inside, draft.alliance_id) == (False, clinic.world.alliance.id)


def test_without_consent_it_does_not_leave_the_draft(clinic):
    draft = clinic.draft(consent=None)
    with pytest.raises(errors.ConsentMissing):
        services.submit(referral_id=draft.id, by=clinic.gp)
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_at) == ("draft", None)
    assert list(Transition.objects.values_list("step", flat=True)) == ["draft"]


@pytest.mark.parametrize(
    "given",
    [
        Given(relation="self", how="signature"),
        Given(relation="self", how="oral", agreed_name="示例甲"),
        Given(relation="self", how="emergency", note="昏迷"),
        Given(relation="nobody", how="signature", agreed_name="示例甲"),
        Given(relation="cousin", how="signature", agreed_name="示例甲"),
        Given(relation="self", how="telepathy", agreed_name="示例甲"),
    ],
)
def test_an_incomplete_consent_is_refused(clinic, given):
    with pytest.raises(InvalidInput):
        clinic.draft(consent=given)


def test_a_child_does_not_consent_for_herself(clinic):
    clinic.resident.born_on = clinic.gp.today.replace(year=clinic.gp.today.year - 13)
    clinic.resident.save(update_fields=["born_on"])
    with pytest.raises(InvalidInput):
        clinic.draft()
    given = Given(relation="parent", how="signature", agreed_name="示例甲的母亲")
    assert clinic.draft(consent=given).consent.relation == "parent"


def test_one_open_referral_for_a_problem(clinic):
    clinic.submitted()
    second = clinic.draft()
    with pytest.raises(errors.AlreadyOpen):
        services.submit(referral_id=second.id, by=clinic.gp)
    other_problem = clinic.submitted(diagnosis_code="J18.900")
    assert other_problem.state == "submitted"


def test_from_the_family_doctor_is_a_fact_of_the_day(clinic):
    assert clinic.submitted().by_family_doctor is False
    signed_contract(clinic.resident, doctor=clinic.gp)
    assert clinic.submitted(diagnosis_code="J18.900").by_family_doctor is True


def test_a_villages_referral_is_reviewed_by_its_township(clinic):
    referral = clinic.reviewing()
    assert (referral.state, referral.submitted_at) == ("reviewing", None)
    assert not access.visible(clinic.specialist).filter(id=referral.id).exists()
    passed = services.approve_review(referral_id=referral.id, by=clinic.gp)
    assert passed.state == "submitted"
    assert access.visible(clinic.specialist).filter(id=referral.id).exists()


def test_the_township_sends_back_with_a_reason(clinic):
    referral = clinic.reviewing()
    with pytest.raises(errors.ReasonMissing):
        services.send_back(referral_id=referral.id, by=clinic.gp, reason=" ")
    services.send_back(referral_id=referral.id, by=clinic.gp, reason="先在卫生院检查")
    again = services.resubmit(
        referral_id=referral.id, content=clinic.content(summary="已检查"), by=clinic.village_doctor
    )
    assert again.state == "reviewing"


def test_the_receiver_cannot_accept_twice(clinic):
    referral = clinic.accepted()
    with pytest.raises(StepNotAllowed):
        services.accept(referral_id=referral.id, by=clinic.specialist)


def test_accepted_without_a_place_is_on_the_slot_issue_list_and_nothing_counts_as_refused(clinic):
    referral = clinic.accepted()
    assert SlotIssue.objects.filter(referral=referral, closed_at=None).exists()
    assert not Refusal.objects.exists()


def test_a_stranger_and_another_hospital_do_not_find_it(clinic):
    referral = clinic.submitted()
    for other in (clinic.stranger, clinic.tcm_doctor, clinic.village_doctor, clinic.world.actor("manager")):
        with pytest.raises(NotFound):
            services.accept(referral_id=referral.id, by=other)


def test_the_sender_cannot_answer_itself(clinic):
    with pytest.raises(StepNotAllowed):
        services.accept(referral_id=clinic.submitted().id, by=clinic.gp)


def test_decline_needs_a_reason_and_is_noted_by_the_sender(clinic):
    referral = clinic.submitted()
    with pytest.raises(errors.ReasonMissing):
        services.decline(referral_id=referral.id, by=clinic.specialist, reason="")
    services.decline(referral_id=referral.id, by=clinic.specialist, reason="可在卫生院处理")
    with pytest.raises(StepNotAllowed):
        services.note_decline(referral_id=referral.id, by=clinic.specialist)
    noted = services.note_decline(referral_id=referral.id, by=clinic.gp)
    first = noted.decline_seen_at
    assert services.note_decline(referral_id=referral.id, by=clinic.later(clinic.gp, hours=1)).decline_seen_at == first


def test_returned_for_information_and_sent_again(clinic):
    referral = clinic.submitted()
    services.return_for_information(referral_id=referral.id, by=clinic.specialist, reason="请补充心电图")
    again = services.resubmit(referral_id=referral.id, content=clinic.content(summary="心电图：窦性心律"), by=clinic.gp)
    assert (again.state, again.summary) == ("submitted", "心电图：窦性心律")


def test_booking_takes_a_place_in_the_same_transaction(clinic):
    pool = clinic.pool(total=1, reserved=0)
    referral = clinic.booked(pool)
    pool.refresh_from_db()
    assert (referral.state, referral.booked_for) == ("booked", pool.starts_at)
    assert Booking.objects.get(id=referral.booking_id).source_id == referral.id


def test_a_family_doctors_referral_takes_the_reserved_share(clinic):
    signed_contract(clinic.resident, doctor=clinic.gp)
    pool = clinic.pool(total=10)
    clinic.booked(pool)
    pool.refresh_from_db()
    assert (pool.taken_reserved, pool.taken_public) == (1, 0)


def test_when_no_place_is_left_it_is_accepted_and_not_lost(clinic):
    pool = clinic.pool(total=1, reserved=0)
    clinic.booked(pool)
    other = residents.resident("示例乙")
    referral = clinic.submitted(of=other)
    got = services.accept_and_book(referral_id=referral.id, pool_ids=[pool.id], by=clinic.specialist)
    assert (got.state, got.booking_id) == ("accepted", None)
    assert SlotIssue.objects.filter(referral=got, closed_at=None).count() == 1
    assert Refusal.objects.filter(source_id=got.id).count() == 1
    with pytest.raises(NoCapacity):
        services.book(referral_id=got.id, pool_ids=[pool.id], by=clinic.specialist)
    assert Refusal.objects.get(source_id=got.id).times == 2
    found = services.book(referral_id=got.id, pool_ids=[clinic.pool().id], by=clinic.specialist)
    assert found.state == "booked"
    assert not SlotIssue.objects.filter(referral=got, closed_at=None).exists()
    assert Refusal.objects.get(source_id=got.id).resolved_at is not None


def test_only_places_of_the_receiver_are_booked(clinic):
    from tongmai.commons.capacity.tests import factories as capacity

    elsewhere = capacity.clinic(clinic.world.tcm, clinic.world.departments["tcm"])
    referral = clinic.submitted()
    with pytest.raises(InvalidInput):
        services.accept_and_book(referral_id=referral.id, pool_ids=[elsewhere.id], by=clinic.specialist)
    referral.refresh_from_db()
    assert referral.state == "submitted"


def test_withdrawing_gives_the_place_back(clinic):
    pool = clinic.pool(total=1, reserved=0)
    referral = clinic.booked(pool)
    services.withdraw(referral_id=referral.id, by=clinic.gp, reason="症状缓解")
    pool.refresh_from_db()
    assert pool.taken_public + pool.taken_reserved + pool.taken_borrowed == 0
    assert Booking.objects.get(id=referral.booking_id).state == "cancelled"


def test_rescheduling_moves_the_place(clinic):
    first, second = clinic.pool(days=3), clinic.pool(days=4)
    referral = clinic.booked(first)
    moved = services.reschedule(referral_id=referral.id, pool_ids=[second.id], by=clinic.specialist, reason="医生停诊")
    assert (moved.state, moved.booked_for) == ("booked", second.starts_at)
    assert Pool.objects.get(id=first.id).taken_public + Pool.objects.get(id=first.id).taken_borrowed == 0


def test_missed_then_booked_again(clinic):
    referral = clinic.booked()
    after = clinic.later(clinic.specialist, days=3, hours=5)
    missed = services.miss(referral_id=referral.id, by=after)
    assert missed.state == "no_show"
    again = services.book(referral_id=referral.id, pool_ids=[clinic.pool(days=6).id], by=after)
    assert again.state == "booked"


def test_arriving_keeps_the_booking(clinic):
    referral = clinic.booked()
    arrived = services.arrive(referral_id=referral.id, by=clinic.later(clinic.specialist, days=3))
    assert arrived.state == "arrived"
    assert Booking.objects.get(id=referral.booking_id).state == "arrived"


def test_the_desk_registers_an_arrival_and_the_doctor_begins(clinic):
    referral = clinic.accepted()
    registrar = clinic.world.actor("registrar", org=clinic.world.lead)
    arrived = services.arrive(referral_id=referral.id, by=registrar)
    assert Encounter.objects.get(id=arrived.arrival_encounter_id).state == "planned"


def test_treatment_needs_its_diagnosis_first(clinic):
    referral = clinic.arrived()
    with pytest.raises(CannotFinish):
        services.treat(referral_id=referral.id, by=clinic.specialist)
    referral.refresh_from_db()
    assert referral.state == "arrived"


def test_redirect_asks_another_and_the_former_loses_sight(clinic):
    referral = clinic.accepted()
    with pytest.raises(errors.ReasonMissing):
        services.redirect(referral_id=referral.id, receiver_id=clinic.world.tcm.id, by=clinic.coordinator, reason="")
    sent_on = services.redirect(
        referral_id=referral.id, receiver_id=clinic.world.tcm.id, by=clinic.coordinator, reason="专科在中医院"
    )
    assert (sent_on.state, sent_on.receiver_id, sent_on.is_inside) == ("submitted", clinic.world.tcm.id, False)
    assert access.visible(clinic.tcm_doctor).filter(id=referral.id).exists()
    assert not access.visible(clinic.specialist).filter(id=referral.id).exists()
    assert not SlotIssue.objects.filter(referral=referral, closed_at=None).exists()


def test_a_specialist_does_not_redirect(clinic):
    with pytest.raises(StepNotAllowed):
        services.redirect(
            referral_id=clinic.submitted().id, receiver_id=clinic.world.tcm.id, by=clinic.specialist, reason="专科"
        )


def test_an_old_version_is_refused(clinic):
    referral = clinic.submitted()
    with pytest.raises(VersionConflict):
        services.accept(referral_id=referral.id, by=clinic.specialist, seen_version=referral.version - 1)


def test_an_emergency_acts_first_and_brings_its_paper_later(clinic):
    referral = services.submit(referral_id=clinic.draft(consent=None, urgency="emergency").id, by=clinic.gp)
    assert referral.state == "accepted"
    assert referral.paperwork_until > clinic.world.now
    arrived = services.arrive(referral_id=referral.id, by=clinic.specialist)
    clinic.diagnose(arrived)
    treated = services.treat(referral_id=referral.id, by=clinic.specialist)
    with pytest.raises(StepNotAllowed):
        services.close(referral_id=treated.id, by=clinic.specialist)
    exception = Given(relation="nobody", how="emergency", note="昏迷，联系不上家属")
    done = services.complete_paperwork(
        referral_id=referral.id, summary="突发胸痛 1 小时", consent_given=exception, by=clinic.gp
    )
    assert (done.state, done.paperwork_until) == ("treated", None)
    assert services.close(referral_id=treated.id, by=clinic.specialist).state == "closed"


def test_an_emergency_without_paper_is_written_down_where_it_arrives(clinic):
    signed_contract(clinic.resident, doctor=clinic.specialist)
    content = clinic.content(urgency="emergency")
    referral = services.admit_emergency(
        resident_id=clinic.resident.id, sender_id=clinic.world.village.id, content=content, by=clinic.specialist
    )
    assert (referral.state, referral.sender_id) == ("arrived", clinic.world.village.id)
    assert "complete_paperwork" in access.possible_steps(referral, by=clinic.village_doctor)
    with pytest.raises(InvalidInput):
        services.admit_emergency(
            resident_id=clinic.resident.id,
            sender_id=clinic.world.village.id,
            content=replace(content, urgency="routine"),
            by=clinic.specialist,
        )


def test_the_sender_writes_down_the_answer_of_a_hospital_outside(clinic):
    referral = clinic.submitted(receiver_id=clinic.world.outside.id, outside_reason="须心脏外科手术")
    accepted = services.accept(referral_id=referral.id, by=clinic.gp, note="电话联系转诊中心同意")
    assert accepted.state == "accepted"
    assert services.arrive(referral_id=referral.id, by=clinic.gp).arrival_encounter_id is None


def test_a_message_twice_is_one_referral(clinic):
    from tongmai.foundation.orgs.actors import Actor

    by = Actor.system(now=clinic.world.now)
    facts = {
        "external_system": "HIS",
        "external_number": "R-1",
        "resident_id": clinic.resident.id,
        "sender_org_id": clinic.world.township.id,
        "content": clinic.content(diagnosis_code="Z99.9X1"),
        "diagnosis_name": "对方目录中的诊断",
        "by": by,
    }
    first, is_new = services.receive_external(**facts)
    second, is_new_again = services.receive_external(**facts)
    assert (first.state, is_new, is_new_again, second.id) == ("submitted", True, False, first.id)
    assert services.accept(referral_id=first.id, by=clinic.specialist).state == "accepted"


def test_saving_a_draft_again_changes_it_and_a_sent_one_not(clinic):
    draft = clinic.draft()
    changed = services.save_draft(content=clinic.content(reason="补充"), by=clinic.gp, referral_id=draft.id)
    assert (changed.reason, changed.version) == ("补充", draft.version + 1)
    services.submit(referral_id=draft.id, by=clinic.gp)
    with pytest.raises(StepNotAllowed):
        services.save_draft(content=clinic.content(), by=clinic.gp, referral_id=draft.id, consent_given=CONSENT)
