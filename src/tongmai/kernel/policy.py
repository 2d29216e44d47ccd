"""Policy is dated data: every threshold, share, list and deadline is read from YAML with its source and validity.

A value is asked for by id and day; a file below `<level>/<code>/` overrides the national one for its place, and the
nearest level wins.  The value carries its source, so that the page which applies it can show where it comes from.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from tongmai.kernel import months, spans
from tongmai.kernel.policy_schema import Entry, Scalar

try:  # six times as fast, and every process reads the policies when it begins
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # a PyYAML that was built without libyaml
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

LEVELS = ("national", "province", "city", "county", "alliance")
Level = tuple[str, str]
NATIONAL: Level = ("national", "")

_ROUNDING = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "half-up": ROUND_HALF_UP}
_STEPS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}


class PolicyFileError(Exception):
    """A policy file cannot be used; the message names file, entry and flaw."""


class UnknownPolicy(LookupError):
    """No file has this id: a mistake of the programmer."""


class NotInForce(LookupError):
    """The id exists, but no value of it was in force on that day."""


@dataclass(frozen=True)
class Source:
    """Where a value is written.  Blank fields are unknown.

    `quote` is the sentence in the original language; `summary` says it in our words where only its sense was at hand.
    """

    document: str
    number: str
    issuer: str
    article: str
    url: str
    quote: str
    summary: str


@dataclass(frozen=True)
class PolicyValue:
    """One value in force, with its provenance.  `in_force` is half-open; its second day may be None."""

    id: str
    title: str
    value: Scalar | tuple[str, ...] | Mapping[str, Scalar]
    unit: str
    status: str
    note: str
    source: Source | None
    in_force: tuple[date, date | None]
    checked_on: date
    level: str = "national"
    code: str = ""

    @property
    def int(self) -> builtins.int:
        """The value as a whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, builtins.int):
            raise TypeError(f"{self.id} is no whole number")
        return self.value

    @property
    def decimal(self) -> Decimal:
        """The value as a Decimal."""
        if isinstance(self.value, bool) or not isinstance(self.value, builtins.int | Decimal):
            raise TypeError(f"{self.id} is no number")
        return Decimal(self.value)

    @property
    def yes(self) -> bool:
        """The value of a yes-or-no policy."""
        if not isinstance(self.value, bool):
            raise TypeError(f"{self.id} is no yes or no")
        return self.value

    @property
    def text(self) -> str:
        """The value of a choice."""
        if not isinstance(self.value, str):
            raise TypeError(f"{self.id} is no text")
        return self.value

    @property
    def items(self) -> tuple[str, ...]:
        """The value of a list."""
        if not isinstance(self.value, tuple):
            raise TypeError(f"{self.id} is no list")
        return self.value

    def timedelta(self) -> timedelta:
        """Return a duration of fixed length; months and years have none, see `after` and `before`."""
        if self.unit not in _STEPS:
            raise TypeError(f"{self.id}: the unit {self.unit} has no fixed length")
        return timedelta(**{_STEPS[self.unit]: float(self.decimal)})

    def after(self, day: date) -> date:
        """Return the day that lies the value (days, weeks, months or years) after `day`."""
        return self._moved(day, 1)

    def before(self, day: date) -> date:
        """Return the day that lies the value (days, weeks, months or years) before `day`."""
        return self._moved(day, -1)

    def _moved(self, day: date, direction: builtins.int) -> date:
        if self.unit in {"month", "year"}:
            return months.plus_months(day, direction * self.int * (12 if self.unit == "year" else 1))
        if self.unit in {"day", "week"}:
            return day + direction * self.timedelta()
        raise TypeError(f"{self.id}: the unit {self.unit} does not move a day")


def rounded(amount: Decimal, how: str) -> int:
    """Return `amount` as a whole number; `how` is `up`, `down` or `half-up`, as a policy states it."""
    return int(amount.quantize(Decimal(1), rounding=_ROUNDING[how]))


@dataclass(frozen=True)
class Gap:
    """From `starts_on` a place has no value of its own any more (or, at the national level, nobody has one)."""

    id: str
    level: str
    code: str
    starts_on: date


