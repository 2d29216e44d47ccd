"""What an event is: a frozen dataclass of plain values in the past tense, named `<app>.<Class>` when it is stored."""

import dataclasses
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

T = TypeVar("T")
_by_name: dict[str, type] = {}


def event(cls: type[T]) -> type[T]:
    """Make `cls` a frozen dataclass and register it under `<app>.<Class>`; the app is its package's name."""
    frozen = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    _by_name[name_of(frozen)] = frozen
    return frozen


def name_of(cls: type) -> str:
    """Return `<app>.<Class>` for the event class `cls`."""
    return f"{cls.__module__.split('.')[-2]}.{cls.__name__}"


def all_events() -> dict[str, type]:
    """Return every registered event class by its name."""
    return dict(_by_name)


def dump(happened: Any) -> dict[str, Any]:
    """Return the JSON form of an event: ids and dates as text, the rest as it is."""
    return {f.name: _plain(getattr(happened, f.name)) for f in dataclasses.fields(happened)}


def load(name: str, payload: dict[str, Any]) -> Any:
    """Return the event that `dump` made the payload from."""
    cls = _by_name[name]
    kinds = {f.name: f.type for f in dataclasses.fields(cls)}
    return cls(**{field: _revive(kinds[field], value) for field, value in payload.items() if field in kinds})


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value


def _revive(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    readers = {UUID: UUID, datetime: datetime.fromisoformat, date: date.fromisoformat}
    for wanted, read in readers.items():
        if kind in (wanted, wanted | None):
            return read(value)
    return value
