"""What a page of the record is narrowed by: read from its address, and said again in the addresses of its links."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongmai.commons.residents.timeline import LABELS, MOST, PAGE, Cursor, Facets, Kind, Window
from tongmai.kernel.months import plus_months, start_of_day
from tongmai.ui import searching
from tongmai.ui.jinja import query
from tongmai.ui.words import Choice

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
MONTHS = {"month": 1, "year": 12, "years": 60}  # of each period that has a name


@dataclass(frozen=True)
class Asked:
    """What the address asks for; anything unusable in it narrows nothing."""

    kind: str = ""
    org_id: UUID | None = None
    period: str = ""  # of MONTHS; "" for all, or for the two days
    since: date | None = None
    until: date | None = None  # the last day that counts
    words: str = ""
    by_episode: bool = False
    cursor: Cursor | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.org_id or self.period or self.since or self.until or self.words)

    def span(self, today: date) -> tuple[datetime | None, datetime | None]:
        """Return the half-open span of the period or of the two days."""
        since = plus_months(today, -MONTHS[self.period]) if self.period else self.since
        until = self.until + timedelta(days=1) if self.until and not self.period else None
        return (start_of_day(since) if since else None), (start_of_day(until) if until else None)

    def window(self, today: date) -> Window:
        """Return what is asked of the record."""
        since, until = self.span(today)
        kinds = (Kind(self.kind),) if self.kind else ()
        limit = MOST if self.by_episode else PAGE
        return Window(kinds, self.org_id, since, until, self.words, after=self.cursor, limit=limit)


def asked(request: HttpRequest) -> Asked:
    """Return what the address asks for.  The words are of those that were posted: they are kept out of addresses."""
    given = searching.asked(request, "q")
    return read({**given.dict(), "words": given["q"]})


def read(given: Mapping[str, str]) -> Asked:
    """Return the same from names and values."""
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    if since and until and since > until:
        since, until = until, since
    period = given.get("period", "")
    return Asked(
        kind=given["kind"] if given.get("kind") in set(Kind) else "",
        org_id=_id(given.get("org", "")),
        period=period if period in MONTHS else "",
        since=since,
        until=until,
        words=given.get("words", ""),
        by_episode=given.get("group") == "episode",
        cursor=Cursor.read(given.get("cursor", "")),
    )


def kinds(request: HttpRequest, facets: Facets, here: Asked) -> list[Choice]:
    """Return the kinds that there are as chips, with how many; the chosen one always."""
    n_all = sum(facets.kinds.values())
    shown = [kind for kind in Kind if kind in facets.kinds or kind == here.kind]
    return [
        Choice("", _("全部"), n_all, _to(request, kind="")),
        *(Choice(kind, _(LABELS[kind]), facets.kinds.get(kind, 0), _to(request, kind=kind)) for kind in shown),
    ]


def periods(request: HttpRequest, *names: str) -> list[Choice]:
    """Return the named periods as chips."""
    said = {"month": _("近一月"), "year": _("近一年"), "years": _("近五年")}
    return [
        Choice("", _("不限"), href=_to(request, period="", since="", until="")),
        *(Choice(name, said[name], href=_to(request, period=name, since="", until="")) for name in names),
    ]


def orders(request: HttpRequest) -> list[Choice]:
    """Return the two ways of reading the record."""
    return [
        Choice("", _("按时间"), href=_to(request, group="")),
        Choice("episode", _("按病程"), href=_to(request, group="episode", kind="")),
    ]


def earlier(request: HttpRequest, cursor: Cursor | None) -> str:
    """Return the address of the next page; "" after the last."""
    return query(request, cursor=cursor.written()) if cursor else ""


def _to(request: HttpRequest, **changes: str) -> str:
    return query(request, cursor="", **changes)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) in (32, 36) else None
    except ValueError:
        return None
