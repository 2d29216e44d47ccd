"""Our answers are themselves readable messages, addressed to who asked."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.reading import parse, read
from tongmai.exchange.hl7v2.replying import Ack, Answer, Standing, write
from tongmai.exchange.hl7v2.tests.samples import NUMBER, referral
from tongmai.kernel.months import REPORTING_ZONE

AT = datetime(2026, 11, 20, 9, 0, tzinfo=REPORTING_ZONE)


def _answer(**facts):
    return parse(write(Answer(**({"ack": Ack.ACCEPT, "control_id": "r-1", "at": AT} | facts)), read(referral())))


def test_an_answer_goes_back_to_the_sender_and_names_its_message():
    answer = _answer(standing=Standing.PENDING, our_number="TM-7", receiver_name="示例县人民医院")
    header = answer.header
    assert answer.type == ("RRI", "I12")
    assert (header.value(3), header.value(4), header.value(5), header.value(6)) == (
        "TONGMAI",
        "示例县人民医院",
        "EHR",
        "甲镇卫生院",
    )
    assert (header.value(7), header.value(10), header.value(12)) == ("20261120090000+0800", "r-1", "2.5")
    assert (answer.first("MSA").value(1), answer.first("MSA").value(2)) == ("AA", "m-1")


def test_the_referral_and_the_patient_are_named_as_the_sender_named_them():
    answer = _answer(standing=Standing.ACCEPTED, our_number="TM-7")
    rf1, pid = answer.first("RF1"), answer.first("PID")
    assert (rf1.value(1), rf1.value(6), rf1.value(6, 2), rf1.value(11)) == ("A", "ZZ1", "JZ", "TM-7")
    assert (pid.value(3, 1, 2), pid.value(5)) == (NUMBER, "示例周")


def test_a_refusal_carries_its_reason():
    assert _answer(standing=Standing.REJECTED, note="床位已满|请转市级").first("RF1").value(10) == "床位已满|请转市级"


def test_a_booking_is_told():
    assert "2026-11-20 09:00 心内科" in _answer(standing=Standing.ACCEPTED, booked_for=AT, booked_place="心内科").first(
        "NTE"
    ).value(3)


def test_a_fault_is_located():
    fault = Fault(Code.REQUIRED_FIELD, Location("PID", 1, 3, 2, 1), "no-name")
    answer = _answer(ack=Ack.ERROR, faults=(fault,))
    err = answer.first("ERR")
    assert [err.value(2, n) for n in range(1, 6)] == ["PID", "1", "3", "2", "1"]
    assert (err.value(3), err.value(4), err.value(8)) == (
        "101",
        "E",
        "没有患者姓名 请在 PID-5 中填写姓名，或由转诊专员选择居民。",
    )
    assert answer.first("RF1") is None


def test_what_could_not_be_read_is_answered_too():
    fault = Fault(Code.SEGMENT_SEQUENCE, Location("MSH"), "not-hl7")
    answer = parse(write(Answer(Ack.REJECT, "r-1", AT, faults=(fault,)), None))
    assert (answer.first("MSA").value(1), answer.first("MSA").value(2)) == ("AR", "")


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_an_answer(note, name):
    answer = _answer(standing=Standing.REJECTED, note=note, receiver_name=name)
    assert {segment.name for segment in answer.segments} <= {"MSH", "MSA", "RF1", "PRD", "PID"}
    assert (
        answer.first("RF1").value(10) == note.replace("\r\n", "\n").replace("\r", "\n").strip()
        or not note.isprintable()
    )
