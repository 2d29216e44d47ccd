"""Reads of the catalogue for programs.  Any signed-in actor may read it."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from tongmai.foundation.catalog import selectors
from tongmai.ui.api import Page, Text, paginate

router = Router(tags=["catalog"])

Limit = Annotated[int, Field(ge=1, le=selectors.MAX_RESULTS)]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,12}$")]


class DiagnosisOut(Schema):
    """`notifiable` is the statutory disease that the code means on the day, or empty."""

    code: str
    name: str
    everyday_names: str
    is_common: bool
    is_chronic: bool
    notifiable: str


class PlaceOut(Schema):
    """A division; `path` is its full name from the county down, `level` the digits of its code."""

    code: str
    name: str
    level: int
    parent_code: str
    path: str


class ListedOut(Schema):
    """An entry of a small table.  `group` is its class, its category or its parent's code."""

    code: str
    name: str
    group: str


class ExaminationItemOut(Schema):
    """Something that can be ordered.  `checks`: what is asked first (pregnancy, metal, contrast, allergy)."""

    code: str
    name: str
    category: str
    modality: str
    body_part: str
    specimen: str
    everyday_names: str
    checks: str
    charge_code: str


class NotifiableOut(Schema):
    """A statutory infectious disease of the day; `category` is a, b or c."""

    slug: str
    name: str
    category: str
    prefixes: list[str]
    fast_prefixes: list[str]


class CodeListOut(Schema):
    """An edition of a code list with its span; `ends_before` is null while it is the newest."""

    system: str
    version: str
    title: str
    source: str
    starts_on: date
    ends_before: date | None
    is_starter: bool
    n_codes: int


class Asked(Schema):
    q: Text(60) = ""
    limit: Limit = 20
    on: date | None = None  # the day for which the answer holds; today if not given


class AskedPlace(Asked):
    under: Digits = ""


def _day(request: HttpRequest, on: date | None) -> date:
    return on or request.actor.today


@router.get("diagnoses/", response=list[DiagnosisOut], summary="Search diagnoses by code, name, pinyin or initials")
def diagnoses(request: HttpRequest, asked: Query[Asked]):
    return selectors.search_diagnoses(asked.q, _day(request, asked.on), asked.limit)


@router.get("diagnoses/{code}", response=DiagnosisOut, summary="One diagnosis by its code")
def diagnosis(request: HttpRequest, code: Text(32), on: date | None = None):
    return selectors.diagnosis(code, _day(request, on))


@router.get("divisions/", response=list[PlaceOut], summary="Search divisions below a code")
def divisions(request: HttpRequest, asked: Query[AskedPlace]):
    return selectors.search_divisions(asked.q, _day(request, asked.on), under=asked.under, limit=asked.limit)


@router.get("divisions/{code}", response=PlaceOut, summary="One division with its full name")
def division(request: HttpRequest, code: Digits, on: date | None = None):
    return selectors.place(code, _day(request, on))


@router.get("divisions/{code}/children", response=Page[PlaceOut], summary="The divisions one level below")
def children(request: HttpRequest, code: Digits, cursor: Text(400) = "", limit: Limit = 50, on: date | None = None):
    day = _day(request, on)
    rows, following = paginate(selectors.children_of(code, day), cursor or None, limit, ("code",))
    return {"items": selectors.places(rows, day), "next_cursor": following}


@router.get("departments/", response=list[ListedOut], summary="Clinical specialties, all or those that match")
def departments(request: HttpRequest, asked: Query[Asked]):
    day = _day(request, asked.on)
    return selectors.search_departments(asked.q, day, asked.limit) if asked.q else selectors.department_types(day)


@router.get("facility-classes/", response=list[ListedOut], summary="Classes of institutions (WS 218)")
def facility_classes(request: HttpRequest, on: date | None = None):
    return selectors.facility_classes(_day(request, on))


@router.get("resource-kinds/", response=list[ListedOut], summary="What can be booked")
def resource_kinds(request: HttpRequest, category: Text(16) = "", on: date | None = None):
    return selectors.resource_kinds(_day(request, on), category)


@router.get("examination-items/", response=list[ExaminationItemOut], summary="What can be ordered from a centre")
def examination_items(request: HttpRequest, category: Text(16) = "", q: Text(60) = "", on: date | None = None):
    return selectors.examination_items(_day(request, on), category, q)


@router.get("notifiable-diseases/", response=list[NotifiableOut], summary="The statutory list of a day")
def notifiable_diseases(request: HttpRequest, on: date | None = None):
    return selectors.notifiable_diseases(_day(request, on))


@router.get("code-lists/", response=list[CodeListOut], summary="Editions of the code lists, newest first")
def code_lists(request: HttpRequest):
    return selectors.code_lists()
