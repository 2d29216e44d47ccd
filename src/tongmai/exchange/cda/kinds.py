"""What people call a kind of document, by the code that it carries.  Pure."""

from functools import cache
from pathlib import Path

import yaml

from tongmai.exchange.cda.values import Coded

_TABLE = Path(__file__).with_name("document_kinds.yaml")


def name_of(kind: Coded) -> str:
    """Return the name of a kind: ours, else as the document calls it; "" where neither is known."""
    return _names().get((kind.system, kind.code), "") or kind.name


def name_of_code(code: str) -> str:
    """Return our name of a code of whichever list; "" where it is unknown."""
    return next((name for (_, each), name in _names().items() if each == code), "")


@cache
def _names() -> dict[tuple[str, str], str]:
    lists = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return {(each["system"], str(code)): name for each in lists for code, name in each["names"].items()}
