"""What came to a person since two entries of hers were made one: whose it is when the two are parted again.

Rows that hang together (a visit and its results, a referral and its booking) go together.  What hangs on something older
goes where that goes.  For the rest somebody may choose; what nobody chooses goes to the side under whose number in
another system it came, and else stays with the survivor.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.translation import gettext

from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.matching.scoring import score
from tongmai.commons.residents.models import KnownTo, Merge, MergedRow, Resident, SourceRegistration
from tongmai.commons.residents.services.indexing import facts_of_people, facts_of_registration
from tongmai.commons.residents.services.merging import columns, rows_of
from tongmai.foundation.orgs.models import Org, User
from tongmai.kernel.text import N_

Key = tuple[str, str]  # label of the table, primary key as text
# Which system told of a row, and under which of its numbers: (person, since when, rows) → row → (system, number).
Origins = Callable[[UUID, datetime, set[UUID]], dict[UUID, tuple[str, str]]]


@dataclass(frozen=True)
class Naming:
    """What people call the rows of a table, and which of its columns say which one it is, when, and where."""

    words: str
    title: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    org: str = ""
    is_drawn: bool = False  # from what it hangs on, as a critical value from its report: beside it, it is not counted


@dataclass(frozen=True)
class LaterRow:
    """Rows that go together, told by the chief of them.  `is_settled`: they hang on something older, nobody chooses."""

    key: str
    what: str
    title: str
    org: str
    at: datetime | None
    number: str  # under which another system told of it, "" where none did
    to_retired: bool
    is_settled: bool
    is_shown: bool
    keys: tuple[Key, ...] = field(repr=False)

    @property
    def n_more(self) -> int:
        """How many rows go with it, without what was only drawn from them."""
        return sum(not _naming(label).is_drawn for label, _ in self.keys[1:])


# What a person is asked about, the chief first: of rows that go together the first of these tells what they are.
_named: dict[str, Naming] = {}
_origins: list[Origins] = []
# Follows from the others, or tells of what was done and stays.
_QUIET = {"residents.KnownTo", "residents.EmergencyAccess", "exchange.InboundMessage"}
_STAYING = {"residents.KnownTo", "residents.EmergencyAccess"}
_SOFT = ("source_id", "referral_id")  # plain ids of what a row follows from


def name_rows(
    label: str, words: str, *, title: Sequence[str] = (), at: Sequence[str] = (), org: str = "", is_drawn: bool = False
) -> None:  # fmt: skip
    """Say what people call the rows of a table (config/merging.py, in the order in which they are chief)."""
    _named[label] = Naming(words, tuple(title), tuple(at), org, is_drawn)


def ask_origins(told: Origins) -> None:
    """Say who knows under which number of which system a row came."""
    _origins.append(told)


def later_rows(done: Merge) -> list[LaterRow]:
    """Return what came to the survivor of a standing merge since, the rows that go together as one, the oldest first."""
    found = _Later(done)
    return sorted(found.groups(), key=lambda each: (each.at is None, each.at or done.merged_at, each.key))


class _Later:
    """The later rows of one merge, and what they hang on."""

    def __init__(self, done: Merge) -> None:
        self.done = done
        self.moved = _moved_by(done)
        self.stood = {key for keys in (done.stood or {}).values() for key in keys}
        self.rows: dict[Key, dict[str, Any]] = {}
        if done.stood is not None:
            elsewhere = _moved_into(done.survivor_id)
            for model, column in columns():
                self._look(model, column, set(done.stood.get(f"{model._meta.label}.{column}", ())), elsewhere)
        self.parent = {key: key for key in self.rows}
        self.fixed: dict[Key, set[bool]] = {}  # by root: does what it hangs on go to the retired entry

    def _look(self, model: type[models.Model], column: str, stood: set[str], elsewhere: set[Key]) -> None:
        naming = _naming(model._meta.label)
        told = {*naming.title, *naming.at, *([naming.org] if naming.org else []), *(name for name, _ in _links(model))}
        for row in rows_of(model).filter(**{column: self.done.survivor_id}).values("pk", *sorted(told)):
            key = (model._meta.label, str(row["pk"]))
            if key[1] not in stood and key not in elsewhere:
                self.rows[key] = row

    def groups(self) -> Iterator[LaterRow]:
        self._hang_together()
        members: dict[Key, list[Key]] = {}
        for key in self.rows:
            members.setdefault(self._root(key), []).append(key)
        numbers = self._numbers()
        for root, keys in members.items():
            keys.sort(key=lambda key: (_rank(key[0]), key))
            yield self._group(keys, self.fixed.get(root, set()), numbers)

    def _group(self, keys: list[Key], fixed: set[bool], numbers: dict[str, tuple[str, bool]]) -> LaterRow:
        label, pk = keys[0]
        row, naming = self.rows[keys[0]], _naming(label)
        number, is_hers = next((numbers[key[1]] for key in keys if key[1] in numbers), ("", False))
        stays = label in _STAYING or False in fixed
        return LaterRow(
            key=f"{label}:{pk}",
            what=words_of(label),
            title=" ".join(str(row[name]) for name in naming.title if row[name]),
            org=str(row[naming.org] or "") if naming.org else "",
            at=next((row[name] for name in naming.at if row[name]), None),
            number=number,
            to_retired=not stays and (True in fixed or is_hers),
            is_settled=bool(fixed) or stays,
            is_shown=label not in _QUIET,
            keys=tuple(keys),
        )

    def _hang_together(self) -> None:
        by_pk = {key[1]: key for key in self.rows}
        for key, row in self.rows.items():
            for name, target in _links(apps.get_model(key[0])):
                if row[name] is not None:
                    self._link(key, target, str(row[name]), by_pk)
        for model in {model for model, _ in columns()}:
            self._older_pointing_here(model, by_pk)

    def _link(self, key: Key, target: str, pk: str, by_pk: dict[str, Key]) -> None:
        if pk in by_pk:
            self._join(key, by_pk[pk])
        elif pk in self.moved or pk in self.stood or target:
            self._fix(key, pk in self.moved)

    def _older_pointing_here(self, model: type[models.Model], by_pk: dict[str, Key]) -> None:
        """An older row that points at a later one, as a referral at the booking that was made for it, keeps it."""
        for name, target in _links(model):
            later = [row["pk"] for key, row in self.rows.items() if key[0] == target]
            for pk, at in rows_of(model).filter(**{f"{name}__in": later}).values_list("pk", name) if later else ():
                if (model._meta.label, str(pk)) not in self.rows:
                    self._fix(by_pk[str(at)], str(pk) in self.moved)

    def _numbers(self) -> dict[str, tuple[str, bool]]:
        """By primary key: the number under which a row came, and whether that is the retired entry's."""
        since, wanted = self.done.merged_at, {row["pk"] for row in self.rows.values() if isinstance(row["pk"], UUID)}
        sides = _Sides(self)
        found: dict[str, tuple[str, bool]] = {}
        for told in _origins if wanted else ():
            for pk, (source, number) in told(self.done.survivor_id, since, wanted).items():
                found[str(pk)] = number, sides.of(source, number)
        for registration in sides.later:
            found[str(registration.id)] = registration.local_number, sides.of_registration(registration)
        return found

    def _root(self, key: Key) -> Key:
        while self.parent[key] != key:
            self.parent[key] = key = self.parent[self.parent[key]]
        return key

    def _join(self, one: Key, other: Key) -> None:
        kept, gone = sorted((self._root(one), self._root(other)))
        self.parent[gone] = kept
        if kept != gone:
            self.fixed.setdefault(kept, set()).update(self.fixed.pop(gone, set()))

    def _fix(self, key: Key, to_retired: bool) -> None:
        self.fixed.setdefault(self._root(key), set()).add(to_retired)


