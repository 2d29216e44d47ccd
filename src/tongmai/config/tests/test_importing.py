"""`tongmai import`: exit codes, the dry run, what programs read, the refused rows as a file, and the same file twice."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from tongmai.commons.residents.models import Resident
from tongmai.config import cli
from tongmai.exchange.models import ColumnChoice, ImportRow, ImportRun
from tongmai.exchange.tests.test_imports import FULL, HEAD, number
from tongmai.foundation.catalog.models import Division
from tongmai.foundation.orgs.models import Post, Staff
from tongmai.foundation.orgs.tests import factories as orgs

BAD = f"A2,示例乙,{number(4)[:-1]}0,男,,,,,,,"
STAFF_HEAD = "工号,姓名,机构,科室,岗位,职称"


@pytest.fixture
def county(db):
    from datetime import date

    made = orgs.county_world()
    orgs.kinds()
    rows = {orgs.COUNTY: ("示例县", 6), f"{orgs.COUNTY}101": ("甲镇", 9), f"{orgs.COUNTY}101201": ("示例村", 12)}
    for code, (name, level) in rows.items():
        Division.objects.create(code=code, name=name, level=level, starts_on=date(2020, 1, 1))
    return made


@pytest.fixture
def register(tmp_path):
    def written(*lines, head=HEAD, encoding="utf-8"):
        path = tmp_path / "register.csv"
        path.write_bytes("\n".join((head, *lines)).encode(encoding))
        return path

    return written


def run(path, *words, kind="residents"):
    return cli.main(["import", kind, str(path), "--source", "公卫系统", "--county", orgs.COUNTY, *words])


def test_a_whole_register_answers_0_and_again_0_and_changes_nothing(county, register, capsys):
    path = register(FULL, encoding="gb18030")
    assert run(path) == 0
    assert "written" in capsys.readouterr().out
    assert run(path, "--json") == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {
        "new": 0,
        "updated": 0,
        "same": 1,
        "held": 0,
        "rejected": 0,
    }
    assert Resident.objects.count() == 1


def test_refused_rows_answer_1_and_the_others_go_in(county, register, capsys):
    assert run(register(FULL, BAD)) == 1
    said = capsys.readouterr().out
    assert "line 3  rejected" in said
    assert "校验位" in said
    assert Resident.objects.count() == 1


def test_a_dry_run_tells_every_fate_and_writes_nothing(county, register, capsys):
    assert run(register(FULL, BAD), "--dry-run", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["written"] is False
    assert [(row["line"], row["fate"], row["what"]) for row in said["rows"]] == [
        (2, "new", ""),
        (3, "rejected", "bad-citizen-number"),
    ]
    assert not Resident.objects.exists()
    assert ImportRun.objects.get().state == "abandoned"


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_refused_rows_come_back_with_the_reason_beside_each(county, register, tmp_path, capsys, suffix):
    out = tmp_path / f"refused.{suffix}"
    assert run(register(FULL, BAD), "--rejected", str(out)) == 1
    if suffix == "xlsx":
        head, row = load_workbook(out).active.iter_rows(values_only=True)
    else:
        head, row = csv.reader(io.StringIO(out.read_text("utf-8-sig")))
    assert [*head[:2], *head[-4:]] == ["档案编号", "姓名", "行号", "结果", "原因", "处理办法"]
    assert [*row[:2], *row[-4:-2]] == ["A2", "示例乙", "3", "不能导入"]
    assert "校验位" in row[-2]
    capsys.readouterr()


def test_what_came_back_and_was_put_right_goes_in(county, register, tmp_path, capsys):
    out = tmp_path / "refused.xlsx"
    run(register(BAD), "--rejected", str(out))
    book = load_workbook(out)
    book.active.cell(2, 3).value = number(4)
    book.active.cell(2, 4).value = "女"
    book.save(out)
    assert run(out) == 0
    assert Resident.objects.get().name == "示例乙"


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)"])
def test_no_cell_of_a_csv_is_a_formula_and_it_comes_back_as_it_was(county, register, tmp_path, capsys, cell):
    out = tmp_path / "refused.csv"
    run(register(BAD.replace("示例乙", cell)), "--rejected", str(out))
    _head, row = csv.reader(io.StringIO(out.read_text("utf-8-sig")))
    assert row[1] == f"'{cell}"
    run(out, "--dry-run")
    assert ImportRow.objects.order_by("id").last().cells[1] == cell


def test_an_unusable_file_and_a_missing_one_answer_1_with_the_remedy(county, register, tmp_path, capsys):
    assert run(register("x", head="甲,乙")) == 1
    assert "表头" in capsys.readouterr().err
    assert run(tmp_path / "gone.csv") == 1
    assert capsys.readouterr().err


def test_a_heading_of_ones_own_is_told_once(county, register, capsys):
    path = register(FULL.replace("示例甲", "示例丁"), head=HEAD.replace("姓名", "户主称呼"))
    assert run(path) == 1
    assert run(path, "--column", "name=户主称呼") == 0
    assert run(path) == 0
    assert ColumnChoice.objects.get().heading == "户主称呼"
    capsys.readouterr()


def test_a_list_of_staff_goes_in_once(county, register, capsys):
    path = register(f"N1,示例庚,{county.township.name},,全科医生,主治医师", head=STAFF_HEAD)
    for _ in range(2):
        assert run(path, kind="staff") == 0
    assert Staff.objects.filter(number="N1").count() == Post.objects.filter(staff__number="N1").count() == 1
    capsys.readouterr()


def test_of_several_counties_one_must_be_named(county, register, capsys):
    words = ["import", "residents", str(register(FULL)), "--source", "公卫系统"]
    assert cli.main(words) == 1
    assert orgs.COUNTY in capsys.readouterr().err
