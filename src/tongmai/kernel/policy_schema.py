"""The one schema of a policy file's entry: strict types, closed lists, no placeholders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Scalar = bool | int | Decimal | str

_PLACEHOLDERS = frozenset(
    "n/a na tbd todo fixme unknown none null - -- ? ?? … ... xxx 无 未知 待定 待补 暂无 略".split()
)
_DURATIONS = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
_COUNTS = frozenset({"count", "person", "place", "row", "attempt"})

Unit = Literal[
    "second", "minute", "hour", "day", "week", "month", "year", "count", "person", "place", "row", "attempt",
    "share", "fen", "yes-no", "choice", "list", "table",
]  # fmt: skip


def _meaningful(text: str) -> str:
    if not text.strip() or text.strip().lower() in _PLACEHOLDERS:
        raise ValueError("blank or a placeholder; leave the key out, or say it")
    if text != text.strip():
        raise ValueError("blanks at an end")
    return text


Text = Annotated[str, AfterValidator(_meaningful)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Period(_Strict):
    """Half-open days; `until: null` is written out when no end is known."""

    starts_on: date = Field(alias="from")
    ends_before: date | None = Field(alias="until")


class Provenance(_Strict):
    """`quote` is the very sentence; `summary` its sense in our words.  One of them is given for a stated value."""

    document: Text
    issuer: Text
    number: Text | None = None
    article: Text | None = None
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    quote: Text | None = None
    summary: Text | None = None


class Entry(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")]
    title: Text
    value: Scalar | list[Text] | dict[Text, Scalar]
    unit: Unit
    in_force: Period
    source: Provenance | None = None
    checked_on: date
    status: Literal["stated", "inferred", "local-default"]
    note: Text | None = None

    @model_validator(mode="after")
    def _fits(self) -> Entry:
        flaw = _unit_flaw(self.unit, self.value) or _provenance_flaw(self)
        if flaw:
            raise ValueError(flaw)
        return self


def _unit_flaw(unit: str, value: object) -> str:
    """Return why `value` cannot carry `unit`, else an empty text."""
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    whole = number and isinstance(value, int)
    fits = {
        "share": number and 0 <= value <= 1,  # type: ignore[operator]
        "fen": whole,
        "yes-no": isinstance(value, bool),
        "choice": isinstance(value, str) and bool(value),
        "list": isinstance(value, list) and bool(value),
        "table": isinstance(value, dict) and bool(value),
    }
    if unit in _DURATIONS | _COUNTS:
        return "" if whole and value >= 0 else f"a {unit} is counted in whole numbers from 0"  # type: ignore[operator]
    return "" if fits[unit] else f"the value does not fit the unit {unit}"


def _provenance_flaw(entry: Entry) -> str:
    """Return what is missing to know where the value comes from, else an empty text."""
    if entry.status == "stated":
        if entry.source is None or not (entry.source.quote or entry.source.summary):
            return "a stated value needs a source with a quote or a summary of it"
    elif not entry.note:
        return f"status {entry.status} needs a note that says why"
    return ""
