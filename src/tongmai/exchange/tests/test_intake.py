"""Messages of members' systems: kept, applied through the services, or held with the place; twice is once, old is old."""

import pytest

from tongmai.commons.encounters.models import Allergy, Encounter, EncounterDiagnosis
from tongmai.commons.residents.models import Resident
from tongmai.commons.results.models import Document, Observation, Report, Request
from tongmai.exchange.hl7v2 import kinds, reading
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.hl7v2.tests.adt import NUMBER, OTHER, adt, message, oru, pid, pv1
from tongmai.exchange.models import InboundMessage, SourceSystem
from tongmai.exchange.services import messages
from tongmai.exchange.services.applying import APPLIED_BY
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW

SYSTEM = Actor.system(now=NOW)


def take_in(raw):
    return messages.take_in(raw, by=SYSTEM, file_name="m.hl7")[0]


def state(row):
    return row.state, row.outcome


def wrong(row):
    return [(fault.location, fault.what) for fault in row.faults.filter(n_try=row.n_tries)]


def admit(control="a1", at="20261110093000", **given):
    return take_in(adt("A01", control, at, **given))


def test_the_table_has_a_function_for_every_kind_but_the_referral():
    assert set(APPLIED_BY) == set(kinds.TITLES) - {kinds.REFERRAL}


def test_an_admission_enters_the_person_and_her_stay(world):
    row = admit()
    assert state(row) == ("done", "visit")
    stay = Encounter.objects.get()
    person = Resident.objects.get()
    assert (person.name, person.sex, str(person.born_on)) == ("示例陶", "female", "1984-07-21")
    assert (stay.resident_id, stay.org_id, stay.kind, stay.state, stay.bed) == (
        person.id, world.lead.id, "inpatient", "in_progress", "12",
    )  # fmt: skip
    assert stay.started_at.isoformat() == "2026-11-10T01:30:00+00:00"
    assert row.resident_id == person.id
    assert row.receiver_id == world.lead.id


def test_the_course_of_a_stay(world):
    admit()
    take_in(adt("A02", "a2", "20261111080000", visit=pv1(ward="WKX^外科^3床", begun="20261110093000")))
    assert Encounter.objects.get().bed == "3"
    done = take_in(
        adt("A03", "a3", "20261112150000", "DG1|1||I20.000^不稳定性心绞痛^ICD10", visit=pv1(ended="20261112150000"))
    )
    assert state(done) == ("done", "visit")
    stay = Encounter.objects.get()
    assert (stay.state, stay.disposition) == ("finished", "home")
    assert list(EncounterDiagnosis.objects.values_list("code", flat=True)) == ["I20.0"]
    take_in(adt("A13", "a4", "20261112160000"))
    assert Encounter.objects.get().state == "in_progress"
    take_in(adt("A11", "a5", "20261112170000"))
    assert Encounter.objects.get().state == "cancelled"
    assert [t.step for t in stay.transitions.all()] == ["start", "finish", "reopen", "cancel"]


def test_what_is_older_does_not_undo_what_is_newer(world):
    take_in(adt("A03", "a3", "20261112150000", visit=pv1(ended="20261112150000")))
    late = take_in(adt("A08", "a2", "20261111080000", visit=pv1(ward="WKX^外科^3床")))
    assert state(late) == ("done", "stale")
    stay = Encounter.objects.get()
    assert (stay.state, stay.bed) == ("finished", "12")


def test_a_beginning_that_is_told_late_is_added(world):
    take_in(adt("A03", "a3", "20261112150000", visit=pv1()))
    assert state(admit()) == ("done", "visit")
    stay = Encounter.objects.get()
    assert (stay.state, stay.started_at.day, stay.ended_at.day) == ("finished", 10, 12)


def test_an_admission_that_was_cancelled_before_it_came_is_not_made(world):
    assert state(take_in(adt("A11", "a2", "20261110100000"))) == ("done", "nothing")
    assert state(admit()) == ("done", "stale")
    assert not Encounter.objects.exists()


