"""Messages become referrals, or wait with their reason; the sender is answered each time, and once."""

from dataclasses import replace

import pytest

from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.services import answering
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.tests import factories as residents
from tongmai.exchange import errors
from tongmai.exchange.hl7v2 import reading
from tongmai.exchange.hl7v2.receiving import receive
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.hl7v2.tests.samples import NUMBER, referral
from tongmai.exchange.models import InboundMessage, OutboundMessage
from tongmai.exchange.services import answers, messages
from tongmai.foundation.audit import worker
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.citizen_id import parse
from tongmai.kernel.errors import NotFound, NotPermitted, StepNotAllowed

SYSTEM = Actor.system(now=NOW)


@pytest.fixture
def patient(world):
    stated = parse(NUMBER)
    return residents.resident("示例周", born_on=stated.born_on, sex=stated.sex, id_number=NUMBER)


@pytest.fixture
def coordinator(world):
    return world.actor(Role.REFERRAL_COORDINATOR)


def take_in(changes=None, **facts):
    return messages.take_in(referral(changes), by=SYSTEM, file_name="m.hl7", **facts)[0]


def held():
    """A message that waits for a person: nobody knows its patient, and her number is not given."""
    return take_in({NUMBER: ""})


def correct(message, by, remember=False, **given):
    return messages.correct(message_id=message.id, by=by, given=Settled(**given), remember=remember)


def last_answer(message):
    return reading.parse(message.answers.order_by("created_at", "id").last().text)


def what(message):
    return [fault.what for fault in message.faults.filter(n_try=message.n_tries)]


def faults(message):
    return [fault.location for fault in message.faults.filter(n_try=message.n_tries)]


def test_a_complete_message_becomes_a_referral_that_waits_for_an_answer(world, patient):
    message = take_in()
    made = Referral.objects.get()
    assert (message.state, message.referral_id) == ("done", made.id)
    assert (made.state, made.direction, made.urgency) == ("submitted", "up", "emergency")
    assert (made.sender_id, made.receiver_id, made.resident_id) == (world.township.id, world.lead.id, patient.id)
    assert (made.diagnosis_code, made.reason) == ("I20.0", "胸痛两小时")
    assert "ST段压低" in made.summary
    assert made.external_number == "ZZ1"


def test_a_sender_may_leave_out_the_name_of_its_county(world, patient):
    full = type(world.township).objects.get(id=world.township.id)
    short = full.name
    type(full).objects.filter(id=full.id).update(name=f"示例县{short}", short_name="甲镇院")
    assert take_in().state == "done"
    assert Referral.objects.get().sender_id == full.id


def test_a_short_name_that_fits_two_organisations_is_asked_about(world, patient):
    rows = type(world.township).objects
    short = world.township.name
    rows.filter(id=world.township.id).update(name=f"示例县{short}", short_name="甲镇院")
    rows.filter(id=world.other_township.id).update(name=f"邻县{short}", short_name="乙镇院")
    assert take_in().state == "held"


def test_the_receipt_says_accepted_and_pending_with_our_number(world, patient):
    answer = last_answer(take_in())
    assert (answer.first("MSA").value(1), answer.first("MSA").value(2)) == ("AA", "m-1")
    assert (answer.first("RF1").value(1), answer.first("RF1").value(11)) == ("P", Referral.objects.get().number)


def test_the_same_message_twice_is_one_referral(world, patient):
    first, is_new = messages.take_in(referral(), by=SYSTEM)
    second, is_new_again = messages.take_in(referral(), by=SYSTEM)
    assert (first.id, is_new, is_new_again) == (second.id, True, False)
    assert Referral.objects.count() == OutboundMessage.objects.count() == 1


def test_the_same_referral_under_another_control_id_is_one_referral(world, patient):
    take_in()
    again = take_in({"|m-1|": "|m-2|"})
    assert again.state == "done"
    assert Referral.objects.count() == 1


