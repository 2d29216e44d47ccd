"""What was shown, recognised and examined anyway; what was saved.  Each figure is a count of rows that can be read."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth

from tongmai.commons.recognition import access
from tongmai.commons.recognition.choices import Choice
from tongmai.commons.recognition.models import Decision
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.months import plus_months

MOST_ROWS = 1_000


class By(StrEnum):
    """By what the figures are told apart."""

    ORG = "org"
    FROM = "from"
    ITEM = "item"
    DOCTOR = "doctor"
    MONTH = "month"


@dataclass(frozen=True)
class Figure:
    """One line.  `n_shown` None where it cannot be told apart so: results of several facilities are shown at once.

    `n_unpriced`: recognised ones whose price nobody had set; `amount_fen` is without them.
    """

    key: str
    label: str
    n_shown: int | None = 0
    n_recognised: int = 0
    n_ordered: int = 0
    amount_fen: int = 0
    n_unpriced: int = 0
    dose_usv: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float | None:
        """Of the decided the share that was recognised; None where nothing was."""
        n = self.n_recognised + self.n_ordered
        return self.n_recognised / n if n else None


_OF_DECISION: dict[By, tuple[str, str]] = {
    By.ORG: ("org_id", "org__short_name"),
    By.FROM: ("from_org_id", "from_org__short_name"),
    By.ITEM: ("item_id", "item__name"),
    By.DOCTOR: ("decided_by_id", "decided_by_name"),
}
_OF_SHOWN: dict[By, tuple[str, str]] = {
    By.ORG: ("org_id", "org__short_name"),
    By.ITEM: ("item_id", "item__name"),
    By.DOCTOR: ("shown_by_id", "shown_by_name"),
}
_NO_PRICE = Q(choice=Choice.RECOGNISED, amount_fen__isnull=True)


def figures(*, by: Actor, first: date, ends_before: date, apart: By = By.ORG) -> list[Figure]:
    """Return the figures of a half-open span of days, a line for each key, the most recognised first (months: by time)."""
    found: dict[str, Figure] = {}
    for row in _decided(by, first, ends_before, apart):
        told = found.get(_key(row), Figure(_key(row), _label(row), n_shown=None if apart == By.FROM else 0))
        found[_key(row)] = _with(told, row)
    for row in _shown(by, first, ends_before, apart) if apart != By.FROM else ():
        told = found.get(_key(row), Figure(_key(row), _label(row)))
        found[_key(row)] = replace(told, n_shown=(told.n_shown or 0) + row["n"])
    if apart == By.MONTH:
        return sorted(found.values(), key=lambda each: each.key)
    return sorted(found.values(), key=lambda each: (-each.n_recognised, -each.n_ordered, each.label, each.key))


def totals(found: Iterable[Figure]) -> Figure:
    """Return the sums of some lines."""
    sums = Figure("", "")
    for each in found:
        reasons = {reason: sums.reasons.get(reason, 0) + n for reason, n in each.reasons.items()}
        sums = replace(
            sums, n_shown=(sums.n_shown or 0) + (each.n_shown or 0), n_recognised=sums.n_recognised + each.n_recognised,
            n_ordered=sums.n_ordered + each.n_ordered, amount_fen=sums.amount_fen + each.amount_fen,
            n_unpriced=sums.n_unpriced + each.n_unpriced, dose_usv=sums.dose_usv + each.dose_usv,
            reasons=sums.reasons | reasons,
        )  # fmt: skip
    return sums


def rows_behind(
    *, by: Actor, first: date, ends_before: date, apart: By = By.ORG, key: str = "", choice: str = "", reason: str = ""
) -> list[dict[str, Any]]:
    """Return the decisions behind a figure, the latest first, at most `MOST_ROWS`.  Nobody is named but who decided."""
    rows = _standing(by, first, ends_before)
    rows = rows.filter(_of_key(apart, key)) if key else rows
    rows = rows.filter(choice=choice) if choice else rows
    rows = rows.filter(reason=reason) if reason else rows
    return list(
        rows.order_by("-decided_at", "id").values(
            "id", "decided_at", "decided_by_name", "item_name", "choice", "reason", "mark", "strength", "taken_on",
            "amount_fen", "dose_usv", "order_number", at=F("org__short_name"), of=F("from_org__short_name"),
        )[:MOST_ROWS]
    )  # fmt: skip


def _of_key(apart: By, key: str) -> Q:
    """Return the condition of the line with this key; of a key that none has, one that nothing meets."""
    try:
        if apart == By.MONTH:
            first = date.fromisoformat(key)
            return Q(decided_on__gte=first, decided_on__lt=plus_months(first, 1))
        column = _OF_DECISION[apart][0]
        if key == "-":
            return Q(**{f"{column}__isnull": True})
        return Q(**{column: key if apart == By.ITEM else UUID(key)})
    except ValueError:
        return Q(pk__isnull=True)


def _standing(by: Actor, first: date, ends_before: date) -> QuerySet[Decision]:
    return access.decisions(by).filter(decided_on__gte=first, decided_on__lt=ends_before, undoing=None)


def _decided(by: Actor, first: date, ends_before: date, apart: By) -> Iterable[dict]:
    rows = _apart(_standing(by, first, ends_before), apart, _OF_DECISION, "decided_on")
    return rows.values("key", "label", "choice", "reason").annotate(
        n=Count("id"), fen=Sum("amount_fen"), usv=Sum("dose_usv"), unpriced=Count("id", filter=_NO_PRICE)
    )


def _shown(by: Actor, first: date, ends_before: date, apart: By) -> Iterable[dict]:
    rows = access.shown(by).filter(shown_on__gte=first, shown_on__lt=ends_before)
    return _apart(rows, apart, _OF_SHOWN, "shown_on").values("key", "label").annotate(n=Count("id"))


def _apart(rows: QuerySet, apart: By, columns: dict[By, tuple[str, str]], day: str) -> QuerySet:
    if apart == By.MONTH:
        return rows.order_by().annotate(key=TruncMonth(day), label=Value(""))
    key, label = columns[apart]
    return rows.order_by().annotate(key=F(key), label=F(label))


def _key(row: dict) -> str:
    return str(row["key"]) if row["key"] is not None else "-"


def _label(row: dict) -> str:
    return f"{row['key']:%Y-%m}" if isinstance(row["key"], date) else str(row["label"] or "")


def _with(told: Figure, row: dict) -> Figure:
    if row["choice"] == Choice.ORDERED:
        reasons = told.reasons | {row["reason"]: told.reasons.get(row["reason"], 0) + row["n"]}
        return replace(told, n_ordered=told.n_ordered + row["n"], reasons=reasons)
    return replace(
        told, n_recognised=told.n_recognised + row["n"], amount_fen=told.amount_fen + (row["fen"] or 0),
        dose_usv=told.dose_usv + (row["usv"] or 0), n_unpriced=told.n_unpriced + row["unpriced"],
    )  # fmt: skip
