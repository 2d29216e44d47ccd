"""What local codes mean, which of them wait, and how much of each member's codes is understood."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import cycle
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Concat

from tongmai.foundation.catalog import search
from tongmai.foundation.catalog.models import Code, CodeList
from tongmai.foundation.catalog.selectors import in_force
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.foundation.terminology import access
from tongmai.foundation.terminology.choices import MEANT, WAITING, CodeSet, Relation, Standing
from tongmai.foundation.terminology.models import Decision, LocalCode
from tongmai.foundation.terminology.rules import SPEAKING_SETS

WAITS = "waiting"  # a filter: all that a person should look at


@dataclass(frozen=True)
class Key:
    """Which code is asked for: whose, of which set, in which of its code lists.

    `system` None: the record does not say in which.  Then a code that means several things means nothing.
    """

    org_id: UUID
    code_set: str
    system: str | None
    code: str


@dataclass(frozen=True)
class Meaning:
    """What a local code means today; `code` and `name` are of the unified set, "" where none can be shown."""

    standing: str
    code: str = ""
    name: str = ""
    relation: str = ""


@dataclass(frozen=True)
class Share:
    """How much of one member's codes in one set is understood: in codes, and in times they were seen."""

    org_id: UUID
    org: str
    code_set: str
    n_codes: int
    n_settled: int
    n_seen: int
    n_seen_settled: int
    n_waiting: int

    @property
    def rate(self) -> float:
        return self.n_settled / self.n_codes if self.n_codes else 1.0


@dataclass(frozen=True)
class DecisionLine:
    """One decision in the history of a code."""

    relation: str
    code: str
    name: str
    note: str
    at: datetime
    by_name: str


@dataclass(frozen=True)
class Unified:
    """A code of a unified set."""

    code: str
    name: str


# What a code means


def meanings(keys: Iterable[Key], on: date) -> dict[Key, Meaning]:
    """Return what these codes mean on the day; those that were never noted are left out.  One query.

    Whose record they stand in is the caller's to know: what a member's codes mean is no secret.
    """
    wanted = set(keys)
    if not wanted:
        return {}
    named = _numbered("org", {key.org_id for key in wanted}) | _numbered("code", {key.code for key in wanted})
    found: dict[Key, set[Meaning]] = {}
    for org_id, code_set, system, code, *meant in _MEANT_ON.rows(on=on, **named):
        for key in (Key(org_id, code_set, system, code), Key(org_id, code_set, None, code)):
            if key in wanted:
                found.setdefault(key, set()).add(_meaning(*meant))
    return {key: told.pop() if len(told) == 1 else Meaning(Standing.UNMAPPED) for key, told in found.items()}


def _numbered(name: str, values: Collection[Any]) -> dict[str, Any]:
    """Return values by names of their own; some twice, so that few different numbers of them are asked for."""
    many = 1 << (len(values) - 1).bit_length()
    return {f"{name}_{i}": value for i, value in zip(range(many), cycle(values), strict=False)}


def _meant_on(by: Actor | None, *, on: date, **named: Any) -> QuerySet:
    orgs, codes = ([value for name, value in named.items() if name.startswith(kind)] for kind in ("org_", "code_"))
    names = ("org_id", "code_set", "system", "code", "standing", "meant_code", "meant_name", "relation")
    rows = LocalCode.objects.filter(org_id__in=orgs, code__in=codes)
    return understood(rows, on).order_by().values_list(*names)


def understood(rows: QuerySet[LocalCode], on: date) -> QuerySet[LocalCode]:
    """Return the local codes each with its `standing` on the day, and the unified code and name that it means.

    `rules.standing` says the same of one code; a test holds the two together.
    """
    editions = CodeList.objects.filter(in_force(on))
    codes = Code.objects.filter(list__in=editions, list__system=OuterRef("code_set"))
    target, same = codes.filter(code=OuterRef("unified_code")), codes.filter(code=OuterRef("code"))
    named_so = Concat(Value(search.BAR), OuterRef("plain_name"), Value(search.BAR))
    alike = same.filter(search__contains=named_so)
    is_same = Exists(same) & (Q(plain_name="") | Exists(alike))
    tied = ~Q(relation__in=["", Relation.NONE])
    return rows.annotate(
        standing=Case(
            When(relation=Relation.NONE, then=Value(Standing.NONE.value)),
            When(tied & Exists(target), then=Value(Standing.MAPPED.value)),
            When(tied, then=Value(Standing.GONE.value)),
            When(is_same, then=Value(Standing.AUTOMATIC.value)),
            When(Q(code_set__in=SPEAKING_SETS) & Exists(same), then=Value(Standing.CHECK.value)),
            default=Value(Standing.UNMAPPED.value),
            output_field=CharField(),
        ),
        meant_code=Case(When(tied, then=F("unified_code")), default=F("code")),
        meant_name=Coalesce(
            Case(When(tied, then=Subquery(target.values("name")[:1])), default=Subquery(same.values("name")[:1])),
            Value(""),
            output_field=CharField(),
        ),
    )


