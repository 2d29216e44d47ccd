"""A person's record in time: the one way in which anybody reads it, whatever app an entry is of (config/timeline.py).

A source says which rows of its app are entries and what stands in their columns (`Rows`), and puts a row into words
(`Entry`).  Who may see an entry, the filters, the order, the pages and the counts are the same for all and stand here.

The order is from the latest, by instant and id, and a page goes on from the last entry of the one before (`Cursor`), so
that no page reads more than its own rows, however long the record is.  PostgreSQL is asked once for all sources; SQLite,
which takes no limit inside a UNION, once for each.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.sections import Section
from tongmai.commons.residents.sensitive.view import WHOLE, View
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag

PAGE = 30
MOST = 200
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_MOST_DIGITS = 16  # until the year 2286
_HEX = re.compile(r"[0-9a-f]{32}")


class Kind(StrEnum):
    """What an entry is.  The order is that of the filter."""

    ENCOUNTER = "encounter"
    REPORT = "report"
    STUDY = "study"
    ECG = "ecg"
    REQUEST = "request"
    DOCUMENT = "document"
    REFERRAL = "referral"
    BOOKING = "booking"
    CONTRACT = "contract"
    RECOGNITION = "recognition"
    MERGE = "merge"


LABELS = {
    Kind.ENCOUNTER: N_("就诊"),
    Kind.REPORT: N_("检查检验"),
    Kind.STUDY: N_("影像"),
    Kind.ECG: N_("心电图"),
    Kind.REQUEST: N_("待出结果"),
    Kind.DOCUMENT: N_("外来文书"),
    Kind.REFERRAL: N_("转诊"),
    Kind.BOOKING: N_("预约"),
    Kind.CONTRACT: N_("家医签约"),
    Kind.RECOGNITION: N_("结果互认"),
    Kind.MERGE: N_("档案合并"),
}


class Cursor(NamedTuple):
    """Where a page ended: what comes next is earlier."""

    at: datetime
    id: UUID

    def written(self) -> str:
        """Return it as it stands in an address."""
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Return what an address says; None for anything else."""
        instant, _dash, row_id = text.rpartition("-")
        digits = instant.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS and _HEX.fullmatch(row_id)):
            return None
        return cls(_EPOCH + int(instant) * _MICROSECOND, UUID(row_id))


@dataclass(frozen=True)
class Window:
    """What of the record is asked for; what is left out narrows nothing.  The span is half-open."""

    kinds: tuple[Kind, ...] = ()
    org_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""  # that stand in the title
    after: Cursor | None = None  # the last entry of the page before
    limit: int = PAGE


@dataclass(frozen=True)
class Rows:
    """The entries of one source.  What is given by name or expression is read; the rest is blank.

    `marked` are the columns that say for which sensitive kinds a narrower basis is asked; each of them must be open.
    """

    queryset: QuerySet
    at: Any
    title: Any
    org: str = ""  # the path to the facility
    ends_at: Any = None
    what: Any = None  # the kind within the kind, as the app calls it
    state: Any = None
    who: Any = None
    place: Any = None
    n_abnormal: Any = None
    is_critical: Any = None
    group_id: Any = None  # the episode
    marked: tuple[str, ...] = ()


