"""Unusual reading: found from the log, explained by the reader, judged by the audit administrator."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongmai.commons.recognition.events import AskingBegun, ResultRecognised
from tongmai.commons.residents import access, selectors, services
from tongmai.commons.residents.models import Phone, ReaderDay, ReadingFinding, Resident
from tongmai.commons.residents.reading import presenters, rules
from tongmai.commons.residents.selectors import FindingsSought
from tongmai.commons.residents.tests import factories
from tongmai.commons.residents.worklists import waiting
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Staff
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, StepNotAllowed
from tongmai.kernel.ids import new_id

LATER = timedelta(days=9)  # the time in which something should have followed is over
SYSTEM = Actor.system(now=NOW + timedelta(days=1))


def read(by, resident, basis="responsible_area", *, n=1, now=NOW, **said):
    for _ in range(n):
        reason = "急诊抢救需要了解用药" if basis == "emergency" else ""
        audit.log_access(resident_id=resident.id, by=by.at(now), basis=basis, what="record", reason=reason, **said)


def found(kind=""):
    return [row.kind for row in ReadingFinding.objects.order_by("kind")] if not kind else list(
        ReadingFinding.objects.filter(kind=kind)
    )  # fmt: skip


def find(by=SYSTEM):
    return services.find_last_days(by)


def people(n, **fields):
    return [
        factories.resident(f"示例{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥'[i % 22]}{i}", **fields)
        for i in range(n)
    ]


@pytest.fixture
def doctor(world):
    return world.actor(Role.GENERAL_PRACTITIONER)


def test_a_day_far_above_her_own_and_her_role_s_usual_days_is_found(world, doctor):
    for back in range(2, 30):
        ReaderDay.objects.create(
            user_id=doctor.user_id, role=doctor.role, on=NOW.date() - timedelta(days=back), n_reads=40, n_residents=25 + back % 5
        )  # fmt: skip
    for person in people(45):
        read(doctor, person)
    assert find() == 1
    row = found("volume")[0]
    assert (row.n, row.own_usual, row.role_usual, row.resident_id) == (45, 27, 27, None)
    assert row.most < 45
    line = next(selectors.finding_lines([row]))
    assert "当日查阅 45 人" in presenters.arithmetic(line)
    assert "平常每日 27" in presenters.arithmetic(line)


def test_a_role_that_is_always_busy_is_not_unusual(world, doctor):
    for back in range(2, 30):
        ReaderDay.objects.create(
            user_id=doctor.user_id, role=doctor.role, on=NOW.date() - timedelta(days=back), n_reads=90, n_residents=60
        )  # fmt: skip
    for person in people(45):
        read(doctor, person)
    assert find() == 0


def test_reading_without_anything_done_is_found_when_the_time_for_it_is_over(world, doctor):
    idle, treated = people(5), factories.resident("示例有诊")
    for person in (*idle, treated):
        read(doctor, person)
    Event.objects.create(
        name="encounters.EncounterStarted", at=NOW + timedelta(days=2), by_role=doctor.role, by_name="", by_org_name="",
        by_org_id=doctor.org_id, resident_id=treated.id, payload={},
    )  # fmt: skip
    assert find() == 0
    assert find(SYSTEM.at(NOW + LATER)) == 1
    row = found("no_action")[0]
    assert (row.n, row.of, row.days) == (5, 6, 7)


def test_who_treats_or_has_a_contract_needs_nothing_more(world, doctor):
    for person in people(6):
        read(doctor, person, basis="contract")
    assert find(SYSTEM.at(NOW + LATER)) == 0


def test_neighbours_of_the_reader_and_namesakes_are_found(world):
    by = world.actor(Role.VILLAGE_DOCTOR)
    name = Staff.objects.get(id=by.staff_id).name
    neighbour = factories.resident(f"{rules.surname(name)}某某")
    stranger = factories.resident("赵某某", village_code=factories.OTHER_VILLAGE)
    twins = [factories.resident("钱某某", village_code=factories.OTHER_VILLAGE) for _ in range(2)]
    for person in (neighbour, stranger, *twins):
        read(by, person)
    find(SYSTEM.at(NOW + LATER))
    assert {row.resident_id for row in found("neighbour")} == {neighbour.id}
    assert {row.resident_id for row in found("same_name")} == {each.id for each in twins}


def test_staff_who_read_staff_are_found(world, doctor):
    colleague = Staff.objects.filter(practice_org_id=doctor.org_id).exclude(id=doctor.staff_id).first()
    Staff.objects.filter(id=colleague.id).update(phone="13900001111")
    as_resident = factories.resident(colleague.name, phone="13900001111")
    assert Phone.objects.filter(resident=as_resident, whose="self").exists()
    namesake = factories.resident(colleague.name)
    for person in (as_resident, namesake):
        read(doctor, person, basis="own_encounter")
    find()
    assert [row.resident_id for row in found("colleague")] == [as_resident.id]


def test_the_dead_the_merged_and_the_sensitive_are_found(world, doctor):
    dead, merged, plain, ill = people(4)
    Resident.objects.filter(id=dead.id).update(died_on=NOW.date() - timedelta(days=40))
    Resident.objects.filter(id=merged.id).update(merged_into=plain)
    for person in (dead, merged, plain):
        read(doctor, person, basis="own_encounter")
    read(doctor, ill, basis="emergency", sensitive="hiv")
    find()
    assert {(row.kind, row.resident_id) for row in ReadingFinding.objects.all()} == {
        ("gone", dead.id), ("gone", merged.id), ("sensitive", ill.id)
    }  # fmt: skip


def test_an_emergency_after_which_nobody_did_anything_is_found(world, doctor):
    person = factories.resident()
    read(doctor, person, basis="emergency", n=3)
    find(SYSTEM.at(NOW + LATER))
    assert [(row.n, row.resident_id) for row in found("emergency_only")] == [(3, person.id)]


def test_asking_for_recognition_after_which_nobody_recognised_or_ordered_is_found(world, doctor):
    asked, recognised = people(2)
    for person in (asked, recognised):
        read(doctor, person, basis="recognition")
    here = {"org_id": doctor.org_id, "item_code": "chest-film"}
    audit.record(AskingBegun(resident_id=asked.id, **here), by=doctor)
    decided = ResultRecognised(resident_id=recognised.id, decision_id=new_id(), report_id=new_id(), **here)
    audit.record(decided, by=doctor)
    find(SYSTEM.at(NOW + LATER))
    assert [(row.n, row.resident_id) for row in found("recognition_only")] == [(1, asked.id)]


def test_looked_for_again_nothing_is_found_twice_and_a_settled_one_stays(world, doctor):
    person = factories.resident()
    read(doctor, person, basis="emergency", sensitive="hiv")
    assert find() == 1
    admin = world.actor(Role.AUDIT_ADMIN)
    services.move_finding(found("sensitive")[0].id, by=admin, step="accept", reason="有抢救记录")
    assert find() == 0
    assert services.search_reading(by=admin.at(SYSTEM.now), since=NOW.date(), until=NOW.date()) == 0
    assert found("sensitive")[0].state == "explained"
    assert ReaderDay.objects.count() == 1


def test_the_reader_is_asked_explains_and_is_believed_or_not(world, doctor):
    read(doctor, factories.resident(), basis="emergency", sensitive="hiv")
    find()
    admin, row = world.actor(Role.AUDIT_ADMIN), found("sensitive")[0]
    assert [item.title for item in waiting(by=admin)] == ["查看异常查阅"]
    assert waiting(by=doctor) == []
    with pytest.raises(NotFound):
        services.move_finding(row.id, by=doctor, step="answer", reason="抢救")
    services.move_finding(row.id, by=admin, step="ask")
    assert [item.title for item in waiting(by=doctor)] == ["说明查阅的原因"]
    assert waiting(by=admin) == []
    with pytest.raises(InvalidInput):
        services.move_finding(row.id, by=doctor, step="answer", reason=" ")
    with pytest.raises(StepNotAllowed):
        services.move_finding(row.id, by=doctor, step="accept", reason="自己采信")
    services.move_finding(row.id, by=doctor, step="answer", reason="抢救昏迷患者")
    services.move_finding(row.id, by=admin, step="escalate", reason="没有抢救记录")
    page = selectors.finding_page(row.id, by=admin)
    assert [(each.step, each.reason) for each in page.transitions] == [
        ("ask", ""), ("answer", "抢救昏迷患者"), ("escalate", "没有抢救记录")
    ]  # fmt: skip
    assert page.steps == []
    assert Event.objects.filter(name="residents.ReadingFindingMoved").count() == 3


def test_nobody_else_sees_a_finding_and_the_resident_is_a_surname(world, doctor):
    person = factories.resident("欧阳示例")
    read(doctor, person, basis="emergency", sensitive="hiv")
    find()
    row = found("sensitive")[0]
    for by in (
        world.actor(Role.AUDIT_ADMIN, org=world.stranger), world.actor(Role.MANAGER), world.actor(Role.NURSE),
        world.actor(Role.SYSTEM_ADMIN),
    ):  # fmt: skip
        assert not selectors.findings(FindingsSought(), by=by).exists()
        with pytest.raises(NotFound):
            selectors.finding_page(row.id, by=by)
        with pytest.raises((NotPermitted, InvalidInput)):
            services.search_reading(by=by, since=NOW.date() + timedelta(days=9), until=NOW.date())
    line = selectors.finding_page(row.id, by=world.actor(Role.AUDIT_ADMIN)).line
    assert line.resident == "欧阳**"


def test_the_list_is_narrowed_exported_and_searched_on_its_page(client, world, doctor):
    read(doctor, factories.resident("示例某"), basis="emergency", sensitive="hiv")
    find()
    orgs.sign_in_as(client, Role.AUDIT_ADMIN, org=world.lead)
    shown = client.get("/residents/findings/").content.decode()
    assert "紧急查阅受限记录" in shown
    assert "示例某" not in shown
    assert "艾滋" not in shown
    assert "没有符合条件" in client.get("/residents/findings/?kind=volume").content.decode()
    assert client.post("/residents/findings/export/").headers["Content-Type"].endswith("sheet")
    assert Event.objects.filter(name="audit.TrailExported").count() == 1
    wrong = client.post("/residents/findings/search/", {"search-since": "2020-01-01", "search-until": "2026-01-01"})
    assert wrong.status_code == 422
    row = found("sensitive")[0]
    assert client.get(f"/residents/findings/{row.id}/").status_code == 200
    assert client.post(f"/residents/findings/{row.id}/ask/", {"reason": ""}).status_code == 302
    assert found("sensitive")[0].state == "asked"


def test_residents_who_read_their_own_record_are_no_readers(world):
    person = factories.resident()
    herself = world.actor(Role.RESIDENT, resident_id=person.id)
    for _ in range(40):
        access.open_record(person.id, by=herself, what="record")
    assert AccessLog.objects.count() == 40
    assert find(SYSTEM.at(NOW + LATER)) == 0


COUNTS = st.lists(st.integers(0, 200), min_size=1, max_size=12)


@given(COUNTS, COUNTS, st.integers(0, 500), st.integers(0, 500))
def test_more_reading_is_never_less_unusual(own, role, n, more):
    told = {"own": rules.usual(own), "role": rules.usual(role), "factor": 4.0, "floor": 30, "least_days": 10}
    if rules.unusual_volume(n, **told):
        assert rules.unusual_volume(n + more, **told)


@given(COUNTS, COUNTS)
def test_the_usual_day_is_never_unusual(own, role):
    middle = rules.usual(own)
    assert rules.unusual_volume(
        int(middle.median), own=middle, role=rules.usual(role), factor=4.0, floor=0, least_days=1
    ) is None  # fmt: skip


def test_one_wild_day_does_not_hide_itself():
    calm = [10] * 30
    assert rules.usual([*calm, 100_000]).median == 10
    assert rules.unusual_volume(100, own=rules.usual([*calm, 100_000]), role=None, factor=4.0, floor=30, least_days=10)


def test_surnames_and_masks():
    assert [rules.surname(name) for name in ("欧阳娜娜", "欧阳", "王五", "")] == ["欧阳", "欧", "王", ""]
    assert [rules.masked_name(name) for name in ("欧阳娜娜", "王五", "")] == ["欧阳**", "王*", ""]
    assert not rules.are_neighbours(name="王五", village="", other_name="王六", other_village="")
