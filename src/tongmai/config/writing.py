"""A table as a file, as commands leave it."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tongmai.ui.sheets import harmless


def write_table(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a spreadsheet where the name ends in .xlsx, else CSV as Excel opens it."""
    from tongmai.ui.http import xlsx_bytes

    if path.suffix.lower() == ".xlsx":
        path.write_bytes(xlsx_bytes(head, rows))
        return
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(map(harmless, head))
        table.writerows(map(harmless, row) for row in rows)