class _Sides:
    """Whose the registrations of other systems are, after the parting."""

    def __init__(self, later: _Later) -> None:
        label = SourceRegistration._meta.label
        rows = list(SourceRegistration.objects.filter(resident=later.done.survivor_id))
        self.rows = {(row.source, row.local_number): row for row in rows}
        self.moved = {row.id for row in rows if str(row.id) in later.moved}
        self.later = [row for row in rows if (label, str(row.id)) in later.rows]
        self._known: dict[bool, list[Facts]] = {}
        if self.later:
            new = {row.id for row in self.later}
            people = Resident.objects.filter(id__in=[later.done.survivor_id, later.done.retired_id])
            for person, facts in facts_of_people(list(people)):
                self._known.setdefault(person.id == later.done.retired_id, []).append(facts)
            for row in rows:
                if row.id not in new:
                    self._known.setdefault(row.id in self.moved, []).append(facts_of_registration(row))

    def of(self, source: str, number: str) -> bool:
        """Whether a number of a system is the retired entry's."""
        row = self.rows.get((source, number))
        if row is None:
            return False
        return self.of_registration(row) if row in self.later else row.id in self.moved

    def of_registration(self, row: SourceRegistration) -> bool:
        """Whether a registration that came since is more like the retired entry than like the survivor."""
        facts = facts_of_registration(row)
        best = {side: max(score(facts, each).weight for each in known) for side, known in self._known.items()}
        return best.get(True, float("-inf")) > best.get(False, float("-inf"))


