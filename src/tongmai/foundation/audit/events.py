"""What an event is: a frozen dataclass of plain values in the past tense, named `<app>.<Class>` when it is stored."""

import dataclasses
import typing
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, TypeVar, Union
from uuid import UUID

T = TypeVar("T")
_by_name: dict[str, type] = {}
_OF_THE_CASE = "of the case"

# A text of an event that says something of a person's illness, or that somebody wrote freely.  Subscribers get it; who
# reads the trail does not: an administrator never reads clinical content.
OfTheCase = Annotated[str, _OF_THE_CASE]


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


def readable(name: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return what those who look after the trail may read of an event: all but what is of the case.

    Of an event whose class is gone nobody knows any more what is; nothing of it is shown.
    """
    cls = _by_name.get(name)
    if cls is None:
        return {}
    kinds = typing.get_type_hints(cls, include_extras=True)
    return {key: value for key, value in payload.items() if key in kinds and not is_of_the_case(kinds[key])}


def is_of_the_case(kind: Any) -> bool:
    """Whether a field of this type is withheld from the trail's readers."""
    return kind == OfTheCase or OfTheCase in typing.get_args(kind)


def dump(happened: Any) -> dict[str, Any]:
    """Return the JSON form of an event: ids, dates, decimals as text, lists of these; the rest as it is."""
    return {f.name: _plain(getattr(happened, f.name)) for f in dataclasses.fields(happened)}


def load(name: str, payload: dict[str, Any]) -> Any:
    """Return the event that `dump` made the payload from; fields that the class no longer has are left out.

    Raises:
        KeyError: no event class of that name is registered.
    """
    cls = _by_name[name]
    kinds = typing.get_type_hints(cls)
    return cls(**{field: _revive(kinds[field], value) for field, value in payload.items() if field in kinds})


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value.replace("\x00", "")  # PostgreSQL's JSON refuses it
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


_READERS: dict[Any, Any] = {UUID: UUID, Decimal: Decimal, datetime: datetime.fromisoformat, date: date.fromisoformat}


def _revive(kind: Any, value: Any) -> Any:
    """Return `value` as the annotation `kind` wants it: the inverse of `_plain`."""
    if value is None:
        return None
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, UnionType):
        kinds = [each for each in arguments if each is not type(None)]
        return _revive(kinds[0], value) if len(kinds) == 1 else value
    if origin in (list, tuple, set, frozenset):
        return origin(_revive(arguments[0] if arguments else Any, item) for item in value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return _READERS[kind](value) if kind in _READERS else value
