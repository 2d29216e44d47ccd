from datetime import date

import pytest

from tongmai.foundation.catalog import selectors, services, starter
from tongmai.foundation.catalog.models import NotifiableDisease
from tongmai.foundation.catalog.tests.factories import TODAY, By
from tongmai.kernel import spans


@pytest.fixture
def loaded(db):
    services.load_starter(By())


def test_every_disease_of_the_list_stands_in_the_starter_table(loaded):
    listed = {disease.slug for disease in selectors.notifiable_diseases(TODAY)}
    in_starter = {row.notifiable for row in starter.diagnoses() if row.notifiable}
    assert in_starter == listed


def test_the_prefixes_agree_with_what_the_starter_table_says(loaded):
    """Typed twice: the disease beside each diagnosis, and the prefixes of each disease."""
    diseases = selectors.notifiable_diseases(TODAY)
    codes = [row.code for row in starter.diagnoses()]
    found = selectors.diagnoses(codes, TODAY)
    assert diseases
    wrong = [row.code for row in starter.diagnoses() if found[row.code].notifiable != row.notifiable]
    assert not wrong


def test_a_diagnosis_is_notifiable_by_the_law_of_its_day(loaded):
    assert selectors.notifiable("J09.x02", date(2025, 8, 31)).slug == "h7n9"
    assert selectors.notifiable("J09.x02", date(2025, 9, 1)).slug == "novel-influenza"
    assert selectors.notifiable("J09.x00", date(2025, 8, 31)) is None
    assert selectors.notifiable("A93.802", date(2026, 3, 24)) is None
    assert selectors.notifiable("A93.802", TODAY).slug == "sfts"
    assert selectors.diagnosis("B04.x00", date(2023, 9, 19)).notifiable == ""
    assert selectors.diagnosis("B04.x00", date(2023, 9, 20)).notifiable == "mpox"


def test_every_disease_says_where_it_comes_from(loaded):
    for row in NotifiableDisease.objects.all():
        assert row.status in {"stated", "inferred", "local-default"}
        assert row.source
        assert all(fast.startswith(tuple(row.icd10_prefixes.split())) for fast in row.fast_prefixes.split())


def test_no_disease_is_listed_twice_on_a_day(loaded):
    rows = list(NotifiableDisease.objects.order_by("slug", "starts_on"))
    for earlier, later in zip(rows, rows[1:], strict=False):
        if earlier.slug == later.slug:
            assert not spans.overlap((earlier.starts_on, earlier.ends_before), (later.starts_on, later.ends_before))