class Row(NamedTuple):
    """One entry as the database gives it; the columns of every source."""

    kind: str
    at: datetime
    id: UUID
    ends_at: datetime | None
    org_id: UUID | None
    org: str | None
    title: str
    what: str
    state: str
    who: str | None
    place: str | None
    n_abnormal: int
    is_critical: bool
    group_id: UUID | None
    sensitivity: str

    def entry(self, **said: Any) -> "Entry":
        """Return the row as an entry; `said` are the words that its app finds for it."""
        return Entry(
            **{
                "kind": self.kind, "id": self.id, "at": self.at, "title": self.title, "org_id": self.org_id,
                "org": self.org or "", "n_abnormal": self.n_abnormal, "is_critical": self.is_critical,
                "sensitivity": self.sensitivity, **said,
            }
        )  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One line of the record, in words.  `href` is "" where `by` has no page of it."""

    kind: str
    id: UUID
    at: datetime
    title: str
    org_id: UUID | None = None
    org: str = ""
    detail: str = ""
    href: str = ""
    tag: Tag | None = None
    n_abnormal: int = 0
    is_critical: bool = False
    sensitivity: str = ""


@dataclass(frozen=True)
class Page:
    """Some entries, and where the next page begins; None after the last."""

    entries: Sequence[Entry]
    after: Cursor | None


@dataclass(frozen=True)
class Facets:
    """How many entries there are by kind and by facility, each under the other filters as they are set."""

    n: int
    kinds: dict[str, int]
    orgs: list[tuple[UUID, str, int]] = field(default_factory=list)  # by name


@dataclass(frozen=True)
class _Source:
    rows: Callable[[Actor, UUID], Rows]
    entry: Callable[[Row, Actor], Entry]
    section: Section | None


_sources: dict[Kind, _Source] = {}
# What a source leaves out, with the type that the others have: the parts of a UNION must agree.
_BLANK: dict[str, Any] = {
    "ends_at": Cast(Value(None), models.DateTimeField()),
    "org_id": Cast(Value(None), models.UUIDField()),
    "org": Value("", models.CharField()),
    "what": Value("", models.CharField()),
    "state": Value("", models.CharField()),
    "who": Value("", models.CharField()),
    "place": Value("", models.CharField()),
    "n_abnormal": Value(0, models.IntegerField()),
    "is_critical": Value(False, models.BooleanField()),
    "group_id": Cast(Value(None), models.UUIDField()),
    "sensitivity": Value("", models.CharField()),
}


def provide(
    kind: Kind,
    *,
    rows: Callable[[Actor, UUID], Rows],
    entry: Callable[[Row, Actor], Entry],
    section: Section | None = None,
) -> None:
    """Let an app add its entries of `kind`: `rows(by, resident_id)` says which, `entry(row, by)` puts one into words.

    `section` is the part of the record that a basis must open for them; None for what has rules of its own.  `rows`
    passes what it is given on to a queryset and does nothing else with it: its SQL is kept (orgs/prepared.py).
    """
    _sources[kind] = _Source(rows, entry, section)


def page(opened: OpenedRecord, *, by: Actor, window: Window) -> Page:
    """Return a page of an opened record, from the latest."""
    found = rows(opened, by=by, window=window)
    shown = found[: window.limit]
    last = shown[-1] if len(found) > window.limit else None
    return Page([_sources[Kind(row.kind)].entry(row, by) for row in shown], Cursor(last.at, last.id) if last else None)


def rows(opened: OpenedRecord, *, by: Actor, window: Window) -> list[Row]:
    """Return the rows of a page and one more where there is a next one: for an app that knows its own columns."""
    values = _values(opened, window) | {
        "org_id": window.org_id, "after_at": window.after and window.after.at,
        "after_id": window.after and window.after.id, "most": window.limit + 1,
    }  # fmt: skip
    if not connection.features.supports_slicing_ordering_in_compound:
        return plain_rows(by, **values)
    return [Row(*row) for row in _asked(_PAGE, by, values)]


def plain_rows(by: Actor, *, kinds: tuple[Kind, ...], most: int, **values: Any) -> list[Row]:
    """Return what the one statement does: each source is asked for itself, and the answers are merged here."""
    found = [Row(*row) for kind in kinds for row in _page(by, kinds=(kind,), most=most, **values)]
    return sorted(found, key=lambda row: (row.at, row.id.int), reverse=True)[:most]


def facets(opened: OpenedRecord, *, by: Actor, window: Window) -> Facets:
    """Return how many entries each kind and each facility has, in one statement.

    The kinds are counted at the chosen facility, the facilities in the chosen kinds; both within span and words.
    """
    counted = _asked(_COUNTS, by, _values(opened, Window(since=window.since, until=window.until, words=window.words)))
    kinds: dict[str, int] = {}
    orgs: dict[UUID, tuple[str, int]] = {}
    n = 0
    for kind, org_id, org, n_here in counted:
        is_kind, is_here = not window.kinds or kind in window.kinds, window.org_id in (None, org_id)
        if is_here:
            kinds[kind] = kinds.get(kind, 0) + n_here
        if is_kind and org_id is not None:
            orgs[org_id] = (org, orgs.get(org_id, ("", 0))[1] + n_here)
        n += n_here if is_kind and is_here else 0
    by_name = sorted((name, org_id, n_there) for org_id, (name, n_there) in orgs.items())
    return Facets(
        n, {kind: kinds[kind] for kind in Kind if kind in kinds}, [(org_id, name, k) for name, org_id, k in by_name]
    )


def _values(opened: OpenedRecord, window: Window) -> dict[str, Any]:
    return {
        "resident_id": opened.resident.id,
        "view": WHOLE if opened.view.is_whole else opened.view,
        "kinds": tuple(kind for kind in _open_kinds(opened) if not window.kinds or kind in window.kinds),
        "since": window.since, "until": window.until, "words": window.words,
    }  # fmt: skip


def _open_kinds(opened: OpenedRecord) -> list[Kind]:
    """Return the kinds of entries that the basis opens."""
    known = [(kind, _sources[kind].section) for kind in Kind if kind in _sources]
    return [kind for kind, section in known if section is None or opened.view.has(section)]


def _asked(prepared: Prepared, by: Actor, values: dict[str, Any]) -> list[Any]:
    if not values["kinds"]:
        return []
    # Words stand between per cents in the SQL, and what is withheld differs from person to person: nothing to keep.
    is_kept = not values["words"] and values["view"].is_whole
    return prepared.rows(by, **values) if is_kept else list(prepared.build(by, **values))


def _page(
    by: Actor,
    *,
    kinds: tuple[Kind, ...],
    org_id: UUID | None,
    after_at: datetime | None,
    after_id: UUID | None,
    most: int,
    **asked: Any,
) -> QuerySet:
    parts = []
    for kind in kinds:
        part = _entries(by, kind, **asked)
        if org_id is not None:
            part = part.filter(t_org_id=org_id)
        if after_at is not None:
            part = part.filter(Q(t_at__lt=after_at) | Q(t_at=after_at, t_id__lt=after_id))
        parts.append(part.order_by("-t_at", "-t_id").values_list(*_COLUMNS)[:most])
    if len(parts) == 1:
        return parts[0]
    return parts[0].union(*parts[1:], all=True).order_by("-t_at", "-t_id")[:most]


def _counts(by: Actor, *, kinds: tuple[Kind, ...], **asked: Any) -> QuerySet:
    parts = [
        _entries(by, kind, **asked).order_by().values("t_kind", "t_org_id", "t_org").annotate(n=Count("pk"))
        for kind in kinds
    ]
    parts = [part.values_list("t_kind", "t_org_id", "t_org", "n") for part in parts]
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _entries(
    by: Actor,
    kind: Kind,
    *,
    resident_id: UUID,
    view: View,
    since: datetime | None,
    until: datetime | None,
    words: str,
) -> QuerySet:
    """Return the entries of one kind under every filter that does not depend on the page."""
    source = _sources[kind].rows(by, resident_id)
    found = source.queryset.annotate(**_columns(kind, source))
    # The one place that decides which entries an opened record shows.
    found = found.filter(view.condition(*source.marked or ("t_sensitivity",), org="t_org_id")) if source.org else found
    found = found.filter(t_at__gte=since) if since is not None else found
    found = found.filter(t_at__lt=until) if until is not None else found
    return found.filter(t_title__icontains=words) if words else found


def _columns(kind: Kind, source: Rows) -> dict[str, Any]:
    given = {name: getattr(source, name, None) for name in Row._fields}
    given |= {"kind": Value(kind.value, models.CharField()), "id": "id", "sensitivity": (*source.marked, None)[0]}
    if source.org:
        given |= {"org_id": f"{source.org}_id", "org": f"{source.org}__short_name"}
    else:
        given |= {"org_id": None, "org": None}
    return {f"t_{name}": _expression(name, value) for name, value in given.items()}


def _expression(name: str, value: Any) -> Any:
    if value is None:
        return _BLANK[name]
    return F(value) if isinstance(value, str) else value


_COLUMNS = tuple(f"t_{name}" for name in Row._fields)
_PAGE = Prepared(_page)
_COUNTS = Prepared(_counts)