def test_an_admission_told_again_does_not_undo_a_discharge(world):
    admit()
    take_in(adt("A03", "a3", "20261112150000", visit=pv1(ended="20261112150000")))
    admit(control="a9", at="20261113080000")
    assert Encounter.objects.get().state == "finished"


def test_the_same_message_twice_is_applied_once(world):
    first, second = admit(), admit()
    assert first.id == second.id
    assert Encounter.objects.count() == InboundMessage.objects.count() == 1


def test_a_system_whose_facility_nobody_knows_is_held_and_remembered(world):
    row = admit(facility="没有的医院")
    assert (row.state, wrong(row)) == ("held", [("MSH-4", "unknown-system")])
    assert not Resident.objects.exists()
    coordinator = world.actor("referral_coordinator")
    given = Settled(sender_id=world.lead.id)
    row = messages.correct(message_id=row.id, by=coordinator, given=given, remember=True)
    assert state(row) == ("done", "visit")
    assert SourceSystem.objects.get().org_id == world.lead.id
    assert admit(control="b2", facility="没有的医院", at="20261110103000").state == "done"


def test_a_wrong_number_is_held_at_its_place_and_a_corrected_text_goes_in(world):
    row = take_in(adt("A01", "a1", "20261110093000", who=pid(citizen="340199198407210028")))
    assert (row.state, [place for place, _ in wrong(row)]) == ("held", ["PID-3(2).1"])
    assert not Encounter.objects.exists()
    text = reading.readable(row.text_bytes).replace("340199198407210028", NUMBER)
    row = messages.put_text(message_id=row.id, text=text, reason="末位抄错", by=world.actor("referral_coordinator"))
    assert state(row) == ("done", "visit")
    assert b"340199198407210028" in bytes(row.raw)
    assert row.corrections.get().reason == "末位抄错"


def test_results_are_stored_with_their_flags_and_a_correction_keeps_the_earlier_values(world):
    admit()
    assert state(take_in(oru("r1"))) == ("done", "report")
    report = Report.objects.get()
    assert (report.name, report.category, report.status, report.is_critical) == (
        "血细胞分析", "laboratory", "final", True,
    )  # fmt: skip
    assert report.encounter == Encounter.objects.get()
    assert [o.flag for o in report.observations.all()] == ["high", "critical_low", "abnormal"]
    assert str(report.observations.first().number) == "13.620000"
    assert report.observations.last().text == "可见异型淋巴细胞 & 少量中毒颗粒"
    take_in(oru("r2"))
    assert Report.objects.get().version == 1
    corrected = oru("r3", "OBX|1|NM|WBC^白细胞计数||3.62|10^9/L|3.5-9.5|N|||C", at="20261111120000")
    take_in(corrected)
    report.refresh_from_db()
    assert (report.version, report.status, report.is_critical) == (2, "corrected", False)
    assert Observation.objects.filter(report=report).count() == 4
    assert state(take_in(oru("r4", at="20261111110000"))) == ("done", "stale")


def test_an_order_is_kept_and_cancelled(world):
    def order(control, code, at):
        orc = f"ORC|{code}|XD1^HIS||||||^^^{at}^^S|||30055^示例赵"
        obr = "OBR|1|XD1^HIS||310701001^常规心电图检查||||||||胸闷2小时||||30055^示例赵"
        return message("ORM^O01", control, pid(), pv1(), orc, obr, at=at)

    assert state(take_in(order("o1", "NW", "20261111090000"))) == ("done", "order")
    row = Request.objects.get()
    assert (row.number, row.status, row.priority, row.requester, row.reason) == (
        "XD1", "active", "stat", "示例赵", "胸闷2小时",
    )  # fmt: skip
    take_in(order("o2", "CA", "20261111100000"))
    assert Request.objects.get().status == "cancelled"


def test_an_appointment_of_elsewhere_is_a_planned_visit_and_takes_no_place_of_ours(world):
    def siu(event, control, at, when):
        return message(f"SIU^{event}", control, f"SCH|P1|F1|||||复诊||30|min|^^^{when}", pid(), at=at)

    assert state(take_in(siu("S12", "s1", "20261111090000", "20261120083000"))) == ("done", "appointment")
    visit = Encounter.objects.get()
    assert (visit.state, visit.complaint, visit.planned_for.isoformat()) == (
        "planned", "复诊", "2026-11-20T00:30:00+00:00",
    )  # fmt: skip
    take_in(siu("S13", "s2", "20261111100000", "20261121083000"))
    assert Encounter.objects.get().planned_for.day == 21
    take_in(siu("S15", "s3", "20261111110000", ""))
    assert Encounter.objects.get().state == "cancelled"


