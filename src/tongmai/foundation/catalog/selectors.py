"""Reads of the catalogue.  Everything here is reference data that any signed-in person may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from tongmai.foundation.catalog import rules, search
from tongmai.foundation.catalog.errors import NoListInForce, UnknownCode
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

MAX_RESULTS = 50


@dataclass(frozen=True)
class Diagnosis:
    """A diagnosis as a form or a rule needs it.  `notifiable` is the disease's slug if the law lists it on the day."""

    code: str
    name: str
    everyday_names: str
    is_common: bool
    is_chronic: bool
    notifiable: str


@dataclass(frozen=True)
class Place:
    """A division with its full name from the county down, e.g. 庐江县 泥河镇 天井村."""

    code: str
    name: str
    level: int
    parent_code: str
    path: str


@dataclass(frozen=True)
class Listed:
    """An entry of a small table: a department type, a facility class or a resource kind."""

    code: str
    name: str
    group: str


def in_force(on: date) -> Q:
    """Return the condition that a row's span covers the day `on`."""
    return Q(starts_on__lte=on) & (Q(ends_before__isnull=True) | Q(ends_before__gt=on))


# Diagnoses


def code_list(system: str, on: date) -> CodeList:
    """Return the edition of `system` in force on the day.  Raises NoListInForce."""
    found = CodeList.objects.filter(in_force(on), system=system).first()
    if found is None:
        raise NoListInForce(system=system, on=on)
    return found


def code_lists() -> list[CodeList]:
    """Return every edition, newest first, each with `n_codes` and `n_common`."""
    counts = {"n_codes": Count("codes"), "n_common": Count("codes", filter=Q(codes__is_common=True))}
    return list(CodeList.objects.annotate(**counts).order_by("system", "-starts_on"))


def search_diagnoses(query: str, on: date, limit: int = 20) -> list[Diagnosis]:
    """Return at most `limit` (≤ 50) diagnoses in force on the day that match `query`, best first.

    The query may be the beginning of a code, a part of the name or of an everyday name, pinyin, or initials; several
    words must all match.  Ranking: `search.ranked`.  Nothing to look for, or no list in force, gives an empty list.
    """
    edition = CodeList.objects.filter(in_force(on), system=CodeList.System.ICD10).first()
    if edition is None:
        return []
    rows = search.ranked(
        Code.objects.filter(list=edition), query, code_prefix=search.code_prefix_of(query), has_common=True
    )
    listed = notifiable_diseases(on)
    return [_diagnosis(row, listed) for row in rows[: min(limit, MAX_RESULTS)]]


def diagnosis(code: str, on: date) -> Diagnosis:
    """Return the diagnosis of this code in the edition in force on the day.  Raises UnknownCode."""
    row = Code.objects.filter(
        code=code, list__in=CodeList.objects.filter(in_force(on), system=CodeList.System.ICD10)
    ).first()
    if row is None:
        raise UnknownCode(code=code, on=on)
    return _diagnosis(row, notifiable_diseases(on))


def list_of_codes(edition_id: int, query: str) -> QuerySet[Code]:
    """Return the codes of one edition, by code; with a query those that match it, best first."""
    rows = Code.objects.filter(list_id=edition_id)
    if not query.strip():
        return rows.order_by("code")
    return search.ranked(rows, query, code_prefix=search.code_prefix_of(query), has_common=True)


def diagnoses(codes: Iterable[str], on: date) -> dict[str, Diagnosis]:
    """Return the diagnoses of `codes` in force on the day, by code; unknown codes are left out."""
    editions = CodeList.objects.filter(in_force(on), system=CodeList.System.ICD10)
    listed = notifiable_diseases(on)
    rows = Code.objects.filter(code__in=list(codes), list__in=editions)
    return {row.code: _diagnosis(row, listed) for row in rows}


def _diagnosis(row: Code, listed: Sequence[rules.Notifiable]) -> Diagnosis:
    disease = rules.notifiable_of(row.code, listed)
    return Diagnosis(
        code=row.code,
        name=row.name,
        everyday_names=row.everyday_names,
        is_common=row.is_common,
        is_chronic=row.is_chronic,
        notifiable=disease.slug if disease else "",
    )


# Statutory infectious diseases


def notifiable_diseases(on: date) -> list[rules.Notifiable]:
    """Return the statutory list of the day: class A first, then B and C, each in the order of the law."""
    return [
        rules.Notifiable(
            slug=row.slug,
            name=row.name,
            category=row.category,
            prefixes=tuple(row.icd10_prefixes.split()),
            fast_prefixes=tuple(row.fast_prefixes.split()),
        )
        for row in NotifiableDisease.objects.filter(in_force(on)).order_by("category", "id")
    ]


def notifiable(code: str, on: date) -> rules.Notifiable | None:
    """Return the statutory disease that an ICD-10 code means on the day, or None."""
    return rules.notifiable_of(code, notifiable_diseases(on))


# Divisions


def division(code: str, on: date | None = None) -> Division:
    """Return the division of this code: the row in force on `on`, or the newest when no day is asked.

    Raises UnknownCode.
    """
    rows = Division.objects.filter(code=code)
    if on is not None:
        rows = rows.filter(in_force(on))
    found = rows.order_by("-starts_on").first()
    if found is None:
        raise UnknownCode(code=code, on=on)
    return found


