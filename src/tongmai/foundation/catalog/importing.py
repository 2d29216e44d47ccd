"""Official code lists and divisions from a table: first each row's fate, then the change.

`plan_codes` and `plan_divisions` compare the rows with what is stored and say of each: new, changed, same or rejected,
with the reason; nothing is written.  `apply_codes` and `apply_divisions` write what a plan accepted.  Reading the file
itself (CSV, Excel, encodings) is the caller's.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import transaction

from tongmai.foundation.catalog import rules, services, starter
from tongmai.foundation.catalog.errors import UnreadableFile, VersionStartsElsewhere
from tongmai.foundation.catalog.models import Code, CodeList, Division
from tongmai.foundation.catalog.selectors import in_force
from tongmai.kernel.text import N_
from tongmai.ui.sheets import harmless

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": (
        "code",
        "code12",
        "代码",
        "编码",
        "诊断代码",
        "疾病编码",
        "诊断编码",
        "药品编码",
        "药品代码",
        "国家药品代码",
        "耗材编码",
        "医用耗材代码",
        "项目编码",
        "项目代码",
        "医疗服务项目代码",
        "ICD-10编码",
        "区划代码",
        "统计用区划代码",
    ),
    "name": (
        "name",
        "名称",
        "诊断名称",
        "疾病名称",
        "区划名称",
        "中文名称",
        "药品名称",
        "通用名",
        "耗材名称",
        "项目名称",
    ),
}
MOST_NAME = {"codes": 200, "divisions": 60}
_ICD10 = re.compile(r"[A-Z]\d\d(\.[0-9x]\d{0,2}(x\d{3})?)?(\+[A-Z]\d\d(\.\d+)?\*)?")
_PLAIN_CODE = re.compile(r"[\w.()（）/*+-]{1,32}")
_LOST_CHARACTERS = re.compile("[?\ufffd]")

Line = tuple[int, Sequence[str]]  # line number in the file, cells


class FateKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Fate:
    """What becomes of one row.  `reason` says why it is rejected, or what is worth a look in one that is taken."""

    line: int
    code: str
    name: str
    kind: FateKind
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """The fate of every row; `absent` are codes in force that the file does not name; `n_outside` rows lie outside the
    area that was asked for."""

    fates: tuple[Fate, ...]
    absent: tuple[str, ...] = ()
    n_outside: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many rows have each fate, all kinds named."""
        found = Counter(fate.kind for fate in self.fates)
        return {kind.value: found[kind] for kind in FateKind}

    def of(self, kind: FateKind) -> list[Fate]:
        return [fate for fate in self.fates if fate.kind is kind]

    def accepted(self) -> Iterator[Fate]:
        """Yield the fates of the rows that are taken, unchanged ones among them."""
        return (fate for fate in self.fates if fate.kind is not FateKind.REJECTED)


def places_of(head: Sequence[str]) -> dict[str, int]:
    """Return where the columns `code` and `name` are.

    Raises:
        UnreadableFile: one of them is missing.
    """
    plain = [re.sub(r"[\s*＊:：]", "", title).lower() for title in head]
    found = {}
    for column, titles in COLUMNS.items():
        index = next((i for title in titles for i, said in enumerate(plain) if said == title.lower()), None)
        if index is None:
            raise UnreadableFile(field="file", problem=N_("没有找到代码列和名称列，表头应为“代码、名称”或“code, name”"))
        found[column] = index
    return found


# The unified sets


def plan_codes(
    lines: Iterable[Line], head: Sequence[str], *, version: str, starts_on: date, system: str = CodeList.System.ICD10
) -> Plan:
    """Return each row's fate against the edition `version` if it exists, else against the one in force on `starts_on`.

    Raises:
        UnreadableFile: the head has no code or name column.
    """
    present = _codes_to_compare(system, version, starts_on)
    fates = tuple(_fates(lines, places_of(head), lambda code, name: _why_no_code(system, code), present))
    named = {fate.code for fate in fates}
    return Plan(fates, absent=tuple(sorted(set(present) - named)))


@transaction.atomic
def apply_codes(
    plan: Plan,
    *,
    version: str,
    title: str,
    source: str,
    starts_on: date,
    by: Any,
    system: str = CodeList.System.ICD10,
    progress: services.Progress | None = None,
) -> services.Outcome:
    """Write the accepted rows as the edition `version`, in force from `starts_on`; the edition before it ends there.

    What the starter table knows of a code (everyday names, common, chronic) is taken over.  Repeating it changes nothing.

    Raises:
        VersionStartsElsewhere: the version is there already with another first day.
        ListOverlaps: another version starts on that day.
    """
    edition = services.place_list(system=system, version=version, title=title, source=source, starts_on=starts_on)
    if edition.starts_on != starts_on:
        raise VersionStartsElsewhere(field="from", version=version, starts_on=edition.starts_on)
    known = {row.code: row for row in starter.codes(system)}
    rows = [_diagnosis_row(fate, known.get(fate.code)) for fate in plan.accepted()]
    return services.put_codes(edition, rows, by=by, progress=progress)


