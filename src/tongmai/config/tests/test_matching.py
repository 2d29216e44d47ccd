"""`tongmai residents`: a register file with a person for every row, and the index of residents."""

import csv
import json
from datetime import date

import pytest

from tongmai.commons.residents import services
from tongmai.commons.residents.models import IndexEntry, IndexKey
from tongmai.commons.residents.tests import factories
from tongmai.config.cli import main
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.citizen_id import check_digit

BODY = "34019919600517002"
NUMBER = BODY + check_digit(BODY)
HEAD = ["编号", "姓名", "身份证号", "性别", "出生日期", "联系电话", "乡镇", "村", "详细地址"]
ROWS = [
    ["1", "示例明", NUMBER, "女", "1960-05-17", "19912345678", "甲镇", "示例村", "3组12号"],
    ["2", "示历明", NUMBER[:6] + NUMBER[8:17], "女", "19600517", "", "", "", ""],
    ["3", "别人", "", "男", "1990/1/2", "19900001111", "乙镇", "另村", "1组"],
    ["4", "示例春", "", "女", "1960-05-17", "19912345678", "甲镇", "示例村", "3组12号"],
    ["5", "", "", "", "", "", "", "", ""],
]


@pytest.fixture
def world(db):
    return county_world()


def _file(tmp_path, rows, encoding="gb18030"):
    path = tmp_path / "register.csv"
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return path


@pytest.mark.django_db
def test_every_row_gets_a_person_and_a_decision(tmp_path, capsys):
    out = tmp_path / "linked.csv"
    assert main(["residents", "link", str(_file(tmp_path, [HEAD, *ROWS[:4]])), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rows": 4, "people": 3, "new": 2, "linked": 1, "review": 1}
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["人员编号"] for row in rows] == ["1", "1", "2", "3"]
    assert [row["判定"] for row in rows] == ["新人", "自动关联", "新人", "待核对"]
    assert (rows[1]["对应行"], rows[3]["对应行"]) == ("2", "2")
    assert "双胞胎" in rows[3]["说明"] and rows[3]["详细地址"] == "3组12号"


@pytest.mark.django_db
def test_the_insurance_number_links_as_it_does_online_and_stays_in_the_row(tmp_path, capsys, world):
    """Nothing else that would do: another spelling of the name, no number, no telephone."""
    head = ["编号", "姓名", "性别", "出生日期", "医保编号"]
    rows = [["1", "示例明", "女", "1960-05-17", "YB3401990001"], ["2", "示历明", "女", "1960-05-17", "yb 3401990001"],
            ["3", "示历明", "女", "1960-05-17", ""]]  # fmt: skip
    out = tmp_path / "linked.csv"
    assert main(["residents", "link", str(_file(tmp_path, [head, *rows])), "--out", str(out), "--json"]) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert (told[1]["判定"], told[1]["人员编号"], told[1]["医保编号"]) == ("自动关联", "1", "yb 3401990001")
    by = world.actor("registrar")
    online = [
        services.register_from_source(
            services.Arrived(
                source="册", local_number=row[0], name=row[1], sex="female", born_on=date(1960, 5, 17), insurance_number=row[4]
            ),
            by=by,
        )
        for row in rows
    ]  # fmt: skip
    words = {"new": "新人", "linked": "自动关联", "review": "待核对"}
    assert [words[each.zone] for each in online] == [row["判定"] for row in told]
    same = [online.index(next(o for o in online if o.resident_id == each.resident_id)) for each in online]
    assert [int(row["人员编号"]) - 1 for row in told] == [sorted(set(same)).index(i) for i in same]


@pytest.mark.django_db
def test_a_file_without_names_is_refused_and_nothing_is_written(tmp_path, capsys):
    out = tmp_path / "linked.csv"
    rows = [[cell for at, cell in enumerate(row) if at != 1] for row in (HEAD, *ROWS)]
    assert main(["residents", "link", str(_file(tmp_path, rows)), "--out", str(out)]) == 1
    assert "姓名" in capsys.readouterr().err and not out.exists()


@pytest.mark.django_db
def test_the_index_is_made_for_who_has_none(capsys):
    factories.resident()
    keys = set(IndexKey.objects.values_list("key", flat=True))
    IndexKey.objects.all().delete()
    IndexEntry.objects.all().delete()
    assert main(["residents", "index"]) == 0
    assert "indexed: 1" in capsys.readouterr().out
    assert set(IndexKey.objects.values_list("key", flat=True)) == keys
    assert main(["residents", "index"]) == 0
