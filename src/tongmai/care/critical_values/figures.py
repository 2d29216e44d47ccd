"""The indicators: how many critical values were told of, and how many in time.  Each figure with the rows behind it.

通报率: told to, and read back by, a clinician ÷ had to be told.  通报及时率: so within the limit of the setting, counted
from when the result stood, ÷ had to be told.  处置及时率: acted on within the limit after that ÷ read back.
Drills count nowhere; what a second person rejected before anybody was told had not to be told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tongmai.care.critical_values import access
from tongmai.care.critical_values.choices import Setting
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.states import State
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.months import start_of_day

MOST = 20_000


@dataclass(frozen=True)
class Case:
    """What the figures ask of one value."""

    value_id: UUID
    found_at: datetime
    acknowledged_at: datetime | None
    acted_at: datetime | None
    tell_within: timedelta
    act_within: timedelta

    @property
    def is_told(self) -> bool:
        return self.acknowledged_at is not None

    @property
    def is_told_in_time(self) -> bool:
        return self.acknowledged_at is not None and self.acknowledged_at - self.found_at <= self.tell_within

    @property
    def is_acted_in_time(self) -> bool:
        if self.acknowledged_at is None or self.acted_at is None:
            return False
        return self.acted_at - self.acknowledged_at <= self.act_within


@dataclass(frozen=True)
class Figure:
    """One share: how many of how many, and which are missing from it."""

    n: int
    of: int
    missing: list[UUID]

    @property
    def rate(self) -> float | None:
        """The share, 0–1; None of nothing."""
        return self.n / self.of if self.of else None


@dataclass(frozen=True)
class SiteFigures:
    """The figures of one site, or of all (`site_id` None)."""

    site_id: UUID | None
    site: str
    told: Figure
    told_in_time: Figure
    acted_in_time: Figure
    minutes: list[float] = field(default_factory=list)  # from the result to the reading back, sorted

    @property
    def median_minutes(self) -> float | None:
        return self.minutes[len(self.minutes) // 2] if self.minutes else None


def by_site(*, since: date, before: date, by: Actor) -> list[SiteFigures]:
    """Return the figures of all sites together, then of each, of values raised in a half-open span of days.

    Grain: one row per site; only values that the actor sees.  The limits are those of the day on which it was raised.
    """
    rows = access.visible(by).filter(
        is_drill=False, raised_at__gte=start_of_day(since), raised_at__lt=start_of_day(before)
    )
    rows = rows.exclude(state=State.FALSE_ALARM, notified_at=None).select_related("site").order_by("raised_at")
    cases: dict[tuple[UUID, str], list[Case]] = {}
    for value in rows[:MOST]:
        cases.setdefault((value.site_id, value.site.short_name), []).append(_case(value, by))
    everything = [case for each in cases.values() for case in each]
    if not everything:
        return []
    sites = sorted(cases.items(), key=lambda item: (-len(item[1]), item[0][1]))
    return [summed(None, "", everything), *(summed(key[0], key[1], each) for key, each in sites)]


def summed(site_id: UUID | None, site: str, cases: Iterable[Case]) -> SiteFigures:
    """Return the figures of some cases."""
    cases = list(cases)
    told = [case for case in cases if case.is_told]
    minutes = sorted(
        (case.acknowledged_at - case.found_at).total_seconds() / 60 for case in told if case.acknowledged_at
    )
    return SiteFigures(
        site_id, site, _share(cases, lambda case: case.is_told), _share(cases, lambda case: case.is_told_in_time),
        _share(told, lambda case: case.is_acted_in_time), minutes,
    )  # fmt: skip


def _share(cases: list[Case], counts: Callable[[Case], bool]) -> Figure:
    missing = [case.value_id for case in cases if not counts(case)]
    return Figure(len(cases) - len(missing), len(cases), missing)


def _case(value: CriticalValue, by: Actor) -> Case:
    on = by.at(value.raised_at).today
    setting = value.setting if value.setting in Setting.values else Setting.UNKNOWN
    return Case(
        value.id,
        # A laboratory's clock may be ahead of ours: nothing is told before it stood.
        min(value.found_at, value.raised_at), value.acknowledged_at, value.acted_at,
        policy.value(f"critical_values.acknowledge.{setting}", on=on, at=value.site_id).timedelta(),
        policy.value("critical_values.act", on=on, at=value.site_id).timedelta(),
    )  # fmt: skip
