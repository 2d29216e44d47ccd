"""The pages and the API: one way through, and each refusal."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as
from tongmai.foundation.terminology import services
from tongmai.foundation.terminology.models import LocalCode
from tongmai.foundation.terminology.tests.factories import local, meaning, unified_set

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def world():
    unified_set("icd10", ("I10.x00", "特发性高血压", "高血压"), ("E11.900", "2型糖尿病"))
    return county_world()


@pytest.fixture
def signed_in(client, world):
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    return client


def _decide(client, row, **given):
    return client.post(
        reverse("terminology:decide", args=[row.id]), {"relation": "equivalent", "version": row.version} | given
    )


def test_the_list_shows_what_waits_and_finds_by_pinyin(signed_in, world):
    local(world, "GXY", "高血压三级")
    local(world, "I10.x00", "高血压")
    shown = signed_in.get(reverse("terminology:list")).content.decode()
    assert "GXY" in shown
    assert "未对照" in shown
    assert "I10.x00" not in shown
    assert "GXY" in signed_in.get(reverse("terminology:list"), {"standing": "all", "q": "gxysj"}).content.decode()
    assert "GXY" not in signed_in.get(reverse("terminology:list"), {"org": str(world.lead.id)}).content.decode()
    assert signed_in.get(reverse("terminology:list"), {"org": "x", "set": "x", "standing": "x"}).status_code == 200


def test_a_suggestion_is_taken_and_the_next_code_follows(signed_in, world):
    row, following = local(world, "GXY", "高血压三级"), local(world, "TNB", "糖尿病二型")
    page = signed_in.get(reverse("terminology:code", args=[row.id])).content.decode()
    assert "特发性高血压" in page
    answer = _decide(signed_in, row, suggested="I10.x00", relation="wider", next="1")
    assert answer["Location"] == reverse("terminology:code", args=[following.id])
    assert meaning(row).code == "I10.x00"
    assert "统一编码更宽" in signed_in.get(reverse("terminology:code", args=[row.id])).content.decode()


def test_what_was_looked_up_goes_before_what_was_ticked(signed_in, world):
    row = local(world, "GXY", "高血压三级")
    picked = signed_in.get(reverse("terminology:pick", args=["icd10"]), {"q": "exing"})
    assert picked.status_code == 200
    _decide(signed_in, row, suggested="I10.x00", unified_code="E11.900")
    assert meaning(row).code == "E11.900"


def test_a_decision_without_a_code_or_with_a_wrong_one_is_shown_again(signed_in, world):
    row = local(world, "GXY", "高血压三级")
    for given in ({}, {"unified_code": "Z99"}):
        assert _decide(signed_in, row, **given).status_code == 422
    assert meaning(row).standing == "unmapped"


def test_who_is_slower_sees_what_was_decided(signed_in, world):
    row = local(world, "GXY", "高血压三级")
    services.map_code(row.id, unified_code="E11.900", by=world.actor(Role.SYSTEM_ADMIN))
    answer = _decide(signed_in, row, unified_code="I10.x00")
    assert answer.status_code == 422
    assert "刚刚处理了" in answer.content.decode()
    assert meaning(row).code == "E11.900"


def test_no_counterpart_and_back(signed_in, world):
    row = local(world, "GXY", "高血压三级")
    _decide(signed_in, row, relation="none")
    assert meaning(row).standing == "none"
    row.refresh_from_db()
    signed_in.post(reverse("terminology:take-back", args=[row.id]), {"version": row.version})
    assert meaning(row).standing == "unmapped"
    assert signed_in.post(reverse("terminology:take-back", args=[row.id]), {}).status_code == 422


def test_shares_and_the_table_to_fill_in(signed_in, world):
    local(world, "GXY", "高血压三级")
    local(world, "I10.x00", "高血压")
    assert "50 %" in signed_in.get(reverse("terminology:shares")).content.decode()
    book = load_workbook(io.BytesIO(signed_in.get(reverse("terminology:sheet")).content))
    head, row = [[cell.value for cell in line] for line in book.active.iter_rows()]
    assert head[4:9] == ["本地编码", "本地名称", "出现次数", "统一编码", "关系"]
    assert row[4] == "GXY"
    assert row[7] in (None, "")
    assert "I10.x00" in row[10]


def test_strangers_find_nothing(client, world):
    row = local(world, "GXY")
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.stranger)
    assert client.get(reverse("terminology:code", args=[row.id])).status_code == 404
    assert _decide(client, row, unified_code="I10.x00").status_code == 404
    assert "GXY" not in client.get(reverse("terminology:list"), {"standing": "all"}).content.decode()
    sign_in_as(client, Role.SPECIALIST, org=world.lead)
    assert client.get(reverse("terminology:list")).status_code == 403


class TestApi:
    def test_list_decide_and_take_back(self, signed_in, world):
        row = local(world, "GXY", "高血压三级")
        listed = signed_in.get("/api/v1/local-codes/", {"standing": "waiting", "q": "gxy"}).json()
        assert [each["code"] for each in listed["items"]] == ["GXY"]
        address = f"/api/v1/local-codes/{row.id}/"
        first = signed_in.get(address)
        assert first.json()["suggestions"][0]["code"] == "I10.x00"
        body = {"unified_code": "I10.x00", "relation": "wider"}
        headers = {"If-Match": first["ETag"]}
        said = signed_in.put(f"{address}mapping/", body, "application/json", headers=headers)
        assert (said.status_code, said.json()["standing"], said.json()["unified_name"]) == (
            200,
            "mapped",
            "特发性高血压",
        )
        stale = signed_in.put(
            f"{address}mapping/", body | {"relation": "narrower"}, "application/json", headers=headers
        )
        assert stale.status_code == 412
        back = signed_in.delete(f"{address}mapping/", headers={"If-Match": said["ETag"]})
        assert back.json()["standing"] == "unmapped"
        assert [each["relation"] for each in back.json()["decisions"]] == ["", "wider"]

    def test_a_decision_names_the_version_it_saw(self, signed_in, world):
        row = local(world, "GXY")
        answer = signed_in.put(f"/api/v1/local-codes/{row.id}/mapping/", {"relation": "none"}, "application/json")
        assert answer.status_code == 428
        assert not LocalCode.objects.exclude(relation="").exists()

    def test_shares_and_pages(self, signed_in, world):
        for n in range(3):
            local(world, f"X{n}")
        assert signed_in.get("/api/v1/local-codes/shares/").json()[0]["n_waiting"] == 3
        first = signed_in.get("/api/v1/local-codes/", {"limit": 2}).json()
        rest = signed_in.get("/api/v1/local-codes/", {"limit": 2, "cursor": first["next_cursor"]}).json()
        assert len({each["id"] for each in first["items"] + rest["items"]}) == 3
        assert rest["next_cursor"] is None
