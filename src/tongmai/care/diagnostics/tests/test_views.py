"""The pages and the API: one happy path and the refusals that matter."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from tongmai.care.diagnostics import board, paper, services, worklists
from tongmai.care.diagnostics.models import Order, ReportVersion, Template
from tongmai.care.diagnostics.tests.test_late import images_of
from tongmai.foundation.catalog.models import ExaminationItem
from tongmai.foundation.catalog.pricing.services import PriceEntry, set_price
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import User
from tongmai.kernel.months import Month

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_actor(client):
    """Return a function that signs the client in as an actor."""

    def sign_in(actor):
        client.force_login(User.objects.get(id=actor.user_id))
        session = client.session
        session["post_id"] = str(actor.post_id)
        session.save()
        return client

    return sign_in


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


FORM = {"clinical_question": "咳嗽两周", "priority": "routine", "check_pregnancy": "no", "safety_note": ""}


def test_a_doctor_orders_and_a_second_click_shows_the_first(county, as_actor):
    gp = as_actor(county.gp)
    address = reverse("diagnostics:new", args=[county.resident.id])
    assert "胸部正位DR" in text(gp.get(address))
    assert "是否妊娠" in text(gp.get(address, {"item": "dr-chest-pa"}))
    sent = FORM | {"site_id": str(county.gp.org_id)}
    assert "需要改正" in text(gp.post(f"{address}?item=dr-chest-pa", sent | {"check_pregnancy": "maybe"}), 422)
    first = gp.post(f"{address}?item=dr-chest-pa", sent)
    again = gp.post(f"{address}?item=dr-chest-pa", sent)
    order = Order.objects.get()
    assert first.url == again.url == reverse("diagnostics:detail", args=[order.id])
    assert "不再重复开单" in text(gp.get(again.url))


def test_the_technician_performs_and_sends(county, as_actor):
    order = county.ordered()
    technician = as_actor(county.technician)
    assert order.item_name in text(technician.get(reverse("diagnostics:list")))
    assert "登记已检查" in text(technician.get(reverse("diagnostics:detail", args=[order.id])))
    for name in ("perform", "send"):
        assert technician.post(reverse("diagnostics:step", args=[order.id, name])).status_code == 302
    order.refresh_from_db()
    assert order.state == "sent"


def test_the_reader_claims_writes_and_hands_on(county, as_actor):
    services.load_starter(by=county.world.actor("system"))
    order = county.sent()
    reader = as_actor(county.reader)
    address = reverse("diagnostics:report", args=[order.id])
    assert reader.post(reverse("diagnostics:claim-next")).url == address
    template = Template.objects.get(name="胸部正常", modality="DX")
    blank = text(reader.get(address))
    assert ">肺野</label>" in blank and template.conclusion not in blank and "双肺纹理清晰" not in blank
    assert "双肺纹理清晰" in text(reader.get(address, {"template": str(template.id)}))
    written = {"name": ["肺野"], "text": ["斑片影"], "conclusion": "右肺感染"}
    assert "seen_draft" in text(reader.post(reverse("diagnostics:draft", args=[order.id]), written))
    assert "斑片影" in text(reader.get(address))
    assert (
        reader.post(reverse("diagnostics:mark", args=[order.id]), {"code": "tension_pneumothorax"}).status_code == 302
    )
    assert "张力性气胸" in text(reader.get(address))
    assert "须勾选“阳性结果”" in text(reader.post(address, written), 422)
    assert reader.post(address, written | {"is_abnormal": "on"}).status_code == 302
    order.refresh_from_db()
    assert order.state == "preliminary"
    second = as_actor(county.second)
    assert "右肺感染" in text(second.get(reverse("diagnostics:detail", args=[order.id])))
    second.post(reverse("diagnostics:step", args=[order.id, "verify"]))
    gp = as_actor(county.gp)
    shown = text(gp.get(reverse("diagnostics:detail", args=[order.id])))
    assert "右肺感染" in shown and "已查看报告" in shown
    gp.post(reverse("diagnostics:seen", args=[order.id]))
    order.refresh_from_db()
    assert order.seen_at is not None


def test_who_reads_is_shown_what_came_since_and_says_that_she_has_looked(county, as_actor):
    order = county.claimed()
    images_of(order, order.claimed_at + timedelta(minutes=1), n=2)
    page = as_actor(county.reader)
    assert "领取后新到 2 幅图像" in text(page.get(reverse("diagnostics:report", args=[order.id])))
    asked = text(page.get(reverse("diagnostics:arrivals", args=[order.id])))
    assert "领取后新到 2 幅图像" in asked and "<form" not in asked and "<html" not in asked
    assert as_actor(county.stranger).get(reverse("diagnostics:arrivals", args=[order.id])).status_code == 404


def test_images_after_the_report_stand_in_the_readers_list_until_one_has_looked(county, as_actor):
    order = county.published()
    study = images_of(order, order.published_at + timedelta(minutes=1))
    services.images_added(study_id=study.id, by=Actor.system(now=order.published_at + timedelta(minutes=1)))
    address, seen = (
        reverse("diagnostics:detail", args=[order.id]),
        reverse("diagnostics:arrivals-seen", args=[order.id]),
    )
    gp = as_actor(county.gp)
    shown = text(gp.get(address))
    assert "报告发布后新到 1 幅图像" in shown and seen not in shown
    assert gp.post(seen).status_code in (403, 404)
    page = as_actor(county.reader)
    assert "新到图像" in text(page.get(reverse("diagnostics:list"), {"box": "late"}))
    assert seen in text(page.get(address))
    # Her own clock: the images came a minute after what the page calls now.
    services.note_late_images(order.id, by=county.reader.at(order.published_at + timedelta(minutes=2)))
    shown = text(page.get(address))
    assert "报告发布后新到" not in shown and "已看新到图像，报告不变" in shown
    assert page.post(seen).status_code == 302, "pressed again, nothing changes"


def test_a_rejection_is_posted_with_its_reasons(county, as_actor):
    order = county.claimed()
    reader = as_actor(county.reader)
    reader.post(reverse("diagnostics:reject", args=[order.id]), {"reasons": ["motion"], "note": "请屏气"})
    order.refresh_from_db()
    assert order.state == "rejected"


def test_paper_is_signed_and_verified_by_anybody(county, as_actor, client):
    order = county.published()
    answer = as_actor(county.gp).get(reverse("diagnostics:pdf", args=[order.id]))
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    version = ReportVersion.objects.get(order=order)
    client.logout()
    as_actor(county.stranger)
    genuine = reverse("diagnostics:verify", args=[version.id, paper.signature(version.id)])
    assert "最新版本" in text(client.get(genuine))
    assert client.get(reverse("diagnostics:verify", args=[version.id, "x"])).status_code == 404
    assert client.get(reverse("diagnostics:detail", args=[order.id])).status_code == 404


def test_the_director_sees_assigns_and_counts(county, as_actor):
    order, done = county.sent(item_code="ct-head"), county.published()
    director = as_actor(county.director)
    assert order.number in text(director.get(reverse("diagnostics:board")))
    director.post(reverse("diagnostics:assign", args=[order.id]), {"staff_id": str(county.second.staff_id)})
    order.refresh_from_db()
    assert order.reader_id == county.second.staff_id
    month = {"month": f"{done.published_at:%Y-%m}"}
    assert "周转" in text(director.get(reverse("diagnostics:figures"), month))
    assert director.get(reverse("diagnostics:figures-sheet"), month).status_code == 200
    page = text(director.get(reverse("diagnostics:centre")))
    assert "服务协议" in page
    sent = {
        "form": "agreement", "agreement-site_id": str(county.world.village.id), "agreement-category": "ecg",
        "agreement-starts_on": "2026-11-20",
    }  # fmt: skip
    assert director.post(reverse("diagnostics:centre"), sent).status_code == 302
    turn = {
        "form": "turn", "turn-staff_id": str(county.reader.staff_id), "turn-category": "ecg",
        "turn-starts_at": "2026-11-20T08:00", "turn-ends_at": "2026-11-20T07:00",
    }  # fmt: skip
    assert "结束时间" in text(director.post(reverse("diagnostics:centre"), turn), 422)


def test_each_side_has_its_work(county):
    order = county.ordered()
    assert [each.who for each in worklists.waiting(by=county.technician)] == [county.resident.name]
    services.perform(order.id, by=county.technician)
    services.send(order.id, by=county.technician)
    assert worklists.counts(by=county.technician) == {}
    assert worklists.counts(by=county.reader) == {"diagnostics": 1}
    done = county.published(item_code="ct-head")
    assert [each.href for each in worklists.waiting(by=county.gp)] == [reverse("diagnostics:detail", args=[done.id])]
    assert worklists.waiting(by=county.stranger) == []


def test_a_program_orders_and_steps(county, as_actor):
    gp = as_actor(county.gp)
    sent = {"resident_id": str(county.resident.id), "item_code": "ecg-12", "clinical_question": "胸闷"}
    made = gp.post("/api/v1/examinations/", sent, content_type="application/json")
    assert made.status_code == 201, made.content
    again = gp.post("/api/v1/examinations/", sent, content_type="application/json")
    assert again.status_code == 409
    order = made.json()
    assert order["steps"] == ["perform", "cancel"]
    stepped = gp.post(f"/api/v1/examinations/{order['id']}/steps/perform", {}, content_type="application/json")
    assert stepped.json()["state"] == "performed"
    assert [each["number"] for each in gp.get("/api/v1/examinations/").json()["items"]] == [order["number"]]
    reader = as_actor(county.reader)
    assert reader.get(f"/api/v1/examinations/{order['id']}").status_code == 404


def test_a_director_assigns_by_program(county, as_actor):
    order = county.sent()
    director = as_actor(county.director)
    readers = director.get("/api/v1/examinations/readers").json()
    assert str(county.second.staff_id) in {each["staff_id"] for each in readers}
    address = f"/api/v1/examinations/{order.id}/steps/assign"
    sent = {"staff_id": str(county.second.staff_id)}
    answer = director.post(address, sent, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "claimed"), answer.content
    assert answer.json()["reader_id"] == sent["staff_id"] and "clinical_question" not in answer.json()
    stale = director.post(address, sent, content_type="application/json", headers={"If-Match": f'"{order.version}"'})
    assert stale.status_code == 412
    assert as_actor(county.gp).post(address, sent, content_type="application/json").status_code == 403


def test_the_month_says_which_prices_it_used(county, as_actor):
    ExaminationItem.objects.filter(code="dr-chest-pa").update(charge_code="210102015")
    order = county.published()
    director = as_actor(county.director)
    month = {"month": f"{order.published_at:%Y-%m}"}
    assert "没有价格" in text(director.get(reverse("diagnostics:figures"), month))
    by = replace(county.world.actor("system"), county_code=county.world.township.county_code)
    entry = PriceEntry(
        "charges", "210102015", "数字化摄影(DR)", 5_001, date(2026, 1, 1), institution="township", document="示例价格表"
    )
    set_price(entry=entry, by=by)
    page = text(director.get(reverse("diagnostics:figures"), month))
    assert "示例价格表，2026-01-01 起执行（1 份报告" in page and "没有价格" not in page
    found = board.figures(Month.of(order.published_at.date()), by=county.director)
    assert found.all.centre_fen + found.all.site_fen == 5_001


def test_who_submits_may_take_the_next_one(county, as_actor):
    first, second = county.claimed(), county.sent(item_code="ct-head")
    reader = as_actor(county.reader)
    written = {"name": ["肺野"], "text": ["清晰"], "conclusion": "未见异常", "next": "1"}
    sent = reader.post(reverse("diagnostics:report", args=[first.id]), written)
    assert sent.url == reverse("diagnostics:report", args=[second.id])
