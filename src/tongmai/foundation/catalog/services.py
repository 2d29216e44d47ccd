"""Writes of the catalogue: the starter tables, editions of code lists, divisions.

`by` is the actor; only its `now` and what the audit keeps of it matter here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from tongmai.foundation.audit import services as audit
from tongmai.foundation.catalog import rules, starter
from tongmai.foundation.catalog.errors import ListOverlaps, LoadedMeanwhile
from tongmai.foundation.catalog.events import CatalogLoaded
from tongmai.foundation.catalog.models import (
    Code,
    CodeList,
    DepartmentType,
    Division,
    Entry,
    ExaminationItem,
    FacilityClass,
    NotifiableDisease,
    ResourceKind,
)
from tongmai.foundation.catalog.search import keys_of

BATCH = 1000
Progress = Callable[[int, int], None]  # (done, of how many)
SAID_BY_PEOPLE = "；"  # separates the everyday names in one cell


@dataclass(frozen=True)
class DivisionRow:
    """A division to be put into the table; the parent follows from the code."""

    code: str
    name: str
    succeeds_code: str = ""
    medical_parent_code: str = ""
    starts_on: date | None = None  # where it differs from the whole table's day


@dataclass(frozen=True)
class Outcome:
    """How many rows were new, changed and already the same."""

    n_new: int = 0
    n_changed: int = 0
    n_same: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.n_new + other.n_new, self.n_changed + other.n_changed, self.n_same + other.n_same)


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """Run in one transaction.  Two loads of the same table at once meet at its unique constraints: one is told so."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise LoadedMeanwhile() from error


# The starter


@_all_or_nothing()
def load_starter(by: Any) -> Outcome:
    """Load the project's own tables: the four unified sets, statutory diseases, kinds, divisions down to Hefei's towns.

    Repeating it changes nothing.  Where official editions are in force already, the starter list is placed before the
    first of them and takes nothing from it.  Raises LoadedMeanwhile.
    """
    _load_kinds()
    _load_notifiable_diseases()
    outcome = put_divisions(
        [_division_row(row) for row in starter.rows("divisions")],
        starts_on=starter.STARTS_ON,
        source=starter.SOURCES["divisions"],
        by=by,
    )
    for system, known in starter.SETS.items():
        edition = place_list(
            system=system,
            version=starter.VERSION,
            title=known.title,
            source=known.source,
            starts_on=starter.STARTS_ON,
            is_starter=True,
        )
        outcome += put_codes(edition, starter.codes(system), by=by)
    return outcome


def _load_kinds() -> None:
    for table, name, extra in (
        (FacilityClass, "facility_classes", lambda row: {"group": row["group"]}),
        (DepartmentType, "department_types", lambda row: {"parent_code": row["code"].rpartition(".")[0]}),
        (ResourceKind, "resource_kinds", _of_resource_kind),
        (ExaminationItem, "examination_items", _of_examination_item),
    ):
        _put_entries(table, name, extra)


def _of_resource_kind(row: dict[str, str]) -> dict[str, Any]:
    minutes = int(row["default_minutes"]) if row["default_minutes"] else None
    return {key: row[key] for key in ("category", "modality", "department_code")} | {"default_minutes": minutes}


def _of_examination_item(row: dict[str, str]) -> dict[str, Any]:
    said = ("category", "modality", "body_part", "body_code", "specimen", "everyday_names", "checks", "charge_code")
    return {key: row[key] for key in said}


def _put_entries(table: type[Entry], name: str, extra: Callable[[dict[str, str]], dict[str, Any]]) -> None:
    entries = [
        table(
            code=row["code"],
            name=row["name"],
            search=keys_of(row["name"], *row.get("everyday_names", "").split(SAID_BY_PEOPLE)),
            position=position,
            source=starter.SOURCES[name],
            starts_on=starter.STARTS_ON,
            **extra(row),  # nosec B610: our own function, no QuerySet.extra
        )
        for position, row in enumerate(starter.rows(name))
    ]
    _upsert(table, entries, unique=["code", "starts_on"])


