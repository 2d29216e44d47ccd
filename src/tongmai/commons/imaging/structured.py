"""Structured reports: what a viewer measured, what a scanner gave as dose (PS3.3 A.35, C.17.3), as a tree in words.

Codes keep the meaning that the report writes beside them; those that viewers and scanners write most are said in Chinese.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from tongmai.commons.imaging import characters
from tongmai.commons.imaging.pixels.errors import Unreadable
from tongmai.commons.imaging.pixels.reading import BROKEN
from tongmai.kernel.text import N_

MOST_DEEP, MOST_ITEMS = 20, 2000

# Context Groups of PS3.16 (DCM) and the SNOMED CT concepts of TID 1500; the older SRT codes mean the same.
MEANINGS = {
    ("DCM", "126000"): N_("影像测量报告"), ("DCM", "126010"): N_("测量"), ("DCM", "125007"): N_("一组测量"),
    ("DCM", "111030"): N_("图像区域"), ("DCM", "112039"): N_("标记"), ("DCM", "112040"): N_("标记唯一号"),
    ("DCM", "121055"): N_("路径"), ("DCM", "121071"): N_("所见"), ("DCM", "121070"): N_("所见"),
    ("DCM", "121072"): N_("印象"), ("DCM", "121076"): N_("结论"), ("DCM", "121077"): N_("结论"),
    ("DCM", "121106"): N_("备注"), ("DCM", "121058"): N_("检查项目"), ("DCM", "121049"): N_("语言"),
    ("DCM", "121005"): N_("观察者类型"), ("DCM", "121008"): N_("观察者"), ("DCM", "121006"): N_("人员"),
    ("DCM", "121007"): N_("设备"), ("DCM", "121012"): N_("设备唯一号"), ("DCM", "121013"): N_("设备名称"),
    ("DCM", "111028"): N_("图像库"), ("DCM", "126200"): N_("图像组"), ("DCM", "113701"): N_("X 线辐射剂量报告"),
    ("DCM", "113811"): N_("CT 累积剂量"), ("DCM", "113813"): N_("总剂量长度乘积（DLP）"), ("DCM", "113819"): N_("CT 采集"),
    ("DCM", "113829"): N_("CT 剂量"), ("DCM", "113830"): N_("平均 CTDIvol"), ("DCM", "113838"): N_("剂量长度乘积（DLP）"),
    ("DCM", "113722"): N_("总剂量面积乘积"), ("DCM", "113725"): N_("总参考点剂量"), ("DCM", "113702"): N_("累积剂量"),
    ("SCT", "410668003"): N_("长度"), ("SRT", "G-D7FE"): N_("长度"), ("SCT", "42798000"): N_("面积"),
    ("SRT", "G-A166"): N_("面积"), ("SCT", "118565006"): N_("体积"), ("SRT", "G-D705"): N_("体积"),
    ("SCT", "103339001"): N_("长径"), ("SRT", "G-A185"): N_("长径"), ("SCT", "103340004"): N_("短径"),
    ("SRT", "G-A186"): N_("短径"), ("SCT", "1483009"): N_("角度"), ("SRT", "G-A17B"): N_("角度"),
    ("SCT", "363698007"): N_("部位"), ("SRT", "G-C0E3"): N_("部位"), ("SCT", "272741003"): N_("侧别"),
    ("SRT", "G-C171"): N_("侧别"), ("SCT", "373098007"): N_("均值"), ("SRT", "R-00317"): N_("均值"),
    ("SCT", "386136009"): N_("标准差"), ("SRT", "R-10047"): N_("标准差"), ("SCT", "56851009"): N_("最大值"),
    ("SRT", "G-A437"): N_("最大值"), ("SCT", "255605001"): N_("最小值"), ("SRT", "R-404FB"): N_("最小值"),
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """An image that a report points at; `frame` counts from 1."""

    sop_uid: str
    frame: int


@dataclass(frozen=True)
class Item:
    """One item of the content: `name` in Chinese where the code is known, `meaning` as the report writes it."""

    name: str
    meaning: str
    value: str
    picture: Picture | None = None
    within: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Structured:
    """A structured report.  `is_cut`: it goes deeper or on longer than what is shown."""

    title: Item
    is_complete: bool
    is_verified: bool
    verified_by: tuple[str, ...]
    is_cut: bool = False


def read(head: Dataset) -> Structured:
    """Return what a report says.

    Raises:
        Unreadable: its content is not built as the standard says.
    """
    tree = _Tree()
    try:
        return Structured(
            tree.item(head),
            is_complete=head.get("CompletionFlag") == "COMPLETE",
            is_verified=head.get("VerificationFlag") == "VERIFIED",
            verified_by=tuple(
                _name(each.VerifyingObserverName) for each in head.get("VerifyingObserverSequence") or []
            ),
            is_cut=tree.is_cut,
        )
    except (*BROKEN, RecursionError) as why:
        raise Unreadable() from why


class _Tree:
    """Reads the items of one report, and no more than a page shows."""

    def __init__(self) -> None:
        self.is_cut = False
        self._n_left = MOST_ITEMS

    def item(self, found: Dataset, depth: int = 0) -> Item:
        """Return an item with what stands within it."""
        kind, name = found.get("ValueType", ""), found.get("ConceptNameCodeSequence")
        said, meaning = _code(name[0]) if name else ("", "")
        within = tuple(self._within(found, depth + 1))
        if kind in _COORDINATES:  # where on the picture: the picture stands within
            return Item(said, meaning, "", next((each.picture for each in within if each.picture), None))
        return Item(said, meaning, _VALUES.get(kind, _nothing)(found), _picture(found, kind), within)

    def _within(self, found: Dataset, depth: int) -> Iterator[Item]:
        for each in found.get("ContentSequence") or []:
            if "ReferencedContentItemIdentifier" in each:
                continue  # stands elsewhere in the tree
            if depth > MOST_DEEP or not self._n_left:
                self.is_cut = True
                return
            self._n_left -= 1
            yield self.item(each, depth)


def _code(found: Dataset) -> tuple[str, str]:
    """Return a code in Chinese where it is a known one, and as the report writes it."""
    code = found.get("CodeValue") or found.get("LongCodeValue") or found.get("URNCodeValue") or ""
    meaning = str(found.get("CodeMeaning") or code)
    known = MEANINGS.get((found.get("CodingSchemeDesignator", ""), str(code)))
    return _(known) if known else meaning, meaning


def _number(found: Dataset) -> str:
    measured = found.get("MeasuredValueSequence")
    if not measured:
        return ""
    unit = measured[0].get("MeasurementUnitsCodeSequence")
    written = _plain(measured[0].NumericValue)
    code = str(unit[0].get("CodeValue", "")) if unit else ""
    return written if code in _NO_UNITS else f"{written} {code}"


def _plain(said: Any) -> str:
    """Return a number as people write it: a viewer's fifteen digits are no measurement."""
    text = str(said[0] if isinstance(said, MultiValue) else said)
    try:
        value = Decimal(text)
        rounded = round(value, 2) if abs(value) >= 1 else Decimal(f"{value:.3g}")
    except (InvalidOperation, ValueError):  # no number, or one that nobody measured
        return text
    return f"{rounded.normalize():f}" if rounded.is_finite() else text


