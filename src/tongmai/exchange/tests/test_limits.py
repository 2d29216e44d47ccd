"""A laboratory's critical limits come in from Excel, as the page would set them, and leave in the same columns."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tongmai.care.critical_values import limit_sheet, services, starter
from tongmai.care.critical_values import settings as in_force
from tongmai.care.critical_values.items import ITEMS
from tongmai.care.critical_values.models import LimitLine
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.services import imports
from tongmai.exchange.tabular import columns
from tongmai.exchange.tests.test_imports import done, fates, start, through, words
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as
from tongmai.kernel.errors import NotPermitted
from tongmai.ui.http import xlsx_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.database]
HEAD = "项目,低于,高于,单位,性别,年龄起（天）,年龄止（天，不含）,依据,性质,层级,生效日期"
POTASSIUM = "血钾,2.5,6.5,mmol/L,,,,检验科评审,,,"


@pytest.fixture
def manager(world):
    return world.actor(Role.MANAGER)


def taken(*lines, by):
    return done(*lines, by=by, head=HEAD, kind="limits")


def of(by):
    rows = LimitLine.objects.filter(org_id=by.org_id, ends_before=None)
    return {line.item: (line.low, line.high, line.unit) for line in rows}


def test_rows_become_the_lines_of_ones_own_organisation(manager):
    run = taken(POTASSIUM, "高敏肌钙蛋白T,,>100,ng/L,女,18岁,,检验科评审,政策明文,本机构,2026-12-01", by=manager)
    assert fates(run) == [Fate.NEW, Fate.NEW]
    assert of(manager)["potassium"] == (Decimal("2.5"), Decimal("6.5"), "mmol/L")
    line = LimitLine.objects.get(item="高敏肌钙蛋白t")
    assert (line.high, line.sex, line.age_from_days, line.status) == (100, "female", 6574, "stated")
    assert line.starts_on.isoformat() == "2026-12-01"


def test_the_dry_run_writes_nothing_and_the_same_file_twice_changes_nothing(manager):
    run = through(start(POTASSIUM, by=manager, head=HEAD, kind="limits"), manager)
    assert (fates(run), LimitLine.objects.count()) == ([Fate.NEW], 0)
    taken(POTASSIUM, by=manager)
    assert fates(taken(POTASSIUM, by=manager)) == [Fate.SAME]
    assert LimitLine.objects.count() == 1


def test_a_changed_row_begins_a_new_line_and_what_was_ended_on_the_page_is_set_again(manager):
    taken(POTASSIUM, by=manager)
    assert fates(taken(POTASSIUM.replace("2.5", "2.6"), by=manager)) == [Fate.UPDATED]
    assert sorted(LimitLine.objects.values_list("line_version", flat=True)) == [1, 2]
    services.end_limit(limit_id=LimitLine.objects.get(ends_before=None).id, by=manager)
    assert fates(taken(POTASSIUM.replace("2.5", "2.6"), by=manager)) == [Fate.NEW]


@pytest.mark.parametrize(
    ("line", "fate", "word"),
    [
        ("血钾,2.8,二,mmol/L,,,,评审,,,", Fate.REJECTED, "不是数字"),
        ("血钾,,,mmol/L,,,,评审,,,", Fate.REJECTED, "不设"),
        (",2.8,6.2,mmol/L,,,,评审,,,", Fate.REJECTED, "没有项目名称"),
        ("血钾,2.8,6.2,mmol/L,成人,,,评审,,,", Fate.REJECTED, "性别"),
        ("血钾,2.8,6.2,mmol/L,,新生儿,,评审,,,", Fate.REJECTED, "年龄"),
        ("血钾,2.8,6.2,mmol/L,,,,评审,大概,,", Fate.REJECTED, "性质"),
        ("血钾,2.8,6.2,mmol/L,,,,评审,,全国,", Fate.REJECTED, "层级"),
        ("血钾,2.8,6.2,mmol/L,,,,,,,", Fate.HELD, "依据"),
        ("血钾,6.2,2.8,mmol/L,,,,评审,,,", Fate.HELD, "高限"),
        ("血钾,2.8,6.2,foo,,,,评审,,,", Fate.HELD, "换算"),
        ("血钾,2.8,6.2,mmol/L,,,,评审,,,2020-01-01", Fate.HELD, "早于今天"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_and_keeps_no_other_out(manager, line, fate, word):
    run = taken(line, "血钠,115,165,mmol/L,,,,评审,,,", by=manager)
    assert fates(run) == [fate, Fate.NEW]
    assert word in str(words(run.rows.first()))
    assert set(of(manager)) == {"sodium"}


def test_an_item_is_lifted_only_where_that_is_said(manager):
    assert fates(taken("血钾,不设,,,,,,检验科评审,,,", by=manager)) == [Fate.NEW]
    assert of(manager)["potassium"] == (None, None, "mmol/L")


def test_what_is_exported_comes_in_again_and_changes_nothing_until_it_is_changed(manager):
    taken(POTASSIUM, by=manager)
    sheet = list(limit_sheet.rows(in_force.limits_at(manager.org_id, manager.today)))

    def brought(rows):
        content = xlsx_bytes(limit_sheet.HEAD, rows)
        run = imports.start(kind="limits", source="本院", file_name="a.xlsx", content=content, by=manager)
        return through(imports.confirm(run_id=through(run, manager).id, by=manager), manager)

    assert columns.fit("limits", limit_sheet.HEAD, {}).is_clear
    assert set(fates(brought(sheet))) == {Fate.SAME}
    sodium = next(row for row in sheet if row[0] == ITEMS["sodium"].label)
    sodium[1] = "118"
    other = next(row for row in sheet if row[0] == ITEMS["potassium"].label and row[9] == "初始界值")
    other[1] = "2.2"
    run = brought(sheet)
    assert dict(run.rows.exclude(fate=Fate.SAME).values_list("cells__0", "fate")) == {
        ITEMS["sodium"].label: Fate.NEW, ITEMS["potassium"].label: Fate.HELD
    }  # fmt: skip
    assert of(manager)["sodium"][0] == 118
    assert len(starter.limits()) + 1 == len(sheet)


def test_of_the_alliance_only_who_leads_it_sets_limits(world, manager):
    line = "血钾,2.5,6.5,mmol/L,,,,检验科评审,,医联体,"
    assert fates(taken(line, by=manager)) == [Fate.NEW]
    assert LimitLine.objects.get().alliance == world.alliance
    assert fates(taken(line, by=manager)) == [Fate.SAME]
    below = world.actor(Role.MANAGER, org=world.township)
    assert fates(taken(line, by=below)) == [Fate.HELD]


def test_it_is_for_who_sets_limits_and_seen_in_her_own_organisation_alone(world, manager, client):
    with pytest.raises(NotPermitted):
        taken(POTASSIUM, by=world.actor(Role.GENERAL_PRACTITIONER))
    run = taken(POTASSIUM.replace("2.5", "x"), by=manager)
    sign_in_as(client, Role.MANAGER, org=world.lead)
    page = client.get(reverse("critical_values:limits")).content.decode()
    assert f"{reverse('exchange:import-new')}?kind=limits" in page
    assert "危急值界值表" in client.get(reverse("exchange:import-new"), {"kind": "limits"}).content.decode()
    assert client.get(reverse("exchange:template", args=["limits"])).headers["Content-Type"].endswith("sheet")
    assert client.get(reverse("exchange:refused", args=[run.id])).headers["Content-Type"].endswith("sheet")
    sign_in_as(client, Role.MANAGER, org=world.township)
    assert client.get(reverse("exchange:import", args=[run.id])).status_code == 404


def test_a_limit_begins_on_the_day_that_its_row_says(manager):
    later = manager.today + timedelta(days=3)
    taken(POTASSIUM, by=manager)
    taken(POTASSIUM.replace("2.5", "2.6") + later.isoformat(), by=manager)
    today = {each.item: each.low for each in in_force.limits_at(manager.org_id, manager.today) if each.level == "org"}
    assert today == {"potassium": Decimal("2.5")}