def divisions_under(code: str, on: date | None = None, level: int | None = None) -> QuerySet[Division]:
    """Return the divisions below `code`, by code; only one level of them when `level` is given, only those in force
    on `on` when a day is given (else those without an end)."""
    rows = Division.objects.filter(code__prefix=code).exclude(code=code)
    rows = rows.filter(in_force(on)) if on is not None else rows.filter(ends_before__isnull=True)
    if level is not None:
        rows = rows.filter(level=level)
    return rows.order_by("code")


def children_of(code: str, on: date) -> QuerySet[Division]:
    """Return the divisions one level below `code` that are in force on the day, by code."""
    return Division.objects.filter(in_force(on), parent_code=code).order_by("code")


def medical_town(code: str, on: date | None = None) -> str:
    """Return the code of the town whose health centre serves the division: for a village its town, for a street that
    was split from a town the parent town.  Raises UnknownCode when the town is not known."""
    town = division(code[:9], on)
    return town.medical_parent_code or town.code


def search_divisions(
    query: str, on: date, *, under: str = "", levels: Sequence[int] = (), limit: int = 20
) -> list[Place]:
    """Return at most `limit` (≤ 50) divisions below `under` that match `query`, best first, with their full names."""
    rows = Division.objects.filter(in_force(on))
    if under:
        rows = rows.filter(code__prefix=under)
    if levels:
        rows = rows.filter(level__in=levels)
    prefix = query.strip()[:12] if query.strip().isascii() and query.strip().isdigit() else ""
    found = list(search.ranked(rows, query, code_prefix=prefix)[: min(limit, MAX_RESULTS)])
    return places(found, on)


def places(divisions: Sequence[Division], on: date) -> list[Place]:
    """Return the divisions with their full names from the county down; one query for all ancestors."""
    wanted = {row.code[:digits] for row in divisions for digits in (6, 9)}
    names = dict(Division.objects.filter(in_force(on), code__in=wanted).values_list("code", "name"))
    return [
        Place(
            code=row.code,
            name=row.name,
            level=row.level,
            parent_code=row.parent_code,
            path=" ".join(
                [*(names[row.code[:n]] for n in (6, 9) if n < row.level and row.code[:n] in names), row.name]
            ),
        )
        for row in divisions
    ]


def place(code: str, on: date | None = None) -> Place:
    """Return one division with its full name.  Raises UnknownCode."""
    row = division(code, on)
    return places([row], on or row.starts_on)[0]


# The small tables


def department_types(on: date) -> list[Listed]:
    """Return the clinical specialties in force on the day, in the order of the national list."""
    return _listed(DepartmentType.objects.filter(in_force(on)))


def facility_classes(on: date) -> list[Listed]:
    """Return the classes of institutions in force on the day, in the order of WS 218."""
    return _listed(FacilityClass.objects.filter(in_force(on)))


def resource_kinds(on: date, category: str = "") -> list[Listed]:
    """Return what can be booked, all or of one category (clinic, bed, exam, lab, treatment)."""
    rows = ResourceKind.objects.filter(in_force(on))
    return _listed(rows.filter(category=category) if category else rows)


def resource_kind(code: str, on: date) -> ResourceKind:
    """Return the kind of this code.  Raises UnknownCode."""
    return _entry(ResourceKind, code, on)


def examination_items(on: date, category: str = "", query: str = "") -> list[ExaminationItem]:
    """Return what can be ordered on the day, all or of one category; with a query those that match it, best first."""
    rows = ExaminationItem.objects.filter(in_force(on))
    rows = rows.filter(category=category) if category else rows
    if not query.strip():
        return list(rows)
    prefix = query.strip()[:32].lower() if query.isascii() else ""
    return list(search.ranked(rows, query, code_prefix=prefix)[:MAX_RESULTS])


def examination_item(code: str, on: date) -> ExaminationItem:
    """Return the item of this code.  Raises UnknownCode."""
    return _entry(ExaminationItem, code, on)


def department_type(code: str, on: date) -> DepartmentType:
    """Return the specialty of this code.  Raises UnknownCode."""
    return _entry(DepartmentType, code, on)


def facility_class(code: str, on: date) -> FacilityClass:
    """Return the class of this code.  Raises UnknownCode."""
    return _entry(FacilityClass, code, on)


def search_departments(query: str, on: date, limit: int = 20) -> list[Listed]:
    """Return the specialties that match `query` by code, name, pinyin or initials, best first."""
    prefix = query.strip()[:16] if query.strip()[:1].isdigit() else ""
    rows = search.ranked(DepartmentType.objects.filter(in_force(on)), query, code_prefix=prefix)
    return _listed(rows[: min(limit, MAX_RESULTS)])


def _entry(table: type[Entry], code: str, on: date):
    found = table.objects.filter(in_force(on), code=code).first()
    if found is None:
        raise UnknownCode(code=code, on=on)
    return found


def _listed(rows: Iterable[Entry]) -> list[Listed]:
    def group_of(row: Entry) -> str:
        return getattr(row, "group", "") or getattr(row, "category", "") or getattr(row, "parent_code", "")

    return [Listed(code=row.code, name=row.name, group=group_of(row)) for row in rows]
