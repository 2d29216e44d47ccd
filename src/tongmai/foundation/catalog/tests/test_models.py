"""The database refuses nonsense: each constraint is violated once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tongmai.foundation.catalog.models import (
    Code,
    CodeList,
    DepartmentType,
    Division,
    ExaminationItem,
    FacilityClass,
    NotifiableDisease,
    ResourceKind,
)

pytestmark = pytest.mark.django_db

DAY, NEXT = date(2024, 1, 1), date(2025, 1, 1)
LIST = {"system": "icd10", "version": "v", "title": "t", "source": "s", "starts_on": DAY}
DISEASE = {
    "slug": "x", "name": "x", "category": "a", "icd10_prefixes": "A00", "source": "s", "status": "stated", "starts_on": DAY,
}  # fmt: skip
DIVISION = {"code": "340199", "name": "x", "level": 6, "search": "", "starts_on": DAY, "source": "s"}
ENTRY = {"code": "x", "name": "x", "search": "", "source": "s", "starts_on": DAY}


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (CodeList, [LIST | {"ends_before": DAY}]),
        (CodeList, [LIST | {"ends_before": NEXT}, LIST | {"starts_on": NEXT}]),
        (CodeList, [LIST | {"ends_before": NEXT}, LIST | {"version": "w"}]),
        (CodeList, [LIST, LIST | {"version": "w", "starts_on": NEXT}]),
        (NotifiableDisease, [DISEASE | {"ends_before": DAY}]),
        (NotifiableDisease, [DISEASE, DISEASE]),
        (NotifiableDisease, [DISEASE | {"category": "d"}]),
        (Division, [DIVISION | {"ends_before": DAY}]),
        (Division, [DIVISION | {"ends_before": NEXT}, DIVISION]),
        (Division, [DIVISION, DIVISION | {"starts_on": NEXT}]),
        (Division, [DIVISION | {"level": 7}]),
        (ExaminationItem, [ENTRY | {"category": "x"}]),
        *((table, [ENTRY | more | {"ends_before": DAY}]) for table, more in (
            (FacilityClass, {"group": "g"}), (DepartmentType, {}), (ResourceKind, {"category": "bed"}),
            (ExaminationItem, {"category": "imaging"}),
        )),
        *((table, [ENTRY | more, ENTRY | more]) for table, more in (
            (FacilityClass, {"group": "g"}), (DepartmentType, {}), (ResourceKind, {"category": "bed"}),
            (ExaminationItem, {"category": "imaging"}),
        )),
    ],
)  # fmt: skip
def test_nonsense_is_refused(table, rows):
    *fine, wrong = rows
    for row in fine:
        table.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        table.objects.create(**wrong)


def test_a_code_stands_once_in_an_edition():
    edition = CodeList.objects.create(**LIST)
    Code.objects.create(list=edition, code="I10.x00", name="高血压", search="|")
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.create(list=edition, code="I10.x00", name="高血压病", search="|")
