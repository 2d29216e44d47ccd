from datetime import date, timedelta
from decimal import Decimal

import pytest

from tongmai.kernel import policy
from tongmai.kernel.policy import Policies, PolicyFileError, UnknownPolicy

GOOD = """
- id: a.share
  title: 比例
  value: 0.20
  unit: share
  in_force: {from: 2024-01-01, until: null}
  source: {document: 某文件, issuer: 某机关, article: 第一条, quote: 不少于两成}
  checked_on: 2026-01-01
  status: stated
"""
ON = date(2026, 1, 1)


def load(folder, text, name="a.yaml"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return Policies.load(folder)


def test_a_value_is_exact_and_carries_its_source(tmp_path):
    found = load(tmp_path, GOOD).value("a.share", on=ON)
    assert found.decimal == Decimal("0.20") and found.source.quote == "不少于两成" and found.status == "stated"


@pytest.mark.parametrize(
    ("change", "by", "said"),
    [
        ("title: 比例", "title: 比例\n  colour: red", "colour"),
        ("title: 比例", "title: n/a", "placeholder"),
        ("title: 比例", 'title: " "', "placeholder"),
        ("title: 比例", "title: TO" + "DO", "placeholder"),
        ("quote: 不少于两成", "quote: 待定", "placeholder"),
        ("value: 0.20", "value: 1.20", "unit share"),
        ("value: 0.20", "value: yes", "unit share"),
        ("unit: share", "unit: furlong", "unit"),
        ("unit: share", "unit: hour", "whole numbers"),
        (", quote: 不少于两成", "", "quote"),
        ("status: stated", "status: inferred", "note"),
        ("status: stated", "status: guessed", "status"),
        ("until: null", "until: 2024-01-01", "empty"),
        ("{from: 2024-01-01, until: null}", "{from: 2024-01-01}", "until"),
        ("id: a.share", "id: Share", "id"),
        ("checked_on: 2026-01-01", "checked_on: 2026-01-01\n  unit: hour", "repeated key"),
    ],
)
def test_a_flawed_entry_is_refused_by_name(tmp_path, change, by, said):
    assert change in GOOD
    with pytest.raises(PolicyFileError, match=said):
        load(tmp_path, GOOD.replace(change, by))


@pytest.mark.parametrize(
    ("second_from", "flaw"), [("2025-06-01", None), ("2025-05-31", "overlap"), ("2025-06-02", "gap")]
)
def test_periods_neither_overlap_nor_leave_gaps(tmp_path, second_from, flaw):
    first = GOOD.replace("until: null", "until: 2025-06-01")
    both = first + GOOD.replace("from: 2024-01-01", f"from: {second_from}")
    if flaw is None:
        assert load(tmp_path, both).value("a.share", on=date(2025, 6, 1)).in_force[0] == date(2025, 6, 1)
    else:
        with pytest.raises(PolicyFileError, match=flaw):
            load(tmp_path, both)


def test_an_override_needs_something_to_override(tmp_path):
    with pytest.raises(PolicyFileError, match="national value"):
        load(tmp_path, GOOD, "county/340124/a.yaml")


def test_an_override_keeps_the_unit(tmp_path):
    load(tmp_path, GOOD)
    with pytest.raises(PolicyFileError, match="unit"):
        load(tmp_path, GOOD.replace("unit: share", "unit: fen").replace("0.20", "20"), "county/340124/a.yaml")


def test_files_lie_where_a_level_is_meant(tmp_path):
    with pytest.raises(PolicyFileError, match="level"):
        load(tmp_path, GOOD, "village/1/a.yaml")


def test_an_unknown_id_is_a_mistake(tmp_path):
    with pytest.raises(UnknownPolicy):
        load(tmp_path, GOOD).value("a.other", on=ON)


def test_what_is_no_list_or_no_yaml_is_refused(tmp_path):
    with pytest.raises(PolicyFileError):
        load(tmp_path, "id: a.share")
    with pytest.raises(PolicyFileError):
        load(tmp_path, "- id: [")


def test_shipped_policies_load_and_answer_for_today():
    shipped = policy.shipped()
    assert shipped.value("capacity.reserved_share", on=ON).decimal == Decimal("0.20")
    assert shipped.value("referrals.answer.urgent", on=ON).timedelta() == timedelta(hours=2)
    assert shipped.value("audit.retention.floor", on=ON).before(date(2026, 8, 31)) == date(2026, 2, 28)
    for value in shipped:
        assert value.source or value.note, value.id


def test_logs_are_kept_at_least_as_long_as_the_law_wants():
    floor = policy.shipped().value("audit.retention.floor", on=ON).int
    for name in ("events", "access_log", "deliveries"):
        kept = policy.shipped().value(f"audit.retention.{name}", on=ON)
        assert (kept.unit, kept.int >= floor) == ("month", True)


def test_a_wrong_reading_of_a_value_is_a_mistake():
    value = policy.shipped().value
    with pytest.raises(TypeError):
        _ = value("capacity.reserved_rounding", on=ON).int
    with pytest.raises(TypeError):
        value("audit.retention.events", on=ON).timedelta()
    assert value("capacity.borrow_by", on=ON).items == ("emergency",)
    assert policy.rounded(Decimal("3.2"), "up") == 4