class Policies:
    """All policy values of a folder, checked when they are loaded."""

    def __init__(self, values: Iterable[PolicyValue]) -> None:
        self._values: dict[str, dict[Level, list[PolicyValue]]] = {}
        for value in values:
            self._values.setdefault(value.id, {}).setdefault((value.level, value.code), []).append(value)
        _check(self._values)

    @classmethod
    def load(cls, folder: Path) -> Policies:
        """Read every file of `folder`, the overrides of `folder/<level>/<code>` included.

        Raises:
            PolicyFileError: unknown key, placeholder, wrong unit, overlapping or gaping periods, override of an
                unknown id … with the file and the entry.
        """
        found: list[PolicyValue] = []
        for path in sorted(folder.rglob("*.yaml")):
            level, code = _place(path.relative_to(folder))
            found += [_value(entry, level, code) for entry in _entries(path)]
        return cls(found)

    def ids(self) -> list[str]:
        """Return all ids, sorted."""
        return sorted(self._values)

    def __iter__(self) -> Iterator[PolicyValue]:
        for places in self._values.values():
            for values in places.values():
                yield from values

    def value(self, policy_id: str, *, on: date, levels: Sequence[Level] = ()) -> PolicyValue:
        """Return the value of `policy_id` in force on `on`, for a place described by `levels`.

        `levels` are pairs such as `("county", "340124")`, in any order; the nearest level that has a value in force
        wins; of two of one level, the one given first.

        Raises:
            UnknownPolicy: no such id.
            NotInForce: no value on that day.
        """
        try:
            places = self._values[policy_id]
        except KeyError:
            raise UnknownPolicy(policy_id) from None
        nearest_first = sorted(levels, key=lambda level: -LEVELS.index(level[0]))
        for level in [*nearest_first, NATIONAL]:
            for value in places.get(level, ()):
                if spans.covers(*value.in_force, on):
                    return value
        raise NotInForce(f"{policy_id} on {on}")

    def gaps(self, since: date, before: date) -> list[Gap]:
        """Return where between two days (the second excluded) a value runs out, the first day of each.

        A national value must be in force on all of them; an override from the day on which it is first in force.
        Values follow each other without gap (`load` sees to it), so only their ends matter.
        """
        found = []
        for policy_id, places in sorted(self._values.items()):
            for (level, code), values in sorted(places.items()):
                first = min(value.in_force[0] for value in values)
                end = max(value.in_force[1] or date.max for value in values)
                if (level, code) == NATIONAL and first > since:
                    found.append(Gap(policy_id, level, code, since))
                elif end < before and (end > since or (level, code) == NATIONAL):
                    found.append(Gap(policy_id, level, code, max(end, since)))
        return found


FOLDER = Path(__file__).resolve().parent.parent / "policies"


@cache
def shipped() -> Policies:
    """Return the policies that lie in the package, loaded once."""
    return Policies.load(FOLDER)


class _Loader(_SafeLoader):
    """YAML with exact decimals, and without silently repeated keys."""


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[object, object]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    repeated = {str(key) for key in keys if keys.count(key) > 1}
    if repeated:
        raise PolicyFileError(f"repeated key: {', '.join(sorted(repeated))}")
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _place(path: Path) -> Level:
    """Return level and code of a file by where it lies: `capacity.yaml`, or `county/340124/capacity.yaml`."""
    if len(path.parts) == 1:
        return NATIONAL
    if len(path.parts) == 3 and path.parts[0] in LEVELS[1:] and re.fullmatch(r"[\w-]+", path.parts[1]):
        return path.parts[0], path.parts[1]
    raise PolicyFileError(f"{path}: overrides lie in <level>/<code>/, level one of {', '.join(LEVELS[1:])}")


def _entries(path: Path) -> list[Entry]:
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # nosec B506: a SafeLoader
    except (yaml.YAMLError, PolicyFileError) as error:
        raise PolicyFileError(f"{path.name}: {error}") from None
    if not isinstance(rows, list):
        raise PolicyFileError(f"{path.name}: a list of entries is expected")
    entries = []
    for place, row in enumerate(rows, start=1):
        name = row.get("id", f"entry {place}") if isinstance(row, dict) else f"entry {place}"
        try:
            entries.append(Entry.model_validate(row))
        except ValidationError as error:
            flaws = "; ".join(f"{'.'.join(map(str, flaw['loc']))}: {flaw['msg']}" for flaw in error.errors())
            raise PolicyFileError(f"{path.name}, {name}: {flaws}") from None
    return entries


def _value(entry: Entry, level: str, code: str) -> PolicyValue:
    source = None
    if entry.source is not None:
        source = Source(**{key: text or "" for key, text in entry.source.model_dump().items()})
    return PolicyValue(
        id=entry.id,
        title=entry.title,
        value=tuple(entry.value) if isinstance(entry.value, list) else entry.value,
        unit=entry.unit,
        status=entry.status,
        note=entry.note or "",
        source=source,
        in_force=(entry.in_force.starts_on, entry.in_force.ends_before),
        checked_on=entry.checked_on,
        level=level,
        code=code,
    )


def _check(values: Mapping[str, Mapping[Level, Sequence[PolicyValue]]]) -> None:
    for policy_id, places in values.items():
        if NATIONAL not in places:
            raise PolicyFileError(f"{policy_id}: an override needs a national value to override")
        if len({value.unit for of_place in places.values() for value in of_place}) > 1:
            raise PolicyFileError(f"{policy_id}: its entries differ in unit")
        for (level, code), of_place in places.items():
            flaws = spans.flaws([value.in_force for value in of_place])
            if flaws:
                said = ", ".join(f"{flaw} at {day}" for flaw, day in flaws)
                raise PolicyFileError(f"{policy_id} ({level} {code}): its periods have: {said}")