def test_a_document_is_kept_whole_and_its_next_version_beside_it(world):
    def mdm(control, text, at):
        txa = "TXA|1|DS^出院小结|TX|20261112090000||||||||DOC1|||||AU"
        return message("MDM^T02", control, pid(), pv1(), txa, f"OBX|1|TX|DS^出院小结||{text}||||||F", at=at)

    assert state(take_in(mdm("d1", "好转", "20261112090000"))) == ("done", "document")
    assert (Document.objects.get().title, Document.objects.get().text) == ("出院小结", "好转")
    assert state(take_in(mdm("d2", "好转", "20261112091000"))) == ("done", "same")
    take_in(mdm("d3", "治愈", "20261112092000"))
    assert sorted(Document.objects.values_list("status", "text")) == [("final", "治愈"), ("replaced", "好转")]


def test_an_allergy_comes_once(world):
    admit()
    for control in ("b1", "b2"):
        take_in(adt("A08", control, "20261111080000", "AL1|1|DA|P^青霉素|MO|皮疹"))
    assert list(Allergy.objects.values_list("substance", "reaction")) == [("青霉素", "皮疹")]


def test_two_numbers_of_one_system_that_it_says_are_one_person(world):
    admit()
    take_in(adt("A04", "a2", "20261111080000", who=pid(number="0002"), visit=pv1(visit="MZ1", kind="O")))
    merged = take_in(message("ADT^A40", "m1", "EVN|A40|20261111090000", pid(), "MRG|0002^^^^21", at="20261111090000"))
    assert state(merged) == ("done", "merged")
    assert len(set(Encounter.objects.values_list("resident_id", flat=True))) == 1


def test_a_person_is_brought_up_to_date_by_newer_words_only(world):
    assert state(take_in(message("ADT^A28", "p1", pid(), at="20261110093000"))) == ("done", "registered")
    assert state(take_in(message("ADT^A31", "p2", pid(), at="20261109093000"))) == ("done", "stale")
    assert state(take_in(message("ADT^A31", "p3", pid(citizen=OTHER, name="示例周", sex="1", born="19570312", number="9"),
                                 at="20261111093000"))) == ("done", "registered")  # fmt: skip


def test_a_message_in_gb18030_is_read(world):
    row = admit(characters="GB 18030-2000")
    assert state(row) == ("done", "visit")
    assert Resident.objects.get().name == "示例陶"


@pytest.mark.parametrize(
    ("raw", "place", "what"),
    [
        (message("ADT^A01", "x1", pid()), "PV1", "no-visit-segment"),
        (message("ADT^A03", "x2", pid(), "PV1|1|I"), "PV1-19", "no-visit-number"),
        (message("ORU^R01", "x3", pid()), "OBR", "no-report"),
        (message("MDM^T02", "x4", pid()), "TXA", "no-document"),
        (message("SIU^S12", "x5", pid()), "SCH", "no-appointment"),
        (message("ADT^A40", "x6", pid()), "MRG-1", "no-merged-number"),
        (message("ADT^A01", "x7", "PID|1||||示例", pv1()), "PID-3", "no-patient-number"),
    ],
)
def test_what_is_lacking_is_held_with_its_place_and_nothing_is_written(world, raw, place, what):
    row = take_in(raw)
    assert (row.state, wrong(row)) == ("held", [(place, what)])
    assert not Encounter.objects.exists()
    assert not Report.objects.exists()


def test_an_unknown_kind_is_kept_and_refused(world):
    row = take_in(message("DFT^P03", "y1", pid()))
    assert (row.state, wrong(row)) == ("rejected", [("MSH-9.1", "wrong-type")])
    assert "ACK^P03^ACK" in row.answers.get().text
