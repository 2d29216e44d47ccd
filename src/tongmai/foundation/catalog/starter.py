"""The project's own short tables in `data/`: reading them into plain rows.  No database here."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class StarterSet:
    """The project's own short edition of one unified set: its file, its title, where the codes come from."""

    table: str
    title: str
    source: str


DATA = Path(__file__).parent / "data"
VERSION = "starter-1"
STARTS_ON = date(2000, 1, 1)  # before any record this platform will hold
# Of each unified set a short list to begin with, until the county imports the official ones.  The source says how far
# its codes are to be relied on.  Of a charge the column `status` says it: `inferred`, a province's insurance settled the
# same service in 2014 under these nine digits (and two of its own behind them); `unchecked`, written down from knowledge.
SETS = {
    "icd10": StarterSet("diagnoses", "县乡常见诊断", "本项目编制；代码与名称采用国家医保版 ICD-10 2.0"),
    "drugs": StarterSet("drugs", "县乡常用药品（通用名）", "本项目编制；代码采用 WHO 的 ATC 分类，尚待核对"),
    "consumables": StarterSet("consumables", "县乡常用耗材", "本项目编制，编号自拟；正式使用前导入国家医保耗材编码"),
    "charges": StarterSet(
        "charges",
        "县乡常用收费项目",
        "本项目编制；代码采用全国医疗服务价格项目规范，一部分与一份省级医保结算明细（2014 年）一致，其余尚待核对",
    ),
}
SOURCES = {
    "facility_classes": "WS 218-2002 卫生机构（组织）分类与代码",
    "department_types": "医疗机构诊疗科目名录",
    "resource_kinds": "本项目编制",
    "examination_items": "本项目编制，编号自拟；收费编码的依据见医疗服务项目目录",
    "divisions": "国家统计局统计用区划代码（2023年）",
}


@dataclass(frozen=True)
class DiagnosisRow:
    """A line of `diagnoses.csv`; flags are as in models.Code, `notifiable` is a slug of notifiable_diseases.csv."""

    code: str
    name: str
    everyday_names: str = ""
    is_common: bool = True
    is_chronic: bool = False
    notifiable: str = ""


@cache
def codes(system: str) -> tuple[DiagnosisRow, ...]:
    """Return the starter codes of a unified set in the order of its file; all of them are in common use."""
    if system == "icd10":
        return diagnoses()
    return tuple(DiagnosisRow(row["code"], row["name"], row["everyday_names"]) for row in rows(SETS[system].table))


@cache
def diagnoses() -> tuple[DiagnosisRow, ...]:
    """Return the starter diagnoses in the order of the file."""
    return tuple(
        DiagnosisRow(
            code=row["code"],
            name=row["name"],
            everyday_names=row["everyday_names"],
            is_common=row["common"] == "1",
            is_chronic=row["chronic"] == "1",
            notifiable=row["notifiable"],
        )
        for row in rows("diagnoses")
    )


def rows(table: str) -> Iterator[dict[str, str]]:
    """Yield the lines of `data/<table>.csv` as dictionaries."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def day_or(text: str, default: date | None) -> date | None:
    """Return the ISO day in `text`, or `default` where the cell is empty."""
    return date.fromisoformat(text) if text else default