def test_a_control_id_used_for_another_text_is_rejected_and_kept(world, patient):
    take_in()
    other = take_in({"胸痛两小时": "胸痛三小时"})
    assert (other.state, faults(other)) == ("rejected", ["MSH-10"])
    assert last_answer(other).first("MSA").value(1) == "AR"
    assert bytes(other.raw) == referral({"胸痛两小时": "胸痛三小时"})


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"|甲镇卫生院|": "|没有的卫生院|"}, "MSH-4"),
        ({"|示例县人民医院|": "|没有的医院|"}, "MSH-6"),
        ({"示例周": "示例吴"}, "PID-5"),
        ({NUMBER: ""}, "PID-3"),
        ({"I20.000^不稳定性心绞痛^ICD10-YB": "QQ9.9^不知道"}, "DG1-3"),
    ],
    ids=lambda v: str(v)[:24],
)
def test_what_cannot_be_resolved_is_held_with_its_place(world, patient, changes, place):
    message = take_in(changes)
    assert (message.state, faults(message)) == ("held", [place])
    assert Referral.objects.count() == 0
    answer = last_answer(message)
    assert answer.first("MSA").value(1) == "AE"
    assert answer.first("ERR").value(2) == place.partition("-")[0]
    assert answer.first("ERR").value(8)


def test_other_messages_are_rejected(world):
    message = take_in({"REF^I12^REF_I12": "DFT^P03"})
    assert (message.state, faults(message)) == ("rejected", ["MSH-9.1"])


def test_what_is_no_message_is_kept_once_and_rejected(world):
    first, _ = messages.take_in(b"\x00nothing", by=SYSTEM)
    second, is_new = messages.take_in(b"\x00nothing", by=SYSTEM)
    assert (first.id, is_new, first.state) == (second.id, False, "rejected")
    assert last_answer(first).first("MSA").value(1) == "AR"


def test_a_second_open_referral_for_the_problem_is_held(world, patient):
    take_in()
    second = take_in({"|m-1|": "|m-2|", "ZZ1^JZ": "ZZ2^JZ"})
    assert second.state == "held"
    assert Referral.objects.count() == 1


def test_a_person_settles_what_was_open_and_it_goes_on(world, patient, coordinator):
    message = take_in({"示例周": "示例吴", "|甲镇卫生院|": "|某卫生院|"})
    correct(message, coordinator, resident_id=patient.id)
    done = correct(message, coordinator, sender_id=world.township.id)
    assert done.state == "done"
    assert Referral.objects.get().resident_id == patient.id
    assert [t.step for t in done.transitions.all()] == ["hold", "hold", "take"]
    assert done.answers.count() == 3


def test_a_diagnosis_can_be_chosen(world, patient, coordinator):
    message = take_in({"I20.000^不稳定性心绞痛^ICD10-YB": "QQ9.9^不知道"})
    correct(message, coordinator, diagnosis_code="K63.3")
    assert Referral.objects.get().diagnosis_code == "K63.3"


def test_the_patient_can_be_registered_from_the_message(world, coordinator):
    message = take_in({"|19570312|1|": "||1|"})
    assert (message.state, what(message)) == ("held", ["incomplete-identity"])
    done = messages.register_patient(message_id=message.id, by=coordinator)
    assert done.state == "done"
    assert Resident.objects.get().name == "示例周"


def test_without_a_number_nobody_is_registered(world, coordinator):
    message = held()
    with pytest.raises(errors.NothingToRegister):
        messages.register_patient(message_id=message.id, by=coordinator)


def test_a_held_message_can_be_tried_again(world, coordinator):
    message = take_in({"|甲镇卫生院|": "|某卫生院|"})
    type(world.township).objects.filter(id=world.township.id).update(short_name="某卫生院")
    assert messages.try_again(message_id=message.id, by=coordinator).state == "done"


def test_a_message_is_rejected_with_a_reason_that_the_sender_reads(world, coordinator):
    message = held()
    with pytest.raises(errors.ReasonMissing):
        messages.reject(message_id=message.id, by=coordinator, reason=" ")
    rejected = messages.reject(message_id=message.id, by=coordinator, reason="不是本县居民")
    assert rejected.state == "rejected"
    assert "不是本县居民" in last_answer(rejected).first("ERR").value(8)
    with pytest.raises(StepNotAllowed):
        messages.try_again(message_id=message.id, by=coordinator)


