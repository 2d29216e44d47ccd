"""Registers go in: every row's fate is told before anything is written, and the same file twice changes nothing."""

import pytest

from tongmai.commons.residents.models import Coverage, IndexEntry, Medium, Phone, Resident, Tag
from tongmai.exchange import wording
from tongmai.exchange.models import ImportRow, SourceRow
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.services import imports
from tongmai.exchange.tabular.errors import UnusableFile
from tongmai.foundation.orgs.models import Post, Staff
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.citizen_id import check_digit
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, StepNotAllowed

HEAD = "档案编号,姓名,身份证号,性别,出生日期,电话,乡镇,村,住址,医保类型,人群分类"


def number(order, born="19650307"):
    body = f"340199{born}{order:03}"
    return body + check_digit(body)


FULL = f"A1,示例甲,{number(2)},女,1965-03-07,13900000000,甲镇,示例村,3 组,城乡居民,高血压；老年人"


def words(row):
    return wording.said(wording.ROWS, row.what, row.facts)


@pytest.fixture
def admin(world):
    return world.actor(Role.SYSTEM_ADMIN)


def start(*lines, by, head=HEAD, kind="residents", **more):
    content = "\n".join((head, *lines)).encode()
    return imports.start(kind=kind, source="公卫系统", file_name="a.csv", content=content, by=by, **more)


def through(run, by, most=3):
    """Let the phase run to its end in small steps."""
    while run.state in ("checking", "applying"):
        run = imports.go_on(run_id=run.id, by=by, most=most)
    return run


def done(*lines, by, **more):
    run = through(start(*lines, by=by, **more), by)
    return through(imports.confirm(run_id=run.id, by=by), by)


def fates(run):
    return list(run.rows.values_list("fate", flat=True))


def test_a_dry_run_tells_every_fate_and_writes_nothing(admin):
    run = through(start(FULL, "A2,,,,,,,,,,", "A3,示例丙,,男,,,,,,,", by=admin), admin)
    assert run.state == "checked"
    assert fates(run) == [Fate.NEW, Fate.REJECTED, Fate.REJECTED]
    assert Resident.objects.count() == SourceRow.objects.count() == 0
    assert all(all(words(row)) for row in run.rows.exclude(fate=Fate.NEW))


def test_a_confirmed_import_registers_the_resident_whole(admin):
    run = done(FULL, by=admin)
    resident = Resident.objects.get()
    assert (run.state, fates(run)) == ("applied", [Fate.NEW])
    assert (resident.name, resident.sex, resident.village_code) == ("示例甲", "female", "340199101201")
    assert Phone.objects.get().number == "13900000000"
    assert Coverage.objects.get().scheme == "resident"
    assert list(Tag.objects.values_list("kind", "source")) == [("hypertension", "import")]
    assert run.rows.get().target_id == resident.id


def test_the_same_file_twice_changes_nothing(admin):
    done(FULL, by=admin)
    again = done(FULL, by=admin)
    assert fates(again) == [Fate.SAME]
    assert Resident.objects.count() == Phone.objects.count() == Coverage.objects.count() == 1


def test_a_changed_row_brings_the_entry_up_to_date_and_takes_nothing_away(admin):
    done(FULL, by=admin)
    run = done(FULL.replace("3 组", "4 组").replace("高血压；老年人", "糖尿病").replace("13900000000", ""), by=admin)
    assert fates(run) == [Fate.UPDATED]
    assert Resident.objects.get().address == "4 组"
    assert set(Tag.objects.values_list("kind", flat=True)) == {"hypertension", "diabetes"}
    assert Phone.objects.filter(closed_at=None).count() == 1


def test_somebody_registered_otherwise_is_recognised_by_her_number(admin):
    done(FULL, by=admin)
    run = done(FULL.replace("A1", "OTHER-7"), by=admin)
    assert fates(run) == [Fate.SAME]
    assert Resident.objects.count() == 1


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (FULL.replace("示例甲", "示例戊").replace("A1", "B1"), "姓名"),
        (FULL.replace("女", "男"), "性别"),
        (f"A9,示例己,{number(4)},,,,,示例村,,,", "不止一个"),
        (f"A9,示例己,{number(4)},,,,甲镇,没有村,,,", "不在本县"),
    ],
)
def test_what_a_person_must_decide_is_held_with_reason_and_remedy(admin, line, word):
    done(FULL, by=admin)
    run = done(line, by=admin)
    row = run.rows.get()
    assert row.fate == Fate.HELD
    assert word in words(row)[0]
    assert words(row)[1]
    assert Resident.objects.count() == 1


