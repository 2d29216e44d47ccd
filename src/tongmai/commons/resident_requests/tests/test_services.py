"""Disputes and ward requests: raised, settled, opened again once, taken back; for those whose they are."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.resident_requests import presenters, selectors, services, worklists
from tongmai.commons.resident_requests.errors import DisputedAlready, ReopenedAlready, WardAskedAlready, WardUnknown
from tongmai.commons.resident_requests.models import Dispute, DisputeTransition, LogRead, WardRequest
from tongmai.commons.resident_requests.states import DisputeState, DisputeStep, WardState
from tongmai.commons.residents import marks
from tongmai.commons.residents import services as people_services
from tongmai.commons.residents.models import Guardian
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, StepNotAllowed

SAID = "这次就诊不是我"


@pytest.fixture
def world(db):
    return factories.county_world()


@pytest.fixture
def doctor(world):
    return world.actor(Role.GENERAL_PRACTITIONER)


@pytest.fixture
def registrar(world):
    return world.actor(Role.REGISTRAR)


@pytest.fixture
def her(registrar):
    return people.resident("示例张小芳", by=registrar)


@pytest.fixture
def she(her):
    return factories.actor(Role.RESIDENT, resident_id=her.id)


@pytest.fixture
def visit(her, doctor):
    return visits.visit(her, by=doctor)


def _looked(her, doctor):
    people_services.break_glass(her.id, by=doctor, reason="昏迷送来，须知过敏史")
    return AccessLog.objects.get(resident_id=her.id, basis="emergency").id


def _about(she, her, visit, said=SAID):
    return services.dispute_entry(her.id, by=she, entry_kind="encounter", entry_id=visit.id, said=said)


def _kinds(by):
    return [item.title for item in worklists.waiting(by=by)]


def test_an_entry_goes_to_the_organisation_that_wrote_it(her, she, visit, doctor, world, registrar):
    dispute = _about(she, her, visit)
    assert (dispute.org_id, dispute.state, dispute.kind) == (doctor.org_id, "open", "entry")
    assert dispute.due_at == she.now + timedelta(days=15)
    for who in (doctor, registrar):
        assert _kinds(who) == ["对记录的异议"]
    for who in (world.actor(Role.SPECIALIST), world.actor(Role.AUDIT_ADMIN), world.actor(Role.NURSE), she):
        assert _kinds(who) == []
        if who is not she:
            with pytest.raises(NotFound):
                selectors.dispute(dispute.id, by=who)
    assert Event.objects.filter(name="resident_requests.DisputeRaised", resident_id=her.id).count() == 1


def test_an_access_goes_to_the_audit_administrator_of_the_county(her, she, doctor, world):
    dispute = services.dispute_access(her.id, by=she, access_log_id=_looked(her, doctor), said="不知道为什么看")
    assert dispute.org_id is None and dispute.county_code == factories.COUNTY
    assert _kinds(world.actor(Role.AUDIT_ADMIN)) == ["对查阅的异议"]
    assert worklists.waiting(by=world.actor(Role.AUDIT_ADMIN))[0].who.startswith("示**")
    elsewhere = factories.actor(Role.AUDIT_ADMIN, org=world.stranger)
    assert _kinds(elsewhere) == _kinds(doctor) == []
    with pytest.raises(NotFound):
        services.settle(dispute.id, by=elsewhere, step=DisputeStep.ANSWER, said="没有问题的")


def test_identity_goes_to_the_family_doctors_place_else_to_who_registered(her, she, world, registrar):
    first = services.dispute_identity(her.id, by=she, said="名字里的字错了")
    assert first.org_id == registrar.org_id and marks.disputed([her.id])[her.id].dispute_id == first.id
    people.family_doctor(her, by=world.actor(Role.VILLAGE_DOCTOR))
    assert services.dispute_identity(her.id, by=she, said="电话也错了呀").org_id == world.village.id


@pytest.mark.parametrize("said", ["", "错", "  错  ", "错" * 1001])
def test_something_has_to_be_said(her, she, visit, doctor, said):
    log_id = _looked(her, doctor)
    for raising in (
        lambda: _about(she, her, visit, said),
        lambda: services.dispute_access(her.id, by=she, access_log_id=log_id, said=said),
        lambda: services.dispute_identity(her.id, by=she, said=said),
    ):
        with pytest.raises(InvalidInput):
            raising()
    assert not Dispute.objects.exists()


def test_only_what_stands_in_her_own_record_can_be_disputed(her, she, doctor, visit):
    other = people.resident("示例邻人")
    strange = visits.visit(other, by=doctor)
    people_services.break_glass(other.id, by=doctor, reason="昏迷送来，须知过敏史")
    log = AccessLog.objects.get(resident_id=other.id, basis="emergency")
    wrong = (
        lambda: services.dispute_entry(other.id, by=she, entry_kind="encounter", entry_id=strange.id, said=SAID),
        lambda: services.dispute_entry(her.id, by=she, entry_kind="encounter", entry_id=strange.id, said=SAID),
        lambda: services.dispute_entry(her.id, by=she, entry_kind="encounter", entry_id=uuid4(), said=SAID),
        lambda: services.dispute_entry(her.id, by=she, entry_kind="nonsense", entry_id=visit.id, said=SAID),
        lambda: services.dispute_access(her.id, by=she, access_log_id=log.id, said=SAID),
        lambda: services.dispute_access(other.id, by=she, access_log_id=log.id, said=SAID),
        lambda: services.dispute_identity(other.id, by=she, said=SAID),
    )
    for raising in wrong:
        with pytest.raises(NotFound):
            raising()
    with pytest.raises(NotPermitted):
        services.dispute_identity(her.id, by=doctor, said=SAID)
    assert not Dispute.objects.exists()


def test_one_thing_is_disputed_once_at_a_time(her, she, visit, doctor):
    first = _about(she, her, visit)
    with pytest.raises(DisputedAlready):
        _about(she, her, visit)
    services.withdraw(first.id, by=she)
    assert _about(she, her, visit).id != first.id


@pytest.mark.parametrize(
    ("step", "state"),
    [(DisputeStep.ANSWER, "answered"), (DisputeStep.CORRECT, "corrected"), (DisputeStep.REJECT, "rejected")],
)
def test_it_is_settled_with_words_and_the_mark_goes(her, she, visit, doctor, step, state):
    dispute = _about(she, her, visit)
    assert visit.id in marks.disputed([visit.id])
    with pytest.raises(InvalidInput):
        services.settle(dispute.id, by=doctor, step=step, said=" ")
    settled = services.settle(dispute.id, by=doctor, step=step, said="已与当日医生核对")
    assert (settled.state, settled.answer, settled.answered_by_id) == (state, "已与当日医生核对", doctor.user_id)
    assert not marks.disputed([visit.id]) and _kinds(doctor) == []
    with pytest.raises(StepNotAllowed):
        services.settle(dispute.id, by=doctor, step=step, said="再来一次")
    assert list(DisputeTransition.objects.values_list("to_state", flat=True)) == ["open", state]
    assert selectors.dispute(dispute.id, by=she).line.answer == "已与当日医生核对"


def test_nobody_answers_on_the_other_side(her, she, visit, doctor):
    dispute = _about(she, her, visit)
    with pytest.raises(StepNotAllowed):
        services.settle(dispute.id, by=she, step=DisputeStep.ANSWER, said="我自己答复")
    with pytest.raises(StepNotAllowed):
        services.withdraw(dispute.id, by=doctor)
    services.settle(dispute.id, by=doctor, step=DisputeStep.REJECT, said="与病历相符")
    with pytest.raises(StepNotAllowed):
        services.reopen(dispute.id, by=doctor, said="我替她说")
    assert Dispute.objects.get().state == "rejected"


def test_not_content_she_says_so_once(her, she, visit, doctor):
    dispute = _about(she, her, visit)
    services.settle(dispute.id, by=doctor, step=DisputeStep.REJECT, said="与病历相符")
    later = she.at(she.now + timedelta(days=29))
    again = services.reopen(dispute.id, by=later, said="那天我在外地")
    assert again.due_at == later.now + timedelta(days=15) and _kinds(doctor) == ["对记录的异议"]
    services.settle(dispute.id, by=doctor, step=DisputeStep.ANSWER, said="已请信息科核对")
    with pytest.raises(ReopenedAlready):
        services.reopen(dispute.id, by=she, said="还是不认可")
    assert "reopen" not in selectors.dispute(dispute.id, by=she).steps


def test_too_late_is_too_late(her, she, visit, doctor):
    dispute = _about(she, her, visit)
    services.settle(dispute.id, by=doctor, step=DisputeStep.REJECT, said="与病历相符")
    with pytest.raises(ReopenedAlready):
        services.reopen(dispute.id, by=she.at(doctor.now + timedelta(days=30)), said="那天我在外地")


def test_a_new_dispute_stands_in_the_way_of_an_old_one(her, she, visit, doctor):
    first = _about(she, her, visit)
    services.settle(first.id, by=doctor, step=DisputeStep.REJECT, said="与病历相符")
    _about(she, her, visit)
    with pytest.raises(DisputedAlready):
        services.reopen(first.id, by=she, said="那天我在外地")
    assert Dispute.objects.get(id=first.id).state == "rejected"


def test_a_guardian_disputes_for_her_ward(her, she, registrar, doctor):
    ward = people.resident("示例小宝", born_on=date(2020, 3, 1), by=registrar)
    with pytest.raises(NotFound):
        services.dispute_identity(ward.id, by=she, said="名字不对")
    people_services.add_guardian(
        ward.id, by=registrar, name="示例张小芳", relation="mother", guardian_resident_id=her.id
    )
    dispute = services.dispute_identity(ward.id, by=she, said="名字不对")
    assert [line.id for line in selectors.disputes_of(ward.id, by=she)] == [dispute.id]
    assert [each.name for each in selectors.family(by=she)][1:] == ["示例小宝"]
    assert selectors.family(by=doctor) == []


def test_what_was_read_is_no_news(her, she, doctor):
    _looked(her, doctor)
    assert selectors.looked_since(her.id, by=she).count() == 1
    services.note_read(her.id, by=she)
    services.note_read(her.id, by=she)
    assert selectors.looked_since(her.id, by=she).count() == 0 and LogRead.objects.count() == 1
    with pytest.raises(NotFound):
        services.note_read(people.resident("示例邻人").id, by=she)


def _asked(she, number, name="示例二宝", **more):
    return services.ask_for_ward(by=she, **({"name": name, "number": number, "relation": "mother"} | more))


def test_a_registrar_enters_the_guardian(her, she, registrar, doctor, world):
    number = people.citizen_id(date(2021, 6, 1))
    ward = people.resident("示例二宝", born_on=date(2021, 6, 1), by=registrar, id_number=number)
    asked = _asked(she, number, note="户口簿在家")
    assert asked.due_at == she.now + timedelta(days=5)
    assert _kinds(registrar) == ["核对监护关系"] and _kinds(doctor) == []
    line = selectors.ward_request(asked.id, by=registrar)
    assert selectors.ward_found(line, by=registrar).id == ward.id
    for nobody in (doctor, factories.actor(Role.REGISTRAR, org=world.stranger)):
        with pytest.raises(NotFound):
            services.accept_ward(asked.id, by=nobody)
    accepted = services.accept_ward(asked.id, by=registrar)
    made = Guardian.objects.get()
    assert (accepted.state, accepted.guardian_id, made.resident_id) == ("accepted", made.id, ward.id)
    assert (made.guardian_resident_id, made.relation, made.grown_up_on) == (her.id, "mother", date(2039, 6, 1))
    with pytest.raises(StepNotAllowed):
        services.refuse_ward(asked.id, by=registrar, reason="晚了")
    assert _kinds(registrar) == []


def test_name_and_number_must_both_be_right(her, she, registrar):
    number = people.citizen_id(date(2021, 6, 1))
    people.resident("示例二宝", born_on=date(2021, 6, 1), by=registrar, id_number=number)
    asked = _asked(she, number, name="示例别宝")
    assert selectors.ward_found(selectors.ward_request(asked.id, by=registrar), by=registrar) is None
    with pytest.raises(WardUnknown):
        services.accept_ward(asked.id, by=registrar)
    assert WardRequest.objects.get().state == "asked" and not Guardian.objects.exists()


def test_a_guardian_who_is_entered_already_is_not_entered_twice(her, she, registrar):
    number = people.citizen_id(date(2021, 6, 1))
    ward = people.resident("示例二宝", born_on=date(2021, 6, 1), by=registrar, id_number=number)
    people_services.add_guardian(
        ward.id, by=registrar, name="示例张小芳", relation="mother", guardian_resident_id=her.id
    )
    asked = _asked(she, number)
    with pytest.raises(Conflict):
        services.accept_ward(asked.id, by=registrar)
    assert WardRequest.objects.get().state == "asked"


def test_refused_with_a_reason_or_taken_back(her, she, registrar):
    asked = _asked(she, people.citizen_id())
    with pytest.raises(InvalidInput):
        services.refuse_ward(asked.id, by=registrar, reason=" ")
    with pytest.raises(WardAskedAlready):
        _asked(she, asked.ward_number)
    with pytest.raises(StepNotAllowed):
        services.accept_ward(asked.id, by=she)
    assert services.refuse_ward(asked.id, by=registrar, reason="没有户口簿").reason == "没有户口簿"
    again = _asked(she, asked.ward_number)
    assert services.withdraw_ward_request(again.id, by=she).state == "withdrawn"
    with pytest.raises(StepNotAllowed):
        services.withdraw_ward_request(again.id, by=she)
    other = factories.actor(Role.RESIDENT, resident_id=people.resident("示例邻人").id)
    third = _asked(she, asked.ward_number)
    with pytest.raises(NotFound):
        services.withdraw_ward_request(third.id, by=other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"number": "12"},
        {"number": "34019919600517002X"},
        {"relation": "neighbour"},
        {"relation": "self"},
    ],
)
def test_a_request_that_cannot_be_right_is_refused(she, wrong):
    with pytest.raises(InvalidInput):
        _asked(she, **({"number": "R340000001"} | wrong))
    assert not WardRequest.objects.exists()


def test_a_newborn_has_the_number_of_her_birth_certificate(she):
    assert _asked(she, " r340 000 001 ").ward_number == "R340000001"


def test_nobody_is_her_own_guardian_and_staff_ask_nothing(registrar, doctor):
    number = people.citizen_id()
    herself = people.resident("示例某", by=registrar, id_number=number)
    with pytest.raises(InvalidInput):
        _asked(factories.actor(Role.RESIDENT, resident_id=herself.id), number)
    with pytest.raises(NotPermitted):
        _asked(doctor, number)


def test_the_database_refuses_nonsense(her, she, visit, registrar):
    dispute = _about(she, her, visit)
    for change in (
        {"state": "odd"}, {"said": ""}, {"n_reopened": 2}, {"kind": "access"}, {"entry_kind": ""}, {"state": "answered"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Dispute.objects.filter(id=dispute.id).update(**change)
    asked = _asked(she, people.citizen_id())
    for change in ({"state": "odd"}, {"ward_name": ""}, {"state": "refused"}, {"state": "accepted"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WardRequest.objects.filter(id=asked.id).update(**change)


def test_every_state_and_step_has_its_word():
    assert all(presenters.dispute_tag(state).text for state in DisputeState)
    assert all(presenters.ward_tag(state).text for state in WardState)
    assert {str(step) for step in DisputeStep} | {"raise"} == set(presenters.STEPS)
    assert set(presenters.KINDS) == set(Dispute.Kind.values)