def organisations_of(keys: Iterable[Key]) -> set[UUID]:
    """Return the organisations that these rows name: they know whose the rows are."""
    found: set[UUID] = set()
    by_label: dict[str, list[str]] = {}
    for label, pk in keys:
        by_label.setdefault(label, []).append(pk)
    for label, pks in by_label.items():
        model = apps.get_model(label)
        names = [f.attname for f in model._meta.concrete_fields if f.is_relation and f.related_model is Org]
        for row in rows_of(model).filter(pk__in=pks).values_list(*names) if names else ():
            found |= {org_id for org_id in row if org_id}
    return found


def _moved_by(done: Merge) -> set[str]:
    """The primary keys of what the merge moved."""
    return set(MergedRow.objects.filter(merge=done, column__in=_column_names()).values_list("row_key", flat=True))


def _moved_into(survivor_id: UUID) -> set[Key]:
    """What came by merges that stand: this one, or another one since."""
    rows = MergedRow.objects.filter(
        merge__survivor=survivor_id, merge__undone_at=None, column__in=_column_names()
    )  # fmt: skip
    return set(rows.values_list("model", "row_key"))


@cache
def _column_names() -> tuple[str, ...]:
    return tuple(sorted({column for _, column in columns()}))


@cache
def _links(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    """Return (column, label of the table, "" where it may be any) of what rows of a table may hang on."""
    hanging = {each for each, _ in columns()} - {User}
    found = [
        (f.attname, f.related_model._meta.label)
        for f in model._meta.concrete_fields
        if f.is_relation and f.related_model in hanging
    ]
    if model is not KnownTo:
        found += [(f.name, "") for f in model._meta.concrete_fields if f.name in _SOFT and not f.is_relation]
    return tuple(found)


def words_of(label: str) -> str:
    """Return what people call the rows of a table."""
    naming = _naming(label)
    return gettext(naming.words) if naming.words else str(apps.get_model(label)._meta.verbose_name)


def _naming(label: str) -> Naming:
    return _named.get(label) or _OWN.get(label) or Naming("")


def _rank(label: str) -> int:
    order = [*_named, *_OWN]
    return order.index(label) if label in order else len(order)


# Rows of this app, behind those of the apps above that are named in config/merging.py.
_OWN = {
    "residents.SourceRegistration": Naming(N_("来源登记"), ("name", "local_number"), ("received_at",), "org__short_name"),
    "residents.CareRelation": Naming(N_("家庭医生")),
    "residents.Identifier": Naming(N_("证件"), ("value",), ("added_at",)),
    "residents.Medium": Naming(N_("卡和码"), ("number",), ("issued_at",)),
    "residents.Phone": Naming(N_("电话"), ("number",), ("added_at",)),
    "residents.Coverage": Naming(N_("参保"), ("scheme",), ("added_at",)),
    "residents.Tag": Naming(N_("人群分类"), (), ("added_at",)),
    "residents.Guardian": Naming(N_("监护人"), ("name",), ("added_at",)),
    "orgs.User": Naming(N_("居民账号"), ("username",)),
}  # fmt: skip
