"""Local codes as a table: one line each, with what is decided and what is suggested.  The import reads the same columns."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongmai.foundation.terminology import presenters, suggesting
from tongmai.foundation.terminology.choices import CodeSet

MOST = 5_000
SUGGESTED = 3
HEAD = (
    "机构代码", "机构名称", "目录", "编码体系", "本地编码", "本地名称", "出现次数", "统一编码", "关系", "备注",
    *(f"建议{n}" for n in range(1, SUGGESTED + 1)),
)  # fmt: skip


def rows(codes: Iterable[Any], *, on: date) -> Iterator[list[Any]]:
    """Yield each code as a line of the table: what a person decided stands in the columns to fill in, and nothing else
    does, so that a table that is uploaded as it came changes nothing."""
    for local in codes:
        found = suggesting.suggestions(local.code_set, local.code, local.name, on, SUGGESTED)
        said = [f"{each.code} {each.name}（{_(presenters.WHY[each.why])}）" for each in found]
        yield [
            local.org.code, local.org.name, _(presenters.SETS[CodeSet(local.code_set)]), local.system, local.code,
            local.name, local.n_seen, local.unified_code, _(presenters.RELATIONS[local.relation]) if local.relation else "",
            "", *said, *[""] * (SUGGESTED - len(said)),
        ]  # fmt: skip