def test_a_village_is_found_by_its_name_where_it_is_the_only_one(admin):
    done(f"A9,示例己,{number(4)},,,,,独一村,,,", by=admin)
    assert Resident.objects.get().village_code == "340199102202"


def test_two_rows_of_one_identity_are_told_apart(admin):
    run = done(FULL, f"A1,示例乙,{number(4)},,,,,,,,", FULL.replace("A1,", ","), by=admin)
    assert fates(run) == [Fate.NEW, Fate.REJECTED, Fate.SAME]


def test_duplicates_are_seen_across_steps(admin):
    others = [f"C{i},示例,{number(10 + i)},,,,,,,," for i in range(5)]
    run = through(start(FULL, *others, FULL, by=admin), admin, most=2)
    assert fates(run)[-1] == Fate.REJECTED


@pytest.mark.parametrize("most", [2, 10])
def test_two_alike_without_a_number_are_one_whatever_is_written_in_between(admin, most):
    alike = ",示例申屠,,女,1965-03-07,13900000000,甲镇,示例村,3 组,城乡居民,"
    run = start(f"E1{alike}", FULL, FULL.replace("A1", "A2"), f"E2{alike}", by=admin)
    told = fates(through(run, admin, most=10))
    run = through(imports.confirm(run_id=run.id, by=admin), admin, most=most)
    assert told == fates(run) == [Fate.NEW, Fate.NEW, Fate.SAME, Fate.SAME]
    assert Resident.objects.count() == 2


def test_one_bad_row_among_many_is_refused_and_the_others_go_in_together(admin):
    lines = [f"F{i},示例,{number(40 + 2 * i)},,,139000000{i:02},,,,,高血压" for i in range(12)]
    taken = done(lines[3].replace("F3", "OLD").replace("高血压", ""), by=admin)
    lines[7] = "F7,示例\t\\N,,女,1965-03-07,,,,路\\北,,"
    run = done(*lines, "F99,,,,,,,,,,", by=admin)
    assert fates(run) == [*["new"] * 3, "updated", *["new"] * 8, "rejected"]
    assert run.rows.get(identity="F3").target_id == taken.rows.get().target_id
    assert Tag.objects.count() == 11
    assert Resident.objects.get(id=run.rows.get(identity="F7").target_id).address == "路\\北"


def test_one_bad_row_keeps_no_other_from_going_in(admin):
    run = done("X,,,,,,,,,,", FULL, f"Y,示例丁,{number(6)[:-1]}A,,,,,,,,", by=admin)
    assert fates(run) == [Fate.REJECTED, Fate.NEW, Fate.REJECTED]
    assert Resident.objects.count() == 1


def test_an_import_is_confirmed_once_and_only_when_checked(admin):
    run = start(FULL, by=admin)
    with pytest.raises(StepNotAllowed):
        imports.confirm(run_id=run.id, by=admin)
    through(run, admin)
    imports.confirm(run_id=run.id, by=admin)
    with pytest.raises(StepNotAllowed):
        imports.confirm(run_id=run.id, by=admin)


def test_an_abandoned_import_writes_nothing(admin):
    run = through(start(FULL, by=admin), admin)
    imports.abandon(run_id=run.id, by=admin)
    assert imports.go_on(run_id=run.id, by=admin).state == "abandoned"
    assert Resident.objects.count() == 0


def test_an_interrupted_import_goes_on_where_it_stood(admin):
    lines = [f"D{i},示例,{number(20 + i)},,,,,,,," for i in range(5)]
    run = through(start(*lines, by=admin), admin)
    run = imports.confirm(run_id=run.id, by=admin)
    run = imports.go_on(run_id=run.id, by=admin, most=2)
    assert (run.state, run.done_rows, Resident.objects.count()) == ("applying", 2, 2)
    assert through(run, admin).state == "applied"
    assert Resident.objects.count() == 5


