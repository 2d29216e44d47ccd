"""What is critical: by whose limit, at which age, in which unit."""

from decimal import Decimal

import pytest

from tests.harness.tables import rows
from tongmai.care.critical_values import rules, starter
from tongmai.care.critical_values.rules import Found, Level, Limit

title = "What is a critical value"

DAYS = {"10 d": 10, "5 y": 1826, "60 y": 21915, "?": None}


def _found(row):
    number = row["value"].lstrip("<>=")
    return Found(
        position=1, code="", system="", name=row["item"], text=row["value"], number=Decimal(number),
        comparator=row["value"][: len(row["value"]) - len(number)], unit=row["unit"], flag=row.get("flag", ""),
        status="final", specimen=row.get("specimen", ""),
    )  # fmt: skip


def _check(drawn, limits=()):
    for row in rows(drawn):
        hit = rules.judge(_found(row), [*limits, *starter.limits()], sex="female", age_days=DAYS[row["age"]])
        said = f"{hit.kind} {hit.direction}".strip() if hit else ""
        assert said == row["critical"], row


def test_the_shipped_limits():
    """Exactly the limit is not beyond it.  "<2.8" is below 2.8; ">2" is above no high limit of 6.2."""
    _check("""
        item       | value | unit   | age  | specimen | critical
        血钾       | 2.7   | mmol/L | 60 y |          | limit low
        血钾       | 2.8   | mmol/L | 60 y |          |
        血钾       | <2.8  | mmol/L | 60 y |          | limit low
        血钾       | >2    | mmol/L | 60 y |          |
        血钾       | 6.3   | mmol/L | ?    |          | limit high
        葡萄糖     | 2.0   | mmol/L | 10 d |          |
        葡萄糖     | 2.0   | mmol/L | 5 y  |          | limit low
        葡萄糖     | 30    | mg/dL  | 60 y |          | limit low
        葡萄糖     | 30    | mmol/L | 60 y | 尿液     |
        血红蛋白   | 4.9   | g/dL   | 60 y |          | limit low
        血小板计数 | 19    | 10^9/L | 60 y |          | limit low
        血小板计数 | 19000 | /uL    | 60 y |          | limit low
        总胆红素   | 350   | umol/L | 10 d |          | limit high
        总胆红素   | 350   | umol/L | 60 y |          |
    """)


def test_a_flag_of_the_laboratory_stands_where_no_limit_speaks():
    """A unit that nobody can convert is not compared; what the sender says of it still counts."""
    _check("""
        item     | value | unit   | age  | flag          | critical
        肌钙蛋白 | 3.1   | ng/mL  | 60 y |               |
        肌钙蛋白 | 3.1   | ng/mL  | 60 y | critical_high | sender high
        血钾     | 3.0   | mmol/L | 60 y | critical_low  | sender low
        血钾     | 2.0   | foo    | 60 y |               |
        血钾     | 2.0   | foo    | 60 y | critical      | sender
    """)


def _limit(**given):
    values = {"ref": "x", "level": Level.ORG, "item": "potassium", "unit": "mmol/L", "low": None, "high": None}
    return Limit(**(values | {name: Decimal(v) if name in ("low", "high") and v else v for name, v in given.items()}))


def test_the_nearest_limit_decides():
    """The organisation's own stands before the alliance's, that before ours; a line without limits lifts one."""
    _check(
        """
        item | value | unit   | age  | critical
        血钾 | 2.6   | mmol/L | 60 y |
        血钾 | 2.4   | mmol/L | 60 y | limit low
        血钾 | 9     | mmol/L | 60 y |
        血钠 | 110   | mmol/L | 60 y |
        血钠 | 170   | mmol/L | 60 y |
    """,
        [
            _limit(level=Level.ALLIANCE, low="2.6"),
            _limit(low="2.5"),
            _limit(item="sodium", level=Level.ALLIANCE),
        ],
    )


def test_an_item_of_ones_own_is_known_by_its_name():
    _check(
        """
        item            | value | unit  | age  | critical
        高敏肌钙蛋白T   | 120   | ng/L  | 60 y | limit high
        高敏肌钙蛋白T   | 90    | ng/L  | 60 y |
    """,
        [_limit(item="高敏肌钙蛋白t", unit="ng/L", high="100")],
    )


@pytest.mark.parametrize(("said", "text", "name", "matches"), [
    ("2.5", "2.5", "血钾", True), ("钾 2.5 mmol/L", "2.5", "血钾", True), ("2.50", "2.5", "血钾", True),
    ("25", "2.5", "血钾", False), ("", "2.5", "血钾", False), ("<2.8", "<2.8", "血钾", True),
    ("张力性气胸", "", "张力性气胸", True), ("气胸", "", "张力性气胸", True), ("胸", "", "张力性气胸", False),
    ("脑出血", "", "张力性气胸", False), ("２．５", "2.5", "血钾", True),
])  # fmt: skip
def test_what_is_read_back_is_compared(said, text, name, matches):
    assert rules.reads_back(said, text=text, name=name) is matches