def _load_notifiable_diseases() -> None:
    diseases = [
        NotifiableDisease(
            slug=row["slug"],
            name=row["name"],
            category=row["category"],
            icd10_prefixes=row["icd10_prefixes"],
            fast_prefixes=row["fast_prefixes"],
            source=row["source"],
            status=row["status"],
            starts_on=date.fromisoformat(row["starts_on"]),
            ends_before=starter.day_or(row["ends_before"], None),
        )
        for row in starter.rows("notifiable_diseases")
    ]
    _upsert(NotifiableDisease, diseases, unique=["slug", "starts_on"])


def _upsert(table: Any, objects: list[Any], *, unique: list[str]) -> None:
    fields = [f.name for f in table._meta.concrete_fields if not f.primary_key and f.name not in unique]
    table.objects.bulk_create(
        objects, batch_size=BATCH, update_conflicts=True, unique_fields=unique, update_fields=fields
    )


def _division_row(row: dict[str, str]) -> DivisionRow:
    return DivisionRow(
        code=row["code"],
        name=row["name"],
        succeeds_code=row["succeeds_code"],
        medical_parent_code=row["medical_parent_code"],
        starts_on=starter.day_or(row["starts_on"], None),
    )


# Editions of code lists


@_all_or_nothing()
def place_list(
    *, system: str, version: str, title: str, source: str, starts_on: date, is_starter: bool = False
) -> CodeList:
    """Return the edition of that version, making it when it is new and fitting it between its neighbours.

    The edition before it ends where this one starts; it ends itself where a later one starts.  An edition that exists
    keeps its days.

    Raises:
        ListOverlaps: another version starts on the same day.
        LoadedMeanwhile: somebody else placed one at the same moment.
    """
    editions = CodeList.objects.select_for_update().filter(system=system).order_by("starts_on")
    known = {edition.version: edition for edition in editions}
    if version in known:
        return known[version]
    rival = next((e for e in known.values() if e.starts_on == starts_on), None)
    if rival is not None:
        raise ListOverlaps(version=version, other=rival.version)
    later = next((e.starts_on for e in known.values() if e.starts_on > starts_on), None)
    CodeList.objects.filter(system=system, starts_on__lt=starts_on).filter(
        Q(ends_before__isnull=True) | Q(ends_before__gt=starts_on)
    ).update(ends_before=starts_on)
    return CodeList.objects.create(
        system=system,
        version=version,
        title=title,
        source=source,
        starts_on=starts_on,
        ends_before=later,
        is_starter=is_starter,
    )


@_all_or_nothing()
def put_codes(
    edition: CodeList, rows: Sequence[starter.DiagnosisRow], *, by: Any, progress: Progress | None = None
) -> Outcome:
    """Make the edition hold `rows`: insert the new ones, update the changed ones, leave the others alone.

    Codes of the edition that are not among `rows` stay.  `progress` is called after each batch of a thousand.
    Raises LoadedMeanwhile.
    """
    present = {code.code: code for code in Code.objects.filter(list=edition)}
    new, changed = [], []
    for row in rows:
        code = present.get(row.code)
        if code is None:
            new.append(_code_of(edition, row))
        elif _differs(code, row):
            fresh = _code_of(edition, row)
            fresh.pk = code.pk
            changed.append(fresh)
    total = len(new) + len(changed)
    for start in range(0, len(new), BATCH):
        Code.objects.bulk_create(new[start : start + BATCH])
        _tell(progress, start + len(new[start : start + BATCH]), total)
    for start in range(0, len(changed), BATCH):
        Code.objects.bulk_update(changed[start : start + BATCH], _CODE_FIELDS + ["search"], batch_size=200)
        _tell(progress, len(new) + start + len(changed[start : start + BATCH]), total)
    outcome = Outcome(n_new=len(new), n_changed=len(changed), n_same=len(rows) - total)
    _record(edition.system, edition.version, edition.starts_on, outcome, by=by)
    return outcome


_CODE_FIELDS = ["name", "everyday_names", "is_common", "is_chronic"]


