"""The referral disease catalogue: kept by the lead, lines begin and end, none is overwritten."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tongmai.care.referrals import catalogue_lines, services
from tongmai.care.referrals.models import CatalogueEntry
from tongmai.care.referrals.services import LineInput
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, VersionConflict

LINE = LineInput(
    level="township",
    icd10_prefix="k21",
    name="胃食管反流病",
    guidance="keep",
    conditions="无报警症状",
    source="本院目录",
)


def _set(clinic, line=LINE, by=None, **facts):
    return services.set_line(alliance_id=clinic.world.alliance.id, line=line, by=by or clinic.coordinator, **facts)


def test_a_line_is_replaced_from_today_and_the_old_one_stays_readable(clinic):
    first = _set(clinic)
    assert first.icd10_prefix == "K21"
    assert _set(clinic).id == first.id
    second = _set(clinic, replace(LINE, conditions="用药四周有效"), by=clinic.later(clinic.coordinator, days=3))
    first.refresh_from_db()
    assert first.ends_before == second.starts_on == clinic.world.now.date() + timedelta(days=3)


def test_another_hospital_and_another_role_do_not_keep_it(clinic):
    for other in (clinic.gp, clinic.specialist):
        with pytest.raises(NotPermitted):
            _set(clinic, by=other)
    with pytest.raises(NotFound):  # its hospital is not in the alliance
        _set(clinic, by=clinic.world.actor("referral_coordinator", org=clinic.world.tcm))
    assert not CatalogueEntry.objects.exists()


def test_end_line_and_versions(clinic):
    entry = _set(clinic)
    with pytest.raises(VersionConflict):
        services.end_line(entry_id=entry.id, by=clinic.coordinator, seen_version=9)
    with pytest.raises(NotFound):
        services.end_line(entry_id=entry.id, by=clinic.stranger)
    services.end_line(entry_id=entry.id, by=clinic.coordinator)
    with pytest.raises(NotFound):
        services.end_line(entry_id=entry.id, by=clinic.coordinator)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": "moon"}, "level"),
        ({"guidance": "wait"}, "guidance"),
        ({"status": "rumour"}, "status"),
        ({"icd10_prefix": "123"}, "icd10_prefix"),
        ({"conditions": " "}, "conditions"),
    ],
)
def test_what_is_wrong_with_a_line_is_named(clinic, changes, field):
    with pytest.raises(InvalidInput) as refusal:
        _set(clinic, replace(LINE, **changes))
    assert refusal.value.facts["field"] == field


def test_import_lines_takes_all_or_nothing(clinic):
    lines = [LINE, replace(LINE, guidance="up"), replace(LINE, icd10_prefix="")]
    with pytest.raises(InvalidInput) as refusal:
        services.import_lines(alliance_id=clinic.world.alliance.id, lines=lines, by=clinic.coordinator)
    assert refusal.value.facts["field"] == "3"
    assert not CatalogueEntry.objects.exists()
    assert services.import_lines(alliance_id=clinic.world.alliance.id, lines=lines[:2], by=clinic.coordinator) == 2


def test_people_of_another_county_do_not_learn_that_there_is_one(clinic):
    world, of_none = clinic.world, uuid4()
    stranger = world.actor("referral_coordinator", org=world.stranger)
    entry = _set(clinic)
    for alliance_id in (world.alliance.id, of_none):
        with pytest.raises(NotFound):
            services.set_line(alliance_id=alliance_id, line=LINE, by=stranger)
        with pytest.raises(NotFound):
            services.load_starter(alliance_id=alliance_id, by=stranger)
        with pytest.raises(NotFound):
            services.import_lines(alliance_id=alliance_id, lines=[LINE], by=stranger)
        with pytest.raises(NotFound):
            catalogue_lines.lines(alliance_id, by=stranger)
    with pytest.raises(NotFound):
        services.end_line(entry_id=entry.id, by=stranger)


def test_load_starter_leaves_a_catalogue_alone(clinic):
    assert services.load_starter(alliance_id=clinic.world.alliance.id, by=clinic.coordinator) > 60
    assert services.load_starter(alliance_id=clinic.world.alliance.id, by=clinic.coordinator) == 0


def test_the_advice_is_that_of_the_own_level_and_the_longest_prefix(clinic):
    services.load_starter(alliance_id=clinic.world.alliance.id, by=clinic.coordinator)
    assert [line.guidance for line in catalogue_lines.advice("I10.x00", by=clinic.gp)] == ["keep", "up"]
    assert [line.guidance for line in catalogue_lines.advice("I10.x00", by=clinic.specialist)] == ["down"]
    _set(clinic, replace(LINE, icd10_prefix="I10.X", guidance="up", name="原发性高血压"))
    assert [line.icd10_prefix for line in catalogue_lines.advice("I10.x00", by=clinic.gp)] == ["I10.X"]
    assert catalogue_lines.advice("Q00.000", by=clinic.gp) == []


def test_the_database_refuses_the_same_line_twice(clinic):
    entry = _set(clinic)
    entry.pk = None
    entry._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        CatalogueEntry.objects.bulk_create([entry])
