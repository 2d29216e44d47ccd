"""Who is who in a register that is not imported yet: the rows as they stand, with a person and a decision for each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tongmai.commons.residents import likeness
from tongmai.commons.residents.matching.batch import Register
from tongmai.commons.residents.matching.facts import Facts, facts_of
from tongmai.commons.residents.matching.linking import People, people
from tongmai.commons.residents.matching.rules import Limits, Zone
from tongmai.exchange.tabular import columns
from tongmai.exchange.tabular.facts import SEXES, day
from tongmai.exchange.tabular.reading import Sheet, read
from tongmai.kernel.text import N_

KIND = "residents"
HEAD = (N_("人员编号"), N_("判定"), N_("对应行"), N_("权重"), N_("说明"))
DECISIONS = {Zone.NEW: N_("新人"), Zone.LINKED: N_("自动关联"), Zone.REVIEW: N_("待核对")}


@dataclass(frozen=True)
class LinkedRow:
    """A row of the register.  `person` counts from 1; `like_line` is the line of the row it is like, 0 for none."""

    line: int
    cells: tuple[str, ...]
    person: int
    zone: Zone
    like_line: int = 0
    weight: float | None = None
    why: str = ""

    def added(self) -> list[str]:
        """Return what is written behind the row's own cells."""
        weight = "" if self.weight is None else f"{self.weight:.1f}"
        return [str(self.person), _(DECISIONS[self.zone]), str(self.like_line or ""), weight, self.why]


@dataclass
class _Places:
    """Villages that a register names without codes get codes of its own: equal names are equal places."""

    towns: dict[str, int] = field(default_factory=dict)
    villages: dict[tuple[int, str], int] = field(default_factory=dict)

    def code(self, cells: Mapping[str, str]) -> str:
        stated = cells.get("village_code", "")
        if len(stated) == 12 and stated.isdecimal():
            return stated
        name = cells.get("village", "")
        if not name:
            return ""
        town = self.towns.setdefault(cells.get("town", ""), len(self.towns) + 1)
        village = self.villages.setdefault((town, name), len(self.villages) + 1)
        return f"{town % 10**6:06}{village % 10**6:06}"


def opened(content: bytes, choices: Mapping[str, str]) -> tuple[Sheet, dict[str, int]]:
    """Return the table of a file and where its fields stand; columns are found as an import finds them.

    Raises:
        UnusableFile: with what is wrong and what to do.
    """
    sheet = read(content, columns.headings(KIND, choices))
    return sheet, columns.match(KIND, sheet.head, choices)


def linked(sheet: Sheet, places: Mapping[str, int], limits: Limits) -> Iterator[LinkedRow]:
    """Yield every row with the person it belongs to, in the order of the file.

    Raises:
        NoEngine: the extra `matching` is not installed.
    """
    with Register() as register:
        register.add(_facts(sheet, places))
        found = people(register.n, register.compared(least=limits.review), limits)
    lines = [line for line, _cells in sheet.rows]
    numbers: dict[int, int] = {}
    for row, (line, cells) in enumerate(sheet.rows):
        first = found.person(row)
        person = numbers.setdefault(first, len(numbers) + 1)
        yield _row(found, row, first, LinkedRow(line, cells, person, Zone.NEW), lines)


def _row(found: People, row: int, first: int, bare: LinkedRow, lines: list[int]) -> LinkedRow:
    if first != row:
        return LinkedRow(bare.line, bare.cells, bare.person, Zone.LINKED, lines[first], found.weights.get(row))
    if doubt := found.doubts.get(row):
        why = likeness.why(doubt.why or "")
        return LinkedRow(bare.line, bare.cells, bare.person, Zone.REVIEW, lines[doubt.other], doubt.weight, why)
    return bare


def _facts(sheet: Sheet, places: Mapping[str, int]) -> Iterable[Facts]:
    named = _Places()
    for _line, row in sheet.rows:
        cells = columns.cells_by_field(row, places)
        yield facts_of(
            name=cells.get("name", ""),
            sex=SEXES.get(cells.get("sex", "").strip().lower(), ""),
            born_on=day(cells.get("born_on", "").strip()),
            number=cells.get("citizen_id", ""),
            phone=cells.get("phone", ""),
            insurance=cells.get("insurance_number", ""),
            village=named.code(cells),
            address=cells.get("address", ""),
        )
