"""What of a record is withheld from whom: every reader of encounters, problems, medicines, values, reports, documents."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongmai.commons.encounters import access as encounter_access
from tongmai.commons.encounters import marking as encounter_marks
from tongmai.commons.encounters import selectors as encounters
from tongmai.commons.encounters import services as record
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.residents import access, bases, services, timeline
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.sensitive.view import WHOLE
from tongmai.commons.residents.services.consents import Said
from tongmai.commons.residents.tests import factories as people
from tongmai.commons.residents.timeline import Window
from tongmai.commons.results import access as result_access
from tongmai.commons.results import documents
from tongmai.commons.results import marking as result_marks
from tongmai.commons.results import services as results
from tongmai.commons.results.models import Report
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import NotFound

SYSTEM = Actor.system(now=NOW)
REASON = "昏迷送来，无家属陪同，需了解用药"
OPEN = {"高血压就诊", "出院小结", "血细胞分析"}
HIDDEN = {"抑郁就诊", "HIV抗体检测", "受限文书"}


@pytest.fixture
def world(db):
    visits.catalogue()
    return orgs.county_world()


@pytest.fixture
def psychiatrist(world):
    return world.actor(Role.SPECIALIST, org=world.tcm)


@pytest.fixture
def her(world, psychiatrist):
    """A resident with one sensitive entry of every table, all at the same hospital, and one of each that is not."""
    person = people.resident("示例周")
    for code, complaint in (("F32.900", "抑郁就诊"), ("I10.x00", "高血压就诊")):
        visit = record.start_visit(person.id, by=psychiatrist, complaint=complaint)
        record.record_diagnoses(visit.id, by=psychiatrist, diagnoses=[record.DiagnosisEntry(code)])
        record.record_vitals(visit.id, by=psychiatrist, pulse=70)
        record.open_episode(person.id, by=psychiatrist, code=code, encounter_id=visit.id)
        name = "盐酸舍曲林片" if code == "F32.900" else "氨氯地平片"
        record.record_medication(person.id, by=psychiatrist, name=name, is_long_term=True)
        record.finish(visit.id, by=psychiatrist)
    facts = {"category": "laboratory", "status": "final"}
    for number, name in enumerate(("HIV抗体检测", "血细胞分析")):
        value = {"name": name, "text": "阴性", "flag": "", "status": "final"}
        results.store_report(person.id, org_id=world.tcm.id, facts={**facts, "number": str(number), "name": name},
                             values=[value], by=SYSTEM)  # fmt: skip
    for number, (title, mark) in enumerate((("受限文书", "restricted"), ("出院小结", "normal"))):
        said = {"number": str(number), "title": title, "format": "text", "status": "final", "confidentiality": mark}
        results.store_document(person.id, org_id=world.tcm.id, facts=said, content=title.encode(), by=SYSTEM)
    return person


@pytest.fixture
def neighbour(world):
    """The village doctor of her area: a reason for the record, none for what is sensitive."""
    return world.actor(Role.VILLAGE_DOCTOR)


def seen(her, by) -> set[str]:
    """What the readers of the record show to `by`: the sensitive and the other thing of each of them."""
    opened = access.open_record(her.id, by=by, what="record")
    view, found = opened.view, set()
    found |= {entry.title for entry in timeline.page(opened, by=by, window=Window()).entries}
    found |= {problem.name for problem in encounters.problems(her.id, view)}
    found |= {medicine.name for medicine in encounters.medicines_of(her.id, by.today, view)}
    found |= {group.title for group in encounters.timeline(opened, by=by)}
    return found


def test_who_has_a_reason_for_the_record_only_does_not_see_what_is_sensitive(her, neighbour):
    assert seen(her, neighbour) == {"原发性高血压", "氨氯地平片", "血细胞分析", "出院小结"}
    opened = access.open_record(her.id, by=neighbour, what="record")
    assert opened.view.n_withheld == 4, "a visit, a medicine, a report and a document; never which"
    assert AccessLog.objects.latest("id").sensitive == ""


def test_the_entries_of_one_s_own_organisation_are_shown(her, psychiatrist):
    assert {"抑郁发作", "盐酸舍曲林片", "HIV抗体检测", "受限文书"} <= seen(her, psychiatrist)
    assert access.open_record(her.id, by=psychiatrist, what="record").view.n_withheld == 0
    assert AccessLog.objects.latest("id").sensitive == "hiv mental restricted"


def test_herself_sees_everything(world, her):
    herself = world.actor(Role.RESIDENT, resident_id=her.id)
    assert {"抑郁发作", "盐酸舍曲林片", "HIV抗体检测", "受限文书"} <= seen(her, herself)


def test_treating_the_same_illness_opens_its_kind_only(world, her):
    doctor = world.actor(Role.SPECIALIST)
    visit = visits.visit(her, by=doctor)
    assert "抑郁发作" not in seen(her, doctor)
    record.record_diagnoses(visit.id, by=doctor, diagnoses=[record.DiagnosisEntry("F32.900")])
    found = seen(her, doctor)
    assert {"抑郁发作", "盐酸舍曲林片"} <= found
    assert "HIV抗体检测" not in found


def test_an_entry_that_is_withheld_is_not_there(world, her, neighbour, psychiatrist):
    hidden = Encounter.objects.get(sensitivity="mental")
    report = Report.objects.get(sensitivity="hiv")
    document = her.documents.get(sensitivity="restricted")
    before = AccessLog.objects.count()
    for read in (
        lambda by: encounter_access.read(hidden.id, by=by),
        lambda by: result_access.read_report(report.id, by=by),
        lambda by: result_access.read_document(document.id, by=by),
    ):
        with pytest.raises(NotFound):
            read(neighbour)
        assert read(psychiatrist)
    assert AccessLog.objects.count() == before + 3, "what was not shown is not logged as read"


def test_an_emergency_opens_what_is_sensitive_and_is_logged_apart(world, her, neighbour):
    services.break_glass(her.id, by=neighbour, reason=REASON)
    assert {"抑郁发作", "HIV抗体检测"} <= seen(her, neighbour)
    apart, usual = AccessLog.objects.order_by("-id")[:2]
    assert (apart.basis, apart.reason, apart.sensitive) == ("emergency", REASON, "hiv mental restricted")
    assert (usual.basis, usual.sensitive) == ("responsible_area", "")


def test_a_decision_opens_exactly_its_kind_and_its_withdrawal_closes_it(world, her, neighbour):
    before = seen(her, neighbour)
    herself = world.actor(Role.RESIDENT, resident_id=her.id)
    choice = services.choose_sharing(
        her.id, by=herself, said=Said(), is_permitted=True, kind="mental", party="org", org_id=neighbour.org_id
    )
    assert seen(her, neighbour) - before == {"抑郁发作", "盐酸舍曲林片"}
    assert "抑郁发作" not in seen(her, world.actor(Role.GENERAL_PRACTITIONER)), "another organisation"
    services.withdraw_sharing(choice.id, by=herself)
    assert seen(her, neighbour) == before


def test_the_contract_doctor_sees_a_kind_that_the_resident_opened_to_her(world, her):
    doctor = world.actor(Role.VILLAGE_DOCTOR, org=world.other_village)
    people.family_doctor(her, by=doctor)
    assert "抑郁发作" not in seen(her, doctor)
    herself = world.actor(Role.RESIDENT, resident_id=her.id)
    services.choose_sharing(her.id, by=herself, said=Said(), is_permitted=True, kind="mental", party="contract")
    assert "抑郁发作" in seen(her, doctor)
    assert "抑郁发作" not in seen(her, world.actor(Role.VILLAGE_DOCTOR))


def test_a_refusal_takes_the_reason_and_leaves_treatment_and_emergency(world, her, neighbour, psychiatrist):
    herself = world.actor(Role.RESIDENT, resident_id=her.id)
    services.choose_sharing(her.id, by=herself, said=Said(), is_permitted=False, party="members")
    assert bases.basis_of(neighbour, her.id) is None
    assert bases.plain_basis_of(neighbour, her.id) is None
    assert not access.may_open(her.id, by=neighbour)
    assert bases.basis_of(psychiatrist, her.id) == Basis.OWN_ENCOUNTER
    services.break_glass(her.id, by=neighbour, reason=REASON)
    assert bases.basis_of(neighbour, her.id) == Basis.EMERGENCY


def test_an_excluded_organisation_that_treats_her_sees_what_it_wrote_itself(world, her):
    doctor = world.actor(Role.SPECIALIST)
    visit = visits.visit(her, by=doctor)
    record.record_diagnoses(visit.id, by=doctor, diagnoses=[record.DiagnosisEntry("M54.502")])
    herself = world.actor(Role.RESIDENT, resident_id=her.id)
    services.choose_sharing(
        her.id, by=herself, said=Said(), is_permitted=False, party="org", org_id=world.lead.id
    )  # fmt: skip
    assert seen(her, doctor) == {"腰痛"}


def test_a_decision_counts_in_its_span_only(world, her, neighbour):
    herself = world.actor(Role.RESIDENT, resident_id=her.id)
    said = Said(starts_on=NOW.date() + timedelta(days=1), ends_before=NOW.date() + timedelta(days=3))
    services.choose_sharing(her.id, by=herself, said=said, is_permitted=False, party="members")
    held = [bases.basis_of(neighbour.at(NOW + timedelta(days=days)), her.id) for days in range(4)]
    assert [basis is None for basis in held] == [False, True, True, False]


def test_an_organisation_that_reported_opens_the_results_and_not_the_visits(world, her):
    doctor = world.actor(Role.SPECIALIST)
    facts = {"category": "imaging", "status": "final", "number": "9", "name": "胸部CT"}
    results.store_report(her.id, org_id=world.lead.id, facts=facts, values=[], by=SYSTEM)
    opened = access.open_record(her.id, by=doctor, what="record")
    assert opened.basis == Basis.ORDER
    assert {entry.title for entry in timeline.page(opened, by=doctor, window=Window()).entries} == {
        "胸部CT", "血细胞分析"
    }  # fmt: skip
    with pytest.raises(NotFound):
        encounter_access.read(Encounter.objects.get(complaint="高血压就诊").id, by=doctor)


def test_a_record_without_anything_sensitive_costs_no_further_statement(world, her, neighbour):
    plain = people.resident("示例吴")
    visits.finished_visit(plain, by=world.actor(Role.VILLAGE_DOCTOR))
    for person, more in ((plain, False), (her, True)):
        access.open_record(person.id, by=neighbour, what="record")
        with CaptureQueriesContext(connection) as asked:
            access.open_record(person.id, by=neighbour, what="record")
        assert any("UNION ALL" in query["sql"] for query in asked.captured_queries) == more


def test_what_is_stored_is_what_policy_says(her):
    today = NOW.date()
    assert encounter_marks.mark(today) == result_marks.mark(today) == 0, "written as the lists say"
    Encounter.objects.update(sensitivity="")
    Report.objects.update(sensitivity="sti")
    assert (encounter_marks.mark(today), result_marks.mark(today)) == (1, 2)
    assert Encounter.objects.get(complaint="抑郁就诊").sensitivity == "mental"
    assert list(Report.objects.order_by("number").values_list("sensitivity", flat=True)) == ["hiv", ""]


def test_what_stood_in_a_visit_once_stays_as_narrowly_read(world, her, psychiatrist, neighbour):
    visit = visits.visit(her, by=psychiatrist)
    for code in ("F32.900", "J06.900"):
        record.record_diagnoses(visit.id, by=psychiatrist, diagnoses=[record.DiagnosisEntry(code)])
    with pytest.raises(NotFound):
        encounter_access.read(visit.id, by=neighbour)
    assert encounter_marks.mark(NOW.date()) == 0


def test_what_adds_to_a_document_is_withheld_like_any_other(her, neighbour):
    base = her.documents.get(title="出院小结")
    her.documents.filter(title="受限文书").update(supplements=base)
    opened = access.open_record(her.id, by=neighbour, what="record")
    restricted = her.documents.get(title="受限文书")
    assert documents.supplements_of(base, opened.view) == []
    assert documents.supplemented_by(restricted, opened.view) == base
    assert documents.supplements_of(base, WHOLE) == [restricted]
    restricted.replaces = base
    restricted.save()
    assert [line.title for line in documents.versions_of(base, opened.view)] == ["出院小结"]


def test_what_is_written_freely_is_marked_and_what_it_denies_is_not(world, her, psychiatrist):
    visit = record.start_visit(her.id, by=psychiatrist, complaint="复诊")
    note = record.write_note(visit.id, by=psychiatrist, text="否认肝炎、梅毒、艾滋病等病史，睡眠好。")
    assert Encounter.objects.get(id=visit.id).sensitivity == ""
    record.amend_note(note.id, by=psychiatrist, text="服用舍曲林，睡眠差。", reason="补充", version=1)
    record.amend_note(note.id, by=psychiatrist, text="睡眠差。", reason="删去", version=2)
    assert Encounter.objects.get(id=visit.id).sensitivity == "mental", "the earlier words stay readable"
    facts = {
        "category": "imaging",
        "status": "final",
        "number": "9",
        "name": "胸部CT",
        "conclusion": "双肺未见艾滋相关改变",
    }
    value = {"name": "临床信息", "text": "HIV感染，发热", "flag": "", "status": "final"}
    report = results.store_report(her.id, org_id=world.tcm.id, facts=facts, values=[value], by=SYSTEM)
    assert report.sensitivity == "hiv"
    for marks in (encounter_marks, result_marks):
        assert marks.mark(NOW.date()) == 0, "what was marked when it was written is what policy says"