def _codes_to_compare(system: str, version: str, on: date) -> dict[str, str]:
    editions = CodeList.objects.filter(system=system)
    edition = editions.filter(version=version).first() or editions.filter(in_force(on)).first()
    return dict(Code.objects.filter(list=edition).values_list("code", "name")) if edition else {}


def _why_no_code(system: str, code: str) -> str:
    if system == CodeList.System.ICD10:
        return "" if _ICD10.fullmatch(code) else N_("代码不是 ICD-10 的写法，例如 I10.x00")
    return "" if _PLAIN_CODE.fullmatch(code) else N_("代码应为不超过 32 位的字母、数字和连接号")


def _diagnosis_row(fate: Fate, known: starter.DiagnosisRow | None) -> starter.DiagnosisRow:
    if known is None:
        return starter.DiagnosisRow(code=fate.code, name=fate.name, is_common=False)
    return starter.DiagnosisRow(
        code=fate.code,
        name=fate.name,
        everyday_names=known.everyday_names,
        is_common=known.is_common,
        is_chronic=known.is_chronic,
    )


# Divisions


def plan_divisions(lines: Iterable[Line], head: Sequence[str], *, under: str = "") -> Plan:
    """Return each row's fate against the divisions without an end; with `under` only rows below that code count.

    A division must have its parent in the table or in the file.

    Raises:
        UnreadableFile: the head has no code or name column.
    """
    places = places_of(head)
    tidy = [(number, _with_plain_code(cells, places["code"])) for number, cells in lines]
    inside = [(number, cells) for number, cells in tidy if cells[places["code"]].startswith(under)]
    present = dict(Division.objects.filter(ends_before__isnull=True).values_list("code", "name"))
    codes = set(present) | {cells[places["code"]] for _, cells in inside}
    fates = tuple(_fates(inside, places, lambda code, name: _why_not_division(code, codes), present, "divisions"))
    named = {fate.code for fate in fates}
    absent = tuple(sorted(code for code in present if under and code.startswith(under) and code not in named))
    return Plan(fates, absent=absent, n_outside=len(tidy) - len(inside))


def apply_divisions(
    plan: Plan, *, source: str, starts_on: date, by: Any, progress: services.Progress | None = None
) -> services.Outcome:
    """Write the accepted divisions from `starts_on` on.  Repeating it changes nothing."""
    rows = [services.DivisionRow(code=fate.code, name=fate.name) for fate in plan.accepted()]
    return services.put_divisions(rows, starts_on=starts_on, source=source, by=by, progress=progress)


def _with_plain_code(cells: Sequence[str], place: int) -> list[str]:
    plain = [cell.strip() for cell in cells]
    plain[place] = rules.without_padding(plain[place])
    return plain


def _why_not_division(code: str, codes: set[str]) -> str:
    if not (code.isascii() and code.isdigit() and len(code) in rules.LEVEL_DIGITS):
        return N_("区划代码应为 2、4、6、9 或 12 位数字")
    parent = rules.parent_of(code)
    if parent and parent not in codes:
        return N_("上级区划不在表中，请先导入上一级")
    return ""


# Both


def _fates(
    lines: Iterable[Line],
    places: Mapping[str, int],
    why_not: Any,
    present: Mapping[str, str],
    table: str = "codes",
) -> Iterator[Fate]:
    seen: set[str] = set()
    for number, cells in lines:
        code, name = cells[places["code"]].strip(), cells[places["name"]].strip()
        reason = _why_rejected(code, name, seen, MOST_NAME[table]) or why_not(code, name)
        if reason:
            yield Fate(number, code, name, FateKind.REJECTED, reason)
            continue
        seen.add(code)
        note = N_("名称里有“?”，可能丢失了生僻字") if _LOST_CHARACTERS.search(name) else ""
        yield Fate(number, code, name, _kind(present.get(code), name), note)


def _why_rejected(code: str, name: str, seen: set[str], most: int) -> str:
    if not code:
        return N_("没有代码")
    if not name:
        return N_("没有名称")
    if code in seen:
        return N_("代码在文件中重复，只取第一行")
    if len(name) > most:
        return N_("名称过长")
    return ""


def _kind(stored: str | None, name: str) -> FateKind:
    if stored is None:
        return FateKind.NEW
    return FateKind.SAME if stored == name else FateKind.CHANGED


def rejected_csv(plan: Plan) -> str:
    """Return the rejected rows as a table (line, code, name, reason), to be corrected and imported again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["行", "代码", "名称", "原因"])
    for fate in plan.of(FateKind.REJECTED):
        writer.writerow([fate.line, *map(harmless, (fate.code, fate.name, fate.reason))])
    return out.getvalue()
