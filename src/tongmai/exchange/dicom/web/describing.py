"""DICOM JSON (PS3.18 F): rows of ours and data sets of files, names as Chinese and as letters."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset

from tongmai.kernel import pinyin
from tongmai.kernel.months import REPORTING_ZONE

_BULK_BYTES = 1024


def attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by keyword as DICOM JSON; an attribute without a value has none."""
    found = {}
    for keyword, value in values.items():
        tag = tag_for_keyword(keyword)
        assert tag is not None, keyword
        vr = dictionary_VR(tag)
        element: dict[str, Any] = {"vr": vr}
        many = value if isinstance(value, list | tuple) else [value]
        written = [_value(vr, each) for each in many if each not in (None, "")]
        if written:
            element["Value"] = written
        found[f"{tag:08X}"] = element
    return dict(sorted(found.items()))


def name(said: str) -> dict[str, str]:
    """Return a name with its groups: letters for whoever reads no Chinese, and the characters themselves."""
    groups = dict(zip(("Alphabetic", "Ideographic", "Phonetic"), said.split("="), strict=False))
    return _grouped({kind: text.strip() for kind, text in groups.items() if text.strip()})


def of_data_set(found: Dataset, address: str) -> dict[str, Any]:
    """Return a data set, texts decoded, names in their groups; of its bulk (overlays, tables, documents) the place.

    `address`: of the instance.
    """
    said = found.to_json_dict(
        bulk_data_threshold=_BULK_BYTES, bulk_data_element_handler=lambda _element: "", suppress_invalid_tags=True
    )
    return _tidied(said, f"{address}/bulkdata/")


def day(value: date | datetime | None) -> str:
    """Return a day as DICOM writes it."""
    return _local(value).strftime("%Y%m%d") if value else ""


def moment(value: datetime | None) -> str:
    """Return a time of day as DICOM writes it."""
    return _local(value).strftime("%H%M%S") if value else ""


def _local(value: Any) -> Any:
    return value.astimezone(REPORTING_ZONE) if isinstance(value, datetime) else value


def _value(vr: str, value: Any) -> Any:
    if vr == "PN":
        return name(str(value))
    return int(value) if vr in ("IS", "US", "UL") else str(value)


def _grouped(groups: dict[str, str]) -> dict[str, str]:
    """Chinese that stands in the group of letters belongs into its own; its letters are written beside it."""
    first = groups.get("Alphabetic", "")
    if first.isascii():
        return groups
    characters = groups.get("Ideographic") or first
    plain = characters.replace("^", "").replace(" ", "")
    reading = pinyin.usual(plain)
    letters = {"Alphabetic": reading.capitalize()} if reading else {}
    return letters | {"Ideographic": characters} | {k: v for k, v in groups.items() if k == "Phonetic"}


def _tidied(said: dict[str, Any], before: str) -> dict[str, Any]:
    found = {}
    for tag, element in said.items():
        if "BulkDataURI" in element:
            element = element | {"BulkDataURI": f"{before}{tag}"}
        if element["vr"] == "SQ" and "Value" in element:
            items = [_tidied(item, f"{before}{tag}.{n}.") for n, item in enumerate(element["Value"])]
            element = element | {"Value": items}
        if element["vr"] == "PN" and "Value" in element:
            element = element | {"Value": [_grouped(each) for each in element["Value"] if each]}
        found[tag] = element
    return found