def test_column_choices_are_remembered_for_their_source(admin):
    head = HEAD.replace("姓名", "户主称呼")
    with pytest.raises(UnusableFile):
        start(FULL, by=admin, head=head)
    start(FULL, by=admin, head=head, choices={"name": "户主称呼"})
    assert start(FULL, by=admin, head=head).rows.get().cells[1] == "示例甲"
    with pytest.raises(InvalidInput):
        start(FULL, by=admin, choices={"nothing": "姓名"})


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.GENERAL_PRACTITIONER, Role.AUDIT_ADMIN])
def test_who_does_not_import_registers_is_refused(world, admin, role):
    run = through(start(FULL, by=admin), admin)
    other = world.actor(role)
    with pytest.raises(NotPermitted):
        start(FULL, by=other)
    for step in (imports.go_on, imports.confirm, imports.abandon):
        with pytest.raises(NotFound):
            step(run_id=run.id, by=other)


def test_another_county_does_not_see_the_import(world, admin):
    run = start(FULL, by=admin)
    with pytest.raises(NotFound):
        imports.go_on(run_id=run.id, by=world.actor(Role.SYSTEM_ADMIN, org=world.stranger))


STAFF_HEAD = "工号,姓名,机构,科室,岗位,职称"


@pytest.fixture
def security(world):
    return world.actor(Role.SECURITY_ADMIN)


def staff_done(*lines, by):
    return done(*lines, by=by, head=STAFF_HEAD, kind="staff")


def test_a_staff_list_gives_people_and_posts(world, security):
    line = "N1,示例庚,甲镇卫生院,全科医疗科,全科医生,主治医师"
    assert fates(staff_done(line, by=security)) == [Fate.NEW]
    person = Staff.objects.get(number="N1")
    post = Post.objects.get(staff=person)
    assert (person.grade, post.role, post.org_id) == ("intermediate", "general_practitioner", world.township.id)
    assert fates(staff_done(line, by=security)) == [Fate.SAME]
    assert fates(staff_done(line.replace("主治医师", "副主任医师"), by=security)) == [Fate.UPDATED]
    assert Post.objects.filter(staff=person).count() == 1


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("N1,示例庚,没有的医院,,全科医生,", "机构"),
        ("N1,示例庚,甲镇卫生院,没有科,全科医生,", "科室"),
        ("N1,示例庚,邻县人民医院,,全科医生,", "机构"),
    ],
)
def test_a_staff_row_that_does_not_fit_is_held(security, line, word):
    row = staff_done(line, by=security).rows.get()
    assert row.fate == Fate.HELD
    assert word in words(row)[0]
    assert not Staff.objects.filter(number="N1").exists()


def test_a_number_of_somebody_else_is_held(world, security):
    staff_done("N1,示例庚,甲镇卫生院,,护士,", by=security)
    assert fates(staff_done("N1,示例辛,甲镇卫生院,,护士,", by=security)) == [Fate.HELD]


def test_the_system_administrator_gives_no_posts(admin):
    with pytest.raises(NotPermitted):
        start("N1,示例庚,甲镇卫生院,,护士,", by=admin, head=STAFF_HEAD, kind="staff")


def test_rows_keep_the_cells_as_they_came(admin):
    start(FULL, by=admin)
    assert ImportRow.objects.get().cells[-1] == "高血压；老年人"


def test_an_insurance_number_is_kept_once_and_belongs_to_one_person(admin):
    head = f"{HEAD},医保卡号"
    for _ in range(2):
        done(f"{FULL},yb-3401 99001", by=admin, head=head)
    card = Medium.objects.get()
    assert (card.kind, card.number, card.resident.name) == ("insurance_card", "YB340199001", "示例甲")
    assert IndexEntry.objects.filter(resident=card.resident, insurance="YB340199001").exists()
    run = done(f"A9,示例丁,{number(5)},男,1965-03-07,,,,,,,YB340199001", by=admin, head=head)
    assert fates(run) == [Fate.HELD], "somebody else has it"
    run = done(f"A8,示例戊,{number(7)},男,1965-03-07,,,,,,,无", by=admin, head=head)
    assert fates(run) == [Fate.NEW] and Medium.objects.count() == 1
