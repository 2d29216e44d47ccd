"""An Excel of 1,000 dirty rows ends with every row accounted for: its fate, its reason, and nothing else in the database."""

import io
from collections import Counter

import pytest
from openpyxl import Workbook, load_workbook

from tongmai.commons.residents.models import Identifier, Phone, Resident, Tag
from tongmai.exchange import presenters, selectors, wording
from tongmai.exchange.models import SourceRow
from tongmai.exchange.services import imports
from tongmai.exchange.tabular.errors import UnusableFile
from tongmai.exchange.tests import dirt
from tongmai.exchange.tests.test_imports import fates, through
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.citizen_id import masked
from tongmai.ui.http import xlsx_bytes

N = 1_000


@pytest.fixture
def admin(world):
    return world.actor(Role.SYSTEM_ADMIN)


def start(content, by, source="公卫系统"):
    return imports.start(kind="residents", source=source, file_name="花名册.xlsx", content=content, by=by)


def done(content, by, **more):
    run = through(start(content, by, **more), by, most=170)
    told = told_of(run)
    run = through(imports.confirm(run_id=run.id, by=by), by, most=170)
    return run, told


def told_of(run):
    """Fate and reason of each row; that somebody new may be somebody who is here depends on who is here already."""
    rows = run.rows.order_by("line").values_list("fate", "what")
    return [(fate, what if fate in ("held", "rejected") else "") for fate, what in rows]


def test_every_one_of_1000_dirty_rows_is_accounted_for(admin):
    dirty = dirt.rows(N, dirt.KINDS + dirt.KNOWN)
    known = [dirt.clean(n) for n, row in enumerate(dirty, start=1) if row.is_known]
    done(dirt.excel(known), admin, source="旧系统")
    run, told = done(dirt.excel(dirty), admin)
    wanted = [(row.fate, row.what) for row in dirty]
    assert run.total_rows == N
    assert told == told_of(run), "the dry run tells what the import does"
    assert told == wanted
    counts = selectors.import_report(run.id, by=admin).counts
    assert sum(counts.values()) == N
    assert {fate: n for fate, n in counts.items() if n} == dict(Counter(fate for fate, _ in wanted))
    for row in run.rows.filter(fate__in=["held", "rejected"]):
        assert all(wording.said(wording.ROWS, row.what, row.facts)), row.what
    _database_is_what_the_fates_say(run, dirty)


def _database_is_what_the_fates_say(run, dirty):
    taken = [row for row in dirty if row.fate in ("new", "updated", "same")]
    assert Resident.objects.count() == SourceRow.objects.filter(source="公卫系统").count() == len(taken)
    names = Counter("".join(row.cells["name"].split()) for row in taken)
    assert Counter(Resident.objects.values_list("name", flat=True)) == names
    numbered = [n for n, row in enumerate(dirty, start=1) if row in taken and row.cells["number"]]
    assert set(Identifier.objects.values_list("value", flat=True)) == {dirt.number(n) for n in numbered}
    assert Phone.objects.count() == len(taken)
    assert Tag.objects.count() == 2 * sum("高血压" in row.cells["tags"] for row in taken)
    moved = Resident.objects.filter(address="搬到别处").count()
    assert moved == sum(row.fate == "updated" for row in dirty)
    targets = set(run.rows.filter(is_applied=True).values_list("target_id", flat=True))
    assert targets == set(Resident.objects.values_list("id", flat=True))
    assert not run.rows.filter(fate__in=["held", "rejected"]).exclude(target_id=None).exists()


def test_the_same_file_again_changes_nothing(admin):
    content = dirt.excel(dirt.rows(len(dirt.KINDS) * 2))
    first, _ = done(content, admin)
    before = list(Resident.objects.order_by("id").values())
    again, _ = done(content, admin)
    assert [fate.replace("new", "same") for fate in fates(first)] == fates(again)
    assert list(Resident.objects.order_by("id").values()) == before


def test_the_refused_rows_go_out_as_they_came_and_come_back_put_right(admin):
    dirty = dirt.rows(len(dirt.KINDS))
    run, _ = done(dirt.excel(dirty), admin)
    report = selectors.import_report(run.id, by=admin)
    refused = list(selectors.refused_rows(run.id, by=admin))
    content = xlsx_bytes(presenters.refused_head(report), presenters.refused_cells(report, refused))
    sheet = load_workbook(io.BytesIO(content)).active
    lines = [[cell.value or "" for cell in line] for line in sheet.iter_rows()]
    assert lines[0][:3] == ["序号", "档案编号", "姓名"]
    assert lines[0][-2:] == ["原因", "处理办法"]
    assert len(lines) - 1 == len(refused) == report.n_refused
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line), "no formula goes out"
    assert "+1+1" in lines[-1]
    order = lines[0].index("序号")
    for each in lines[1:]:  # put right: what a clean row of that number says
        clean = dirt.clean(int(each[order])).cells
        each[: len(dirt.COLUMNS)] = [clean[name] for name in dirt.COLUMNS]
    book, out = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(out)
    corrected, _ = done(out.getvalue(), admin)
    assert set(fates(corrected)) <= {"new"}
    assert Resident.objects.count() == len(dirt.KINDS)


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "gb18030"), (";", "utf-8-sig"), ("\t", "utf-16"), ("，", "utf-8")]
)
def test_the_same_rows_as_text_have_the_same_fates(admin, delimiter, encoding):
    dirty = [row for row in dirt.rows(len(dirt.KINDS)) if not str(row.cells["name"]).startswith("=")]
    for row in dirty:
        row.cells["note"] = ""
    run, _ = done(dirt.text(dirty, delimiter).encode(encoding), admin)
    assert fates(run) == [row.fate for row in dirty]


def test_an_old_excel_called_xlsx_is_refused_with_what_to_do(admin):
    with pytest.raises(UnusableFile) as refusal:
        start(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", admin)
    assert "另存为" in str(refusal.value.facts["remedy"])


def test_two_rows_of_one_number_far_apart_are_told_the_same_twice(admin):
    """The dry run forgets what a step has made; a later row of the same number is told its fate all the same."""
    dirty = [dirt.clean(n) for n in range(1, 8)]
    same, other = dirt.clean(1), dirt.clean(2)
    same.cells |= {"identity": "X1"}
    other.cells |= {"identity": "X2", "name": "示例别名"}
    content = dirt.excel([*dirty, same, other])
    run = through(start(content, admin), admin, most=3)
    told = told_of(run)
    assert [fate for fate, _ in told[-2:]] == ["same", "held"]
    assert told_of(through(imports.confirm(run_id=run.id, by=admin), admin, most=3)) == told
    assert Resident.objects.count() == 7


def test_who_may_be_somebody_who_is_here_is_entered_and_shown_to_a_registrar(admin):
    from tongmai.commons.residents.models import IdentityReview

    first = dirt.clean(1)
    twin = dirt.clean(1)
    twin.cells |= {
        "identity": "Y1",
        "number": "",
        "phone": "13700000000",
        "address": "别处",
        "village": "独一村",
        "town": "乙镇",
    }
    run, _ = done(dirt.excel([first, dirt.clean(2), twin]), admin)
    rows = list(run.rows.all())
    if rows[-1].fate == "new":
        assert rows[-1].what == "alike"
        assert IdentityReview.objects.get().resident_id == rows[-1].target_id
    else:
        assert rows[-1].target_id == rows[0].target_id
    assert masked(dirt.number(1)) == Resident.objects.get(id=rows[0].target_id).id_masked
