import csv
from datetime import date

import pytest

from tongmai.foundation.catalog import importing, selectors, services
from tongmai.foundation.catalog.errors import ListOverlaps, UnreadableFile, VersionStartsElsewhere
from tongmai.foundation.catalog.importing import FateKind
from tongmai.foundation.catalog.models import Code, CodeList
from tongmai.foundation.catalog.tests.factories import TODAY, By, edition

pytestmark = pytest.mark.django_db
FROM = date(2024, 1, 1)
HEAD = ("代码", "名称")


def lines(*rows):
    return list(enumerate(rows, start=2))


def plan(*rows, version="insurance-2.0"):
    return importing.plan_codes(lines(*rows), HEAD, version=version, starts_on=FROM)


def apply(made, version="insurance-2.0", starts_on=FROM):
    return importing.apply_codes(made, version=version, title="目录", source="测试", starts_on=starts_on, by=By())


def test_every_row_has_its_fate():
    edition("old", starts_on=date(2020, 1, 1), rows=[("I10.x00", "高血压"), ("J45.900", "哮喘"), ("K59.000", "便秘")])
    made = plan(
        ("I10.x00", "高血压"),
        ("J45.900", "支气管哮喘"),
        ("E11.900", "2型糖尿病"),
        ("E11.900", "糖尿病"),
        ("", "没有代码的病"),
        ("E14.900", ""),
        ("糖尿病", "E14.900"),
        ("K07.400", "错??畸形"),
        ("R52.900", "痛" * 201),
    )
    assert [(f.line, f.kind.value) for f in made.fates] == [
        (2, "same"), (3, "changed"), (4, "new"), (5, "rejected"), (6, "rejected"), (7, "rejected"), (8, "rejected"),
        (9, "new"), (10, "rejected"),
    ]  # fmt: skip
    assert made.counts() == {"new": 2, "changed": 1, "same": 1, "rejected": 5}
    assert made.absent == ("K59.000",)
    assert all(fate.reason for fate in made.of(FateKind.REJECTED))
    assert "生僻字" in made.fates[7].reason


def test_the_codes_of_the_other_sets_are_of_their_own_kind():
    rows = lines(("XA01-1", "阿莫西林胶囊"), ("带汉 空", "坏"), ("x" * 33, "长"))
    made = importing.plan_codes(rows, HEAD, version="v", starts_on=FROM, system="drugs")
    assert [fate.kind.value for fate in made.fates] == ["new", "rejected", "rejected"]
    importing.apply_codes(made, version="v", title="药品", source="测试", starts_on=FROM, system="drugs", by=By())
    assert Code.objects.get().list.system == "drugs"


def test_a_plan_writes_nothing():
    plan(("I10.x00", "高血压"))
    assert not CodeList.objects.exists()


def test_what_the_starter_knows_is_taken_over():
    services.load_starter(By())
    apply(plan(("I10.x00", "特发性（原发性）高血压"), ("I10.x07", "其他")))
    found = selectors.diagnosis("I10.x00", TODAY)
    assert (found.is_common, found.is_chronic, "高血压" in found.everyday_names) == (True, True, True)
    assert not selectors.diagnosis("I10.x07", TODAY).is_common
    assert not selectors.code_list("icd10", TODAY).is_starter
    assert selectors.code_list("icd10", date(2023, 12, 31)).is_starter


def test_importing_twice_changes_nothing():
    rows = (("I10.x00", "高血压"), ("J45.900", "哮喘"))
    assert apply(plan(*rows)).n_new == 2
    again = plan(*rows)
    assert again.counts()["same"] == 2
    assert apply(again) == services.Outcome(n_same=2)
    assert Code.objects.count() == 2


def test_a_version_keeps_its_first_day():
    apply(plan(("I10.x00", "高血压")))
    with pytest.raises(VersionStartsElsewhere):
        apply(plan(("I10.x00", "高血压")), starts_on=date(2025, 1, 1))
    with pytest.raises(ListOverlaps):
        apply(plan(("I10.x00", "高血压"), version="other"), version="other")


def test_a_table_without_a_code_column_is_refused():
    with pytest.raises(UnreadableFile):
        importing.plan_codes(lines(("x", "y")), ("病种", "费用"), version="v", starts_on=FROM)


def test_divisions_need_their_parent():
    services.load_starter(By())
    made = importing.plan_divisions(
        lines(
            ("340124114000", "泥河镇"),
            ("340124114299", "示例村民委员会"),
            ("340124999001", "孤儿村"),
            ("34012", "短"),
            ("320102001", "外省街道"),
        ),
        HEAD,
        under="3401",
    )
    assert [(f.code, f.kind.value) for f in made.fates] == [
        ("340124114", "same"), ("340124114299", "new"), ("340124999001", "rejected"), ("34012", "rejected"),
    ]  # fmt: skip
    assert made.n_outside == 1
    importing.apply_divisions(made, source="测试", starts_on=FROM, by=By())
    assert selectors.place("340124114299").path.endswith("泥河镇 示例村民委员会")
    assert selectors.division("340124001").succeeds_code == "340124100"


def test_rejected_rows_can_be_taken_away_and_corrected():
    made = plan(("坏", "名称"), ("I10.x00", "高血压"))
    table = list(csv.reader(importing.rejected_csv(made).splitlines()))
    assert table[0] == ["行", "代码", "名称", "原因"]
    assert table[1][:3] == ["2", "坏", "名称"]
    assert len(table) == 2
