from decimal import Decimal
from pathlib import Path

from tongmai.commons.capacity import rules
from tongmai.commons.capacity.states import Share

title = "The table in the explanation"

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "reserved-share.md"


def _table(first_heading):
    lines = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    start = next(i for i, cells in enumerate(lines) if cells[0] == first_heading)
    body = []
    for cells in lines[start + 2 :]:
        if len(cells) != len(lines[start]) or cells[0] in {"account", "places"}:
            break
        body.append(dict(zip(lines[start], cells, strict=True)))
    return body


def test_the_explained_numbers_are_those_of_the_rule():
    """docs/algorithms/reserved-share.md shows what the rule computes."""
    table = _table("places")
    assert len(table) == 7
    for row in table:
        for rate in (20, 30, 50):
            reserved = rules.reserved_places(int(row["places"]), Decimal(rate) / 100)
            assert reserved == int(row[f"{rate} %"]), row


def test_the_explained_accounts_are_all_there_are():
    assert {row["account"] for row in _table("account")} == {str(share) for share in Share}
