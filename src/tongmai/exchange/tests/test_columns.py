"""Which column is which: asked where it is not clear, kept for the source, changed and forgotten."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tongmai.exchange import mapping
from tongmai.exchange.models import ColumnChoice, ImportRun
from tongmai.exchange.services import imports, mappings
from tongmai.exchange.tabular import columns
from tongmai.exchange.tests.test_imports import fates, number, through
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, StepNotAllowed

UNCLEAR = f"户主称呼,证号,电话,电话\n示例甲,{number(2)},13900000000,13800000000\n"
CHOICES = {"name": "户主称呼", "citizen_id": "证号", "phone": "电话 ‹2›"}


@pytest.fixture
def admin(world):
    return world.actor(Role.SYSTEM_ADMIN)


def start(by, text=UNCLEAR, **more):
    content = text.encode()
    return imports.start(
        kind="residents", source="公卫系统", file_name="a.csv", content=content, by=by, may_ask=True, **more
    )


def test_an_unclear_file_is_kept_and_waits_for_a_person(admin):
    run = start(admin)
    assert (run.state, run.total_rows) == ("mapping", 1)
    asked = mapping.columns_of(run.id, by=admin)
    assert asked.labels == ("户主称呼", "证号", "电话", "电话 ‹2›")
    assert asked.preview[0][0] == "示例甲"
    assert {each.field for each in asked.fields if each.is_missing} == {"name"}
    assert {each.field for each in asked.fields if each.is_several} == {"phone"}


def test_what_a_person_says_is_used_and_kept_for_the_source(admin):
    run = imports.map_columns(run_id=start(admin).id, choices=CHOICES, by=admin)
    run = through(run, admin)
    assert fates(run) == ["new"]
    again = start(admin)
    assert (again.state, again.places["phone"]) == ("checking", 3)


def test_a_field_that_has_no_column_today_is_found_when_it_has_one(admin):
    everything = {column.field: "" for column in columns.RESIDENTS} | CHOICES
    imports.map_columns(run_id=start(admin).id, choices=everything, by=admin)
    later = start(admin, UNCLEAR.replace("\n", ",住址\n", 1).replace("13800000000", "13800000000,3 组"))
    assert later.places["address"] == 4


def test_a_checked_file_can_be_mapped_again_until_it_is_confirmed(admin):
    run = through(imports.map_columns(run_id=start(admin).id, choices=CHOICES, by=admin), admin)
    run = imports.map_columns(run_id=run.id, choices={"phone": ""}, by=admin)
    assert (run.state, run.done_rows, "phone" in run.places) == ("checking", 0, False)
    run = imports.confirm(run_id=through(run, admin).id, by=admin)
    with pytest.raises(StepNotAllowed):
        imports.map_columns(run_id=run.id, choices=CHOICES, by=admin)
    with pytest.raises(StepNotAllowed):
        mapping.columns_of(run.id, by=admin)


@pytest.mark.parametrize(
    "choices",
    [
        {"name": "没有这列"},
        {"nothing": "证号"},
        CHOICES | {"address": "证号"},
        {"citizen_id": "证号"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(admin, choices):
    run = start(admin)
    with pytest.raises(InvalidInput):
        imports.map_columns(run_id=run.id, choices=choices, by=admin)
    assert ImportRun.objects.get().state == "mapping"
    assert not ColumnChoice.objects.exists()


def test_a_file_without_any_known_heading_is_asked_for_too(admin):
    run = start(admin, f"甲,乙\n示例甲,{number(2)}\n")
    run = imports.map_columns(run_id=run.id, choices={"name": "甲", "citizen_id": "乙"}, by=admin)
    assert fates(through(run, admin)) == ["new"]


def test_what_is_kept_is_changed_and_forgotten(world, admin):
    mappings.remember(kind="residents", source="公卫系统", choices={"name": "户主"}, by=admin)
    mappings.remember(kind="residents", source="公卫系统", choices={"name": "户主称呼"}, by=admin)
    (kept,) = mapping.kept_mappings(by=admin)
    assert dict(kept.choices) == {"姓名": "户主称呼"}
    stranger = world.actor(Role.SYSTEM_ADMIN, org=world.stranger)
    assert mapping.kept_mappings(by=stranger) == []
    for other in (stranger, admin):
        call = {"kind": "residents", "source": "公卫系统" if other is stranger else "x", "by": other}
        with pytest.raises(NotFound):
            mappings.forget(**call)
    with pytest.raises(NotPermitted):
        mappings.forget(kind="residents", source="公卫系统", by=world.actor(Role.NURSE))
    mappings.forget(kind="residents", source="公卫系统", by=admin)
    assert mapping.kept_mappings(by=admin) == []


def test_a_field_may_be_said_to_have_no_column():
    head = ("姓名", "编号", "身份证号")
    assert columns.fit("residents", head, {"identity": ""}).places == {"name": 0, "citizen_id": 2}
    assert columns.fit("residents", head, {}).places["identity"] == 1


def at(name, *args):
    return reverse(f"exchange:{name}", args=args)


def test_the_pages_ask_keep_change_and_forget(world, client):
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    file = SimpleUploadedFile("a.csv", UNCLEAR.encode())
    answer = client.post(at("import-new"), {"kind": "residents", "source": "公卫系统", "file": file})
    run = ImportRun.objects.get()
    assert answer.url == at("columns", run.id)
    page = client.get(answer.url).content.decode()
    assert "示例甲" in page
    assert "电话 ‹2›" in page
    assert client.post(answer.url, {"phone": "电话"}).status_code == 422
    assert client.post(answer.url, CHOICES).url == at("import", run.id)
    assert "公卫系统" in client.get(at("kept-columns")).content.decode()
    change = at("change-columns") + "?kind=residents&source=公卫系统"
    assert "户主称呼" in client.get(change).content.decode()
    sent = {field: CHOICES.get(field, "") for field in ("name", "citizen_id", "phone")} | {"name": "姓名"}
    assert client.post(change, sent).status_code == 302
    assert ColumnChoice.objects.get(field="name").heading == "姓名"
    assert client.post(at("forget-columns"), {"kind": "residents", "source": "公卫系统"}).status_code == 302
    assert not ColumnChoice.objects.exists()
    assert client.get(change).status_code == 404


def test_a_program_is_asked_for_the_columns_and_what_it_says_is_kept(world, client):
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    url = "/api/v1/imports/"
    file = {"kind": "residents", "source": "公卫系统", "may_ask": "true"}
    sent = client.post(url, file | {"file": SimpleUploadedFile("a.csv", UNCLEAR.encode())})
    one = sent.json()
    assert (sent.status_code, one["state"], "map" in one["steps"]) == (201, "mapping", True)
    asked = client.get(f"{url}{one['id']}/columns/").json()
    assert asked["labels"] == ["户主称呼", "证号", "电话", "电话 ‹2›"] and asked["preview"][0][0] == "示例甲"
    assert [each["field"] for each in asked["fields"] if each["is_missing"] or each["is_several"]] == ["name", "phone"]

    def put(choices):
        return client.put(f"{url}{one['id']}/columns/", {"choices": choices}, content_type="application/json")

    assert put({"name": "没有这一列"}).status_code == 422
    told = put(CHOICES)
    assert (told.status_code, told.json()["state"]) == (200, "checking")
    kept = client.get(f"{url}columns/").json()
    assert kept[0]["source"] == "公卫系统" and kept[0]["choices"]["phone"] == "电话 ‹2›"
    where = f"{url}columns/?kind=residents&source=公卫系统"
    assert [client.delete(where).status_code for _ in range(2)] == [204, 404]
    assert client.get(f"{url}columns/").json() == []