def _name(said: Any) -> str:
    return characters.written_name(str(said or ""))


def _picture(found: Dataset, kind: str) -> Picture | None:
    referenced = found.get("ReferencedSOPSequence") if kind == "IMAGE" else None
    if not referenced:
        return None
    frames = referenced[0].get("ReferencedFrameNumber") or 1
    return Picture(
        str(referenced[0].ReferencedSOPInstanceUID), int(frames[0] if isinstance(frames, MultiValue) else frames)
    )


def _moment(found: Dataset) -> str:
    said = next((str(found[name].value) for name in ("DateTime", "Date", "Time") if name in found), "")
    parts = _MOMENT.fullmatch(said)
    if parts is None:
        return said
    day, clock = "-".join(filter(None, parts.group(1, 2, 3))), ":".join(filter(None, parts.group(4, 5, 6)))
    return f"{day} {clock}".strip()


def _nothing(_found: Dataset) -> str:
    return ""


_MOMENT = re.compile(r"(?:(\d{4})(\d\d)(\d\d))?(?:(\d\d)(\d\d)(\d\d)(?:\.\d+)?)?(?:[+-]\d{4})?")
_COORDINATES = frozenset({"SCOORD", "SCOORD3D", "TCOORD"})
_NO_UNITS = frozenset({"", "1", "{no units}"})  # UCUM
_VALUES: dict[str, Callable[[Dataset], str]] = {
    "TEXT": lambda found: str(found.get("TextValue") or ""),
    "NUM": _number,
    "CODE": lambda found: _code(found.ConceptCodeSequence[0])[0] if found.get("ConceptCodeSequence") else "",
    "PNAME": lambda found: _name(found.get("PersonName")),
    "UIDREF": lambda found: str(found.get("UID") or ""),
    "DATE": _moment, "TIME": _moment, "DATETIME": _moment,
}  # fmt: skip
