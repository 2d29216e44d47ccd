"""A value has a period and a place; the nearest place wins."""

from datetime import date

import pytest

from tests.harness.tables import rows
from tongmai.kernel.policy import NotInForce, Policies

title = "Policy values"

ENTRY = """
- id: capacity.hold
  title: 占号时间
  value: {value}
  unit: minute
  in_force: {{from: {start}, until: {end}}}
  checked_on: 2026-01-01
  status: local-default
  note: 举例。
"""


@pytest.fixture
def policies(tmp_path):
    """30 from 2024, 20 from 2026; the county 340124 has 45 in 2025, its alliance west 60 from 2026-07."""
    national = ENTRY.format(value=30, start="2024-01-01", end="2026-01-01")
    national += ENTRY.format(value=20, start="2026-01-01", end="null")
    (tmp_path / "capacity.yaml").write_text(national, encoding="utf-8")
    for place, entry in {
        "county/340124": ENTRY.format(value=45, start="2025-01-01", end="2026-01-01"),
        "alliance/west": ENTRY.format(value=60, start="2026-07-01", end="null"),
    }.items():
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "capacity.yaml").write_text(entry, encoding="utf-8")
    return Policies.load(tmp_path)


@pytest.mark.parametrize(
    "row",
    rows("""
        on         | asked for                | value | comes from
        2023-12-31 |                          |       | nobody
        2024-01-01 |                          | 30    | national
        2025-06-01 | county 340124            | 45    | county
        2025-06-01 | county 340123            | 30    | national
        2025-12-31 | county 340124            | 45    | county
        2026-01-01 | county 340124            | 20    | national
        2026-06-30 | county 340124, alliance west | 20 | national
        2026-07-01 | county 340124, alliance west | 60 | alliance
        2025-07-01 | alliance west, county 340124 | 45 | county
    """),
    ids=lambda row: f"{row['on']} {row['asked for']}",
)
def test_the_nearest_level_in_force_wins(policies, row):
    """Half-open periods: the day of `until` belongs to the next value."""
    levels = [tuple(level.split()) for level in row["asked for"].split(", ") if level]
    try:
        found = policies.value("capacity.hold", on=date.fromisoformat(row["on"]), levels=levels)
    except NotInForce:
        assert row["comes from"] == "nobody"
    else:
        assert (str(found.value), found.level) == (row["value"], row["comes from"])
