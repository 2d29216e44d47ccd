"""What is unusual about reading.  Pure: counts and policy → finding, with its arithmetic."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from tongmai.kernel.surnames import COMPOUND
from tongmai.kernel.text import N_


class Kind(StrEnum):
    VOLUME = "volume"
    NO_ACTION = "no_action"
    NEIGHBOUR = "neighbour"
    SAME_NAME = "same_name"
    COLLEAGUE = "colleague"
    EMERGENCY_ONLY = "emergency_only"
    RECOGNITION_ONLY = "recognition_only"
    GONE = "gone"
    SENSITIVE = "sensitive"


LABELS = {
    Kind.VOLUME: N_("查阅人数异常"),
    Kind.NO_ACTION: N_("查阅后没有业务"),
    Kind.NEIGHBOUR: N_("同村同姓且没有业务"),
    Kind.SAME_NAME: N_("同名居民且没有业务"),
    Kind.COLLEAGUE: N_("查阅本单位职工"),
    Kind.EMERGENCY_ONLY: N_("仅凭紧急查阅且没有业务"),
    Kind.RECOGNITION_ONLY: N_("查询互认后没有互认也没有开单"),
    Kind.GONE: N_("查阅已故或已合并的档案"),
    Kind.SENSITIVE: N_("紧急查阅受限记录"),
}


@dataclass(frozen=True)
class Usual:
    """What is usual: the median of so many days, and the median distance from it (MAD, scaled to a standard deviation)."""

    median: float
    spread: float
    n_days: int


@dataclass(frozen=True)
class Volume:
    """A day on which more people were read than `limit`; `own` is None for who has too few days to tell."""

    n: int
    limit: float
    own: Usual | None
    role: Usual | None


def usual(counts: Sequence[int]) -> Usual | None:
    """Return what is usual among days; None for no day at all.

    Median and MAD, since one wild day would move a mean and a standard deviation so far that it hides itself.
    """
    if not counts:
        return None
    middle = median(counts)
    return Usual(middle, 1.4826 * median(abs(count - middle) for count in counts), len(counts))


def unusual_volume(
    n: int, *, own: Usual | None, role: Usual | None, factor: float, floor: int, least_days: int
) -> Volume | None:
    """Return why reading `n` people on a day is unusual; None where it is not.

    It must lie over the floor, over `factor` spreads above her own usual days, and over the same of her role's: a reader who
    is always busy, and a role that is, are not unusual.  A spread counts as at least one person.  What was seen on fewer
    than `least_days` days tells nothing; where neither tells anything, the floor alone decides.
    """
    told = [each if each is not None and each.n_days >= least_days else None for each in (own, role)]
    limit = max([float(floor), *(each.median + factor * max(each.spread, 1.0) for each in told if each is not None)])
    return Volume(n, limit, *told) if n > limit else None


def surname(name: str) -> str:
    """Return the surname of a Chinese name: two characters where these are a compound surname."""
    return name[:2] if name[:2] in COMPOUND and len(name) > 2 else name[:1]


def are_neighbours(*, name: str, village: str, other_name: str, other_village: str) -> bool:
    """Whether two live in one village and bear one surname; an unknown village is nobody's neighbour."""
    return bool(village) and village == other_village and surname(name) == surname(other_name)


def same_names(names: Collection[tuple[str, str]]) -> set[str]:
    """Return the ids of those among (id, name) whose name somebody else of them bears, too."""
    by_name: dict[str, list[str]] = {}
    for row_id, name in names:
        by_name.setdefault(name, []).append(row_id)
    return {row_id for ids in by_name.values() if len(ids) > 1 for row_id in ids}


def masked_name(name: str) -> str:
    """Return a name of which the surname alone is readable."""
    first = surname(name)
    return first + "*" * max(1, len(name) - len(first)) if name else ""
