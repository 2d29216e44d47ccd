"""Whose number an identifier is, by its root.  Pure."""

from functools import cache
from pathlib import Path

import yaml

_TABLE = Path(__file__).with_name("identifier_roots.yaml")


def meaning(root: str) -> str:
    """Return citizen, person, visit or other; "" for a root of the maker's own."""
    return _meanings().get(root, "")


@cache
def _meanings() -> dict[str, str]:
    return {row["root"]: row["means"] for row in yaml.safe_load(_TABLE.read_text(encoding="utf-8"))}