# Its SQL is longer than many a page takes; asked at every order and every list of results.
_MEANT_ON = Prepared(_meant_on)


def _meaning(standing: str, code: str, name: str, relation: str) -> Meaning:
    if standing not in MEANT:
        return Meaning(standing, relation=relation)
    return Meaning(standing, code, name, relation or Relation.EQUIVALENT)


# Lists


def local_codes(
    *, by: Actor, org_id: UUID | None = None, code_set: str = "", standing: str = "", query: str = ""
) -> QuerySet[LocalCode]:
    """Return the codes that `by` settles, those seen most often first; `standing` may also be `WAITS`."""
    rows = access.visible(by)
    if org_id is not None:
        rows = rows.filter(org_id=org_id)
    if code_set:
        rows = rows.filter(code_set=code_set)
    if query.strip():
        terms = search.terms_of(query)
        rows = rows.filter(Q(code__istartswith=query.strip()) | (search.matching(terms) if terms else Q(pk=None)))
    rows = understood(rows, by.today)
    if standing:
        rows = rows.filter(standing__in=WAITING if standing == WAITS else [standing])
    return rows.order_by("-n_seen", "-id")


def next_waiting(local: LocalCode, *, by: Actor) -> UUID | None:
    """Return the code of the same member and set that waits and is seen most often; None when nothing waits there."""
    rows = local_codes(by=by, org_id=local.org_id, code_set=local.code_set, standing=WAITS).exclude(id=local.id)
    return rows.values_list("id", flat=True).first()


def one(local_code_id: UUID, *, by: Actor) -> LocalCode:
    """Return one code with its `standing` and what it means.  Raises NotFound."""
    access.local_code(local_code_id, by=by)
    return understood(access.visible(by), by.today).get(id=local_code_id)


def history(local_code_id: UUID, *, by: Actor) -> list[DecisionLine]:
    """Return the decisions about a code, the latest first.  Raises NotFound."""
    local = access.local_code(local_code_id, by=by)
    names = ("relation", "unified_code", "unified_name", "note", "at", "by_name")
    return [DecisionLine(*row) for row in Decision.objects.filter(local=local).values_list(*names)]


def shares(*, by: Actor, org_id: UUID | None = None) -> list[Share]:
    """Return for each member and set how much is understood, by the member's name and in the order of the sets."""
    rows = access.visible(by).select_related(None)
    if org_id is not None:
        rows = rows.filter(org_id=org_id)
    waits = Q(standing__in=WAITING)
    counted = (
        understood(rows, by.today)
        .order_by()
        .values("org_id", "org__short_name", "code_set")
        .annotate(
            n_codes=Count("id"), n_waiting=Count("id", filter=waits),
            seen=Sum("n_seen"), seen_settled=Coalesce(Sum("n_seen", filter=~waits), 0),
        )
    )  # fmt: skip
    found = [_share(row) for row in counted]
    sets = list(CodeSet)
    return sorted(found, key=lambda each: (each.org, str(each.org_id), sets.index(CodeSet(each.code_set))))


def _share(row: dict[str, Any]) -> Share:
    return Share(
        org_id=row["org_id"], org=row["org__short_name"], code_set=row["code_set"], n_codes=row["n_codes"],
        n_settled=row["n_codes"] - row["n_waiting"], n_seen=row["seen"], n_seen_settled=row["seen_settled"],
        n_waiting=row["n_waiting"],
    )  # fmt: skip


def members(*, by: Actor) -> list[tuple[UUID, str]]:
    """Return the members that have local codes which `by` settles: id and short name."""
    rows = access.members(by).filter(id__in=LocalCode.objects.order_by().values("org_id"))
    return list(rows.order_by("short_name", "id").values_list("id", "short_name"))


# The unified sets


def search_set(code_set: str, query: str, on: date, limit: int = 20) -> list[Unified]:
    """Return the codes of a set in force on the day that match by code, name, pinyin or initials, best first."""
    rows = Code.objects.filter(list__in=CodeList.objects.filter(in_force(on), system=code_set))
    prefix = search.code_prefix_of(query) if code_set == CodeSet.DIAGNOSES else _prefix(query)
    found = search.ranked(rows, query, code_prefix=prefix, has_common=True)
    return [Unified(row.code, row.name) for row in found[:limit]]


def unified(code_set: str, code: str, on: date) -> Unified | None:
    """Return the code of a set that is in force on the day; None where it is not."""
    editions = CodeList.objects.filter(in_force(on), system=code_set)
    row = Code.objects.filter(list__in=editions, code=code).values_list("code", "name").first()
    return Unified(*row) if row else None


def _prefix(query: str) -> str:
    text = query.strip()
    return text if text.isascii() and any(character.isdigit() for character in text) else ""