def _code_of(edition: CodeList, row: starter.DiagnosisRow) -> Code:
    return Code(
        list=edition,
        code=row.code,
        search=keys_of(row.name, *row.everyday_names.split(SAID_BY_PEOPLE)),
        **{field: getattr(row, field) for field in _CODE_FIELDS},
    )


def _differs(code: Code, row: starter.DiagnosisRow) -> bool:
    return any(getattr(code, field) != getattr(row, field) for field in _CODE_FIELDS)


# Divisions


@_all_or_nothing()
def put_divisions(
    rows: Iterable[DivisionRow], *, starts_on: date, source: str, by: Any, progress: Progress | None = None
) -> Outcome:
    """Make the table of divisions hold `rows` from `starts_on` on.

    A code that is new opens a row.  A code whose facts differ closes its row and opens the next; where the open row
    starts on the same day or later it is corrected in place.  An empty `succeeds_code` or `medical_parent_code` keeps
    what is known.  Divisions that are not among `rows` stay as they are.  Raises LoadedMeanwhile.
    """
    wanted = {row.code: row for row in rows}
    present = {d.code: d for d in Division.objects.select_for_update().filter(ends_before__isnull=True)}
    change = _Change([], [], [])
    for row in wanted.values():
        old = present.get(row.code)
        change.take(old, _division_of(row, old, row.starts_on or starts_on, source))
    Division.objects.bulk_update(change.closed, ["ends_before"], batch_size=BATCH)
    Division.objects.bulk_update(change.corrected, [*_DIVISION_FIELDS, "search", "source"], batch_size=200)
    for start in range(0, len(change.opened), BATCH):
        batch = change.opened[start : start + BATCH]
        Division.objects.bulk_create(batch)
        _tell(progress, start + len(batch), len(change.opened))
    outcome = change.outcome(of=len(wanted))
    _record("divisions", source[:60], starts_on, outcome, by=by)
    return outcome


@dataclass(frozen=True)
class _Change:
    """What has to be written so that the table of divisions holds the new facts."""

    opened: list[Division]
    closed: list[Division]
    corrected: list[Division]

    def take(self, old: Division | None, fresh: Division) -> None:
        if old is None:
            self.opened.append(fresh)
        elif not _division_differs(old, fresh):
            return
        elif old.starts_on >= fresh.starts_on:
            fresh.pk, fresh.starts_on = old.pk, old.starts_on
            self.corrected.append(fresh)
        else:
            old.ends_before = fresh.starts_on
            self.closed.append(old)
            self.opened.append(fresh)

    def outcome(self, *, of: int) -> Outcome:
        n_changed = len(self.closed) + len(self.corrected)
        n_new = len(self.opened) - len(self.closed)
        return Outcome(n_new=n_new, n_changed=n_changed, n_same=of - n_new - n_changed)


_DIVISION_FIELDS = ["name", "parent_code", "succeeds_code", "medical_parent_code"]


def _division_of(row: DivisionRow, old: Division | None, starts_on: date, source: str) -> Division:
    return Division(
        code=row.code,
        name=row.name,
        level=len(row.code),
        parent_code=rules.parent_of(row.code),
        succeeds_code=row.succeeds_code or (old.succeeds_code if old else ""),
        medical_parent_code=row.medical_parent_code or (old.medical_parent_code if old else ""),
        search=keys_of(row.name, rules.short_name(row.name)),
        starts_on=starts_on,
        source=source,
    )


def _division_differs(old: Division, fresh: Division) -> bool:
    return any(getattr(old, field) != getattr(fresh, field) for field in _DIVISION_FIELDS)


def _record(table: str, version: str, starts_on: date, outcome: Outcome, *, by: Any) -> None:
    """Events tell of changes only: repeating a load writes nothing."""
    if outcome.n_new or outcome.n_changed:
        audit.record(
            CatalogLoaded(
                table=table,
                version=version,
                starts_on=starts_on,
                n_new=outcome.n_new,
                n_changed=outcome.n_changed,
                n_same=outcome.n_same,
            ),
            by=by,
        )


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