def test_nothing_chosen_corrects_nothing(world, coordinator):
    with pytest.raises(errors.NothingToCorrect):
        correct(held(), coordinator)


@pytest.mark.parametrize("role", [Role.GENERAL_PRACTITIONER, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN])
def test_other_roles_neither_see_nor_take_in_messages(world, role):
    message, other = held(), world.actor(role)
    with pytest.raises(NotFound):
        messages.try_again(message_id=message.id, by=other)
    with pytest.raises(NotPermitted):
        messages.take_in(referral(), by=other)


def test_coordinators_of_elsewhere_do_not_see_a_message(world):
    message = held()
    for org in (world.stranger, world.tcm):
        with pytest.raises(NotFound):
            messages.try_again(message_id=message.id, by=world.actor(Role.REFERRAL_COORDINATOR, org=org))


@pytest.mark.parametrize(("step", "standing"), [("accept", "A"), ("decline", "R")])
def test_the_doctors_answer_goes_back_to_the_sender(world, patient, step, standing):
    message = take_in()
    doctor = world.actor(Role.SPECIALIST)
    made = Referral.objects.get()
    if step == "accept":
        answering.accept(referral_id=made.id, by=doctor)
    else:
        answering.decline(referral_id=made.id, by=doctor, reason="床位已满")
    assert worker.deliver_due(now=NOW, actor=Actor.system)
    answer = last_answer(message)
    assert (answer.first("MSA").value(1), answer.first("RF1").value(1)) == ("AA", standing)
    if step == "decline":
        assert answer.first("RF1").value(10) == "床位已满"


def test_a_report_is_written_once_per_cause_and_not_for_other_referrals(world, patient):
    message = take_in()
    for _ in range(2):
        answers.report(referral_id=message.referral_id, standing="A", key="7:x", by=SYSTEM)
    assert message.answers.count() == 2
    answers.report(referral_id=patient.id, standing="A", key="8:x", by=SYSTEM)
    assert OutboundMessage.objects.count() == 2


def test_answers_are_written_to_files(world, patient, tmp_path, django_capture_on_commit_callbacks):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.hl7").write_bytes(referral())
    (source / "b.hl7").write_bytes(b"nothing")
    with django_capture_on_commit_callbacks(execute=True):
        outcomes = list(receive([source, tmp_path / "gone.hl7"], SYSTEM, out=out))
    assert [o.state for o in outcomes] == ["done", "rejected", "unread"]
    assert len(list(out.iterdir())) == 2
    assert reading.read(next(out.glob("a.RRI.*")).read_bytes()).type == ("RRI", "I12")
    assert not OutboundMessage.objects.filter(state="pending").exists()


def test_a_repeated_file_is_answered_again(world, patient, tmp_path, django_capture_on_commit_callbacks):
    (tmp_path / "a.hl7").write_bytes(referral())
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            (outcome,) = receive([tmp_path], SYSTEM)
        (written,) = tmp_path.glob("*.RRI.*")
        written.unlink()
    assert outcome.is_repeated
    assert outcome.as_dict()["state"] == "done"


def test_an_answer_that_cannot_be_written_stays_pending(world, patient, tmp_path, django_capture_on_commit_callbacks):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with django_capture_on_commit_callbacks(execute=True):
        take_in(answer_folder=str(blocked / "below"))
    assert OutboundMessage.objects.get().state == "pending"
    InboundMessage.objects.update(answer_folder=str(tmp_path / "fine"))
    assert answers.write_pending(SYSTEM).startswith("已写出 1")
    assert OutboundMessage.objects.get().state == "written"


def test_sixteen_times_the_same_message_at_once_is_one_referral(threads, world, patient):
    outcomes = threads(16, lambda i: messages.take_in(referral(), by=replace(SYSTEM, name=f"{i}"))[1])
    assert outcomes.errors == []
    assert sum(outcomes.results) == 1
    assert Referral.objects.count() == InboundMessage.objects.count() == 1
