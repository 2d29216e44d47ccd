from datetime import date

import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.catalog import selectors, services, starter
from tongmai.foundation.catalog.errors import ListOverlaps, LoadedMeanwhile, UnknownCode
from tongmai.foundation.catalog.models import Code, CodeList, Division, NotifiableDisease
from tongmai.foundation.catalog.tests.factories import TODAY, By, edition

pytestmark = pytest.mark.django_db
N_CODES = sum(len(starter.codes(system)) for system in starter.SETS)


def test_starter_loads_every_table():
    services.load_starter(By())
    assert Code.objects.count() == N_CODES
    assert selectors.code_list("drugs", TODAY).is_starter
    assert selectors.department_type("03.04", TODAY).parent_code == "03"
    assert selectors.facility_class("C210", TODAY).group == "township"
    assert selectors.resource_kind("ct", TODAY).modality == "CT"
    assert Division.objects.filter(code__prefix="340124", level=9).count() == 24


def test_starter_loaded_twice_changes_nothing_and_tells_nothing():
    services.load_starter(By())
    before = (Code.objects.count(), Division.objects.count(), NotifiableDisease.objects.count(), Event.objects.count())
    outcome = services.load_starter(By())
    after = (Code.objects.count(), Division.objects.count(), NotifiableDisease.objects.count(), Event.objects.count())
    assert after == before
    assert (outcome.n_new, outcome.n_changed) == (0, 0)


def test_a_new_edition_ends_the_old_one():
    old = edition("v1", starts_on=date(2020, 1, 1), rows=[("I10.x00", "高血压")])
    edition("v2", starts_on=date(2026, 1, 1), rows=[("I10.x00", "特发性高血压")])
    old.refresh_from_db()
    assert old.ends_before == date(2026, 1, 1)
    assert selectors.diagnosis("I10.x00", date(2025, 12, 31)).name == "高血压"
    assert selectors.diagnosis("I10.x00", date(2026, 1, 1)).name == "特发性高血压"


def test_an_edition_placed_before_another_ends_where_that_one_starts():
    edition("v2", starts_on=date(2026, 1, 1))
    earlier = edition("v1", starts_on=date(2020, 1, 1))
    assert earlier.ends_before == date(2026, 1, 1)
    assert CodeList.objects.get(version="v2").ends_before is None


def test_two_editions_cannot_start_on_one_day():
    edition("v1", starts_on=date(2020, 1, 1))
    with pytest.raises(ListOverlaps):
        edition("v2", starts_on=date(2020, 1, 1))


def test_starter_takes_nothing_from_an_official_edition():
    official = edition("official", starts_on=date(2024, 1, 1), rows=[("I10.x00", "高血压")])
    services.load_starter(By())
    assert selectors.code_list("icd10", TODAY) == official
    assert selectors.code_list("icd10", date(2023, 6, 1)).is_starter


def test_codes_put_again_are_updated_where_they_differ():
    edition("v1", rows=[("I10.x00", "高血压"), ("J45.900", "哮喘")])
    edition("v1", rows=[("I10.x00", "特发性高血压"), ("J45.900", "哮喘")])
    assert selectors.diagnosis("I10.x00", TODAY).name == "特发性高血压"
    assert [d.code for d in selectors.search_diagnoses("tfxgxy", TODAY)] == ["I10.x00"]
    assert Event.objects.filter(name="catalog.CatalogLoaded").count() == 2


def test_a_renamed_division_keeps_its_past():
    put = {"source": "测试", "by": By()}
    services.put_divisions([services.DivisionRow("340199001", "清泉乡")], starts_on=date(2000, 1, 1), **put)
    outcome = services.put_divisions([services.DivisionRow("340199001", "清泉镇")], starts_on=date(2024, 1, 1), **put)
    assert (outcome.n_new, outcome.n_changed) == (0, 1)
    assert selectors.division("340199001", date(2023, 12, 31)).name == "清泉乡"
    assert selectors.division("340199001").name == "清泉镇"


def test_a_division_entered_wrongly_is_corrected_in_place():
    put = {"starts_on": date(2000, 1, 1), "source": "测试", "by": By()}
    services.put_divisions([services.DivisionRow("340199001", "清全镇")], **put)
    services.put_divisions([services.DivisionRow("340199001", "清泉镇")], **put)
    assert list(Division.objects.filter(code="340199001").values_list("name", flat=True)) == ["清泉镇"]


def test_streets_split_from_a_town_are_served_by_it():
    services.load_starter(By())
    assert selectors.medical_town("340124001") == "340124100"
    assert selectors.medical_town("340124114003") == "340124114"
    assert selectors.division("340124002").succeeds_code == "340124100"


def test_a_split_street_does_not_exist_before_its_day():
    services.load_starter(By())
    with pytest.raises(UnknownCode):
        selectors.division("340124001", date(2019, 6, 1))


def test_two_loads_at_once_leave_one_whole_catalogue(threads):
    """On SQLite they take turns; on PostgreSQL the slower one may be told, and can simply try again."""
    threads(3, lambda i: services.load_starter(By())).only_errors_of(LoadedMeanwhile)
    assert Code.objects.count() == N_CODES
    assert CodeList.objects.count() == len(starter.SETS)
    again = services.load_starter(By())
    assert (again.n_new, again.n_changed) == (0, 0)
