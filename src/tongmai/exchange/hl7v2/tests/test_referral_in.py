"""What a referral message says, and where it is wrong."""

from datetime import date

import pytest

from tongmai.exchange.hl7v2 import instants, kinds, referral_in
from tongmai.exchange.hl7v2.faults import Code, UnreadableMessage
from tongmai.exchange.hl7v2.reading import read
from tongmai.exchange.hl7v2.tests.samples import NUMBER, referral


def _read(changes=None):
    return referral_in.referral(read(referral(changes)))


def test_the_sample_is_read_whole():
    facts, faults = _read()
    assert faults == ()
    assert (facts.number, facts.direction, facts.urgency) == ("ZZ1", "up", "emergency")
    assert facts.sender_facilities[0].name == "甲镇卫生院"
    assert facts.receiver_facilities[0].name == "示例县人民医院"
    assert (facts.sender_doctor.code, facts.sender_doctor.name) == ("30055", "赵全科")
    assert facts.patient.citizen_number == NUMBER
    assert (facts.patient.name, facts.patient.sex, facts.patient.born_on) == ("示例周", "male", date(1957, 3, 12))
    assert (facts.diagnoses[0].code, facts.diagnoses[0].name) == ("I20.000", "不稳定性心绞痛")
    assert "ST段压低" in facts.summary
    assert facts.reason == "胸痛两小时"
    assert facts.issued_at.isoformat() == "2026-11-20T08:00:00+08:00"


@pytest.mark.parametrize(
    ("priority", "urgency"),
    [
        ("S", "emergency"),
        ("A", "urgent"),
        ("R^Routine^HL70280", "routine"),
        ("", "routine"),
        ("R^紧急", "urgent"),
        ("Q", "routine"),
    ],
)
def test_urgency_is_read_from_the_word_and_then_the_code(priority, urgency):
    assert _read({"A^急诊": priority})[0].urgency == urgency


@pytest.mark.parametrize(("said", "direction"), [("DOWN", "down"), ("X^下转", "down"), ("Med^Medical", ""), ("", "")])
def test_direction_is_read_or_left_open(said, direction):
    assert _read({"UP^上转": said})[0].direction == direction


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"PID|1|": "ZZZ|1|"}, Code.SEGMENT_SEQUENCE, "PID"),
        ({"示例周": ""}, Code.REQUIRED_FIELD, "PID-5"),
        ({"DG1|1|": "ZZZ|1|"}, Code.SEGMENT_SEQUENCE, "DG1"),
        ({"I20.000^不稳定性心绞痛^ICD10-YB": ""}, Code.REQUIRED_FIELD, "DG1-3"),
        ({"RF1|P": "ZZZ|P"}, Code.SEGMENT_SEQUENCE, "RF1"),
        ({NUMBER: NUMBER[:10] + "9" + NUMBER[11:]}, Code.DATA_TYPE, "PID-3(2).1"),
    ],
    ids=lambda v: str(v)[:20],
)
def test_what_is_missing_or_wrong_is_located(changes, code, place):
    _, faults = _read(changes)
    assert [(fault.code, str(fault.location)) for fault in faults] == [(code, place)]
    assert faults[0].problem
    assert faults[0].remedy


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"REF^I12^REF_I12": "DFT^P03"}, Code.MESSAGE_TYPE, "MSH-9.1"),
        ({"REF^I12^REF_I12": "REF^I14"}, Code.EVENT_CODE, "MSH-9.2"),
        ({"REF^I12^REF_I12": ""}, Code.MESSAGE_TYPE, "MSH-9.1"),
        ({"|m-1|": "||"}, Code.REQUIRED_FIELD, "MSH-10"),
    ],
    ids=lambda v: str(v)[:20],
)
def test_other_messages_are_refused_with_a_place(changes, code, place):
    fault = kinds.why_refused(read(referral(changes)))
    assert (fault.code, str(fault.location)) == (code, place)


def test_every_message_of_the_reference_folder_is_read_or_refused_clearly(shared_data):
    files = sorted((shared_data / "hl7v2").rglob("*.hl7"))
    assert len(files) > 80
    taken = set()
    for path in files:
        try:
            message = read(path.read_bytes())
        except UnreadableMessage as refusal:
            assert refusal.fault.problem
            continue
        refused = kinds.why_refused(message)
        if message.type == kinds.REFERRAL and refused is None:
            taken.add(path.name)
            referral_in.referral(message)
        elif refused is not None:
            assert refused.problem
            assert refused.remedy
    assert taken == {"06_REF_I12_referral_up.utf8.hl7", "REF-I12-01.hl7"}


def test_a_real_message_of_another_country_is_read(shared_data):
    message = read((shared_data / "hl7v2" / "fhir_converter" / "REF-I12-01.hl7").read_bytes())
    facts, faults = referral_in.referral(message)
    assert faults == ()
    assert (facts.patient.name, facts.patient.born_on) == ("ADAM EVERYMAN", date(1961, 6, 15))
    names = [named.name for named in facts.receiver_facilities]
    assert names == ["RHHFacility", "GI FACILITY", "RHH MEDICAL CENTER", "RADIANT HEALTH HOSPITAL"]
    assert (facts.diagnoses[0].code, facts.urgency, facts.number) == ("K63.3", "routine", "226839")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20250402150000", "2025-04-02T15:00:00+08:00"),
        ("202201251620+0000", "2022-01-25T16:20:00+00:00"),
        ("20210110015014+0315", "2021-01-10T01:50:14+03:15"),
        ("20150624084727.655-0500", "2015-06-24T08:47:27-05:00"),
        ("2022", "2022-01-01T00:00:00+08:00"),
    ],
)
def test_times_are_read(text, expected):
    assert instants.instant(text).isoformat() == expected


@pytest.mark.parametrize("text", ["", "x", "20251340", "20250231", "20250101250000", "20250101000000+9999"])
def test_what_is_no_time_is_none(text):
    assert instants.instant(text) is None


def test_a_day_needs_all_eight_digits():
    assert instants.day("1957") is None
    assert instants.day("19570312") == date(1957, 3, 12)
