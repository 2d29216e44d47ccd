"""The limits as a table: the columns in which they leave as Excel, and come in again with the import of lists.

The words are Chinese whatever the page speaks: it is one file for a laboratory, its reviewers and the import.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tongmai.care.critical_values.choices import Basis
from tongmai.care.critical_values.items import ITEMS
from tongmai.care.critical_values.rules import OLDEST_DAYS, Level, Limit

HEAD = (
    "项目",
    "低于",
    "高于",
    "单位",
    "性别",
    "年龄起（天）",
    "年龄止（天，不含）",
    "依据",
    "性质",
    "层级",
    "生效日期",
)
NONE = "不设"  # of a line that says: here it never is critical
SEXES = {"": "", "不限": "", "男": "male", "女": "female"}
LEVELS = {"本机构": Level.ORG, "医联体": Level.ALLIANCE, "初始界值": Level.OURS}
STATUSES = {"本地默认": Basis.LOCAL, "政策明文": Basis.STATED, "依政策推定": Basis.INFERRED}
_SEX_WORDS = {"male": "男", "female": "女"}
_LEVEL_WORDS = {level: word for word, level in LEVELS.items()}
_STATUS_WORDS = {str(status): word for word, status in STATUSES.items()}


def rows(limits: Iterable[Limit]) -> Iterator[list[object]]:
    """Yield the limits, one row each.  The day is left blank: who changes a row writes from when on it counts."""
    for each in limits:
        yield [
            ITEMS[each.item].label if each.item in ITEMS else each.item, *_limits(each), each.unit,
            _SEX_WORDS.get(each.sex, ""), each.age_from_days or "",
            each.age_before_days if each.age_before_days < OLDEST_DAYS else "", each.source,
            _STATUS_WORDS.get(each.status, ""), _LEVEL_WORDS[each.level], "",
        ]  # fmt: skip


def _limits(limit: Limit) -> list[str]:
    if limit.low is None and limit.high is None:
        return [NONE, NONE]
    return ["" if each is None else _plain(each) for each in (limit.low, limit.high)]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
