"""Each address once as it should go, and once refused."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tongmai.commons.capacity import selectors
from tongmai.commons.capacity.models import Ban, Booking, Pool, Refusal, Resource, WeeklySession
from tongmai.commons.capacity.sources import Source, SourceKind
from tongmai.commons.capacity.states import Share, State
from tongmai.commons.capacity.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as


@pytest.fixture
def as_manager(client, world):
    sign_in_as(client, Role.RESOURCE_MANAGER, org=world.lead)
    return client


@pytest.fixture
def as_registrar(client, world):
    sign_in_as(client, Role.REGISTRAR, org=world.lead)
    return client


def test_board_shows_sessions_and_what_is_reserved(as_manager, pool):
    text = as_manager.get(reverse("capacity:board")).content.decode()
    assert pool.resource.name in text
    assert "为家庭医生转诊保留 2/2" in text


def test_board_of_another_county_is_not_there(client, world, pool):
    sign_in_as(client, Role.MANAGER, org=world.stranger)
    assert client.get(reverse("capacity:board"), {"org": world.lead.id}).status_code == 404
    assert client.get(reverse("capacity:session", args=[pool.id])).status_code == 404


@pytest.mark.parametrize(
    "query", [{"kind": "bed"}, {"from_day": "2026-11-25"}, {"from_day": "9999-12-31", "kind": "x"}]
)
def test_board_is_filtered(as_manager, pool, query):
    assert as_manager.get(reverse("capacity:board"), query).status_code == 200


def test_session_names_people_to_the_organisation_whose_it_is(as_manager, client, world, pool, gp, doctor):
    factories.booking(pool, by=gp, of=factories.resident("示例甲"))
    factories.booking(pool, by=doctor, of=factories.resident("示例乙"))
    text = as_manager.get(reverse("capacity:session", args=[pool.id])).content.decode()
    assert "示例甲" in text
    sign_in_as(client, Role.GENERAL_PRACTITIONER, org=world.township)
    text = client.get(reverse("capacity:session", args=[pool.id])).content.decode()
    assert "示例甲" in text
    assert "示例乙" not in text
    assert "另有 1 个名额" in text


def test_a_referred_visitor_leads_to_her_referral(client, world, pool, gp):
    source = Source(SourceKind.REFERRAL, uuid4())
    booking = factories.booking(pool, by=gp, share=Share.RESERVED, source=source)
    address = reverse("referrals:detail", args=[source.id])
    pages = [reverse("capacity:session", args=[pool.id]), reverse("capacity:booking", args=[booking.id])]
    for role, leads in ((Role.REGISTRAR, True), (Role.RESOURCE_MANAGER, False)):
        sign_in_as(client, role, org=world.lead)
        assert [address in client.get(page).content.decode() for page in pages] == [leads, leads]


def test_list_of_a_session_comes_as_a_sheet(as_manager, pool, gp):
    factories.booking(pool, by=gp, of=factories.resident("示例甲"))
    answer = as_manager.get(reverse("capacity:session-sheet", args=[pool.id]))
    cells = [cell.value for row in load_workbook(BytesIO(answer.content)).active.iter_rows() for cell in row]
    assert "示例甲" in cells


def test_arrival_is_marked_in_place(as_registrar, clinic, doctor):
    pool = factories.pool(clinic, starts_at=factories.NOW + timedelta(hours=1))
    booking = factories.booking(pool, by=doctor)
    address = reverse("capacity:step", args=[booking.id, "arrive"])
    answer = as_registrar.post(address, {"session": str(pool.id)})
    assert answer.url == reverse("capacity:session", args=[pool.id])
    assert Booking.objects.get().state == State.ARRIVED
    assert as_registrar.post(address).status_code == 409
    assert as_registrar.post(reverse("capacity:step", args=[booking.id, "explode"])).status_code == 404


def test_session_is_changed_closed_and_opened_again(as_manager, pool):
    answer = as_manager.post(reverse("capacity:change-total", args=[pool.id]), {"total": 20, "version": pool.version})
    assert answer.status_code == 302
    assert Pool.objects.get().reserved == 4
    assert as_manager.post(reverse("capacity:change-total", args=[pool.id]), {"total": 0}).status_code == 422
    assert as_manager.post(reverse("capacity:close", args=[pool.id]), {"reason": ""}).status_code == 422
    assert as_manager.post(reverse("capacity:close", args=[pool.id]), {"reason": "医生外出"}).status_code == 302
    assert "医生外出" in as_manager.get(reverse("capacity:session", args=[pool.id])).content.decode()
    assert as_manager.post(reverse("capacity:reopen", args=[pool.id])).status_code == 302
    assert Pool.objects.get().state == "open"


def test_registrar_may_not_change_a_session(as_registrar, pool):
    for name in ("change-total", "close", "reopen"):
        assert as_registrar.post(reverse(f"capacity:{name}", args=[pool.id])).status_code == 403


def test_desk_books_a_public_place(as_registrar, pool):
    person = factories.resident("示例甲")
    text = as_registrar.get(reverse("capacity:desk"), {"resident": person.id}).content.decode()
    assert "为家庭医生转诊保留 2/2" in text
    answer = as_registrar.post(reverse("capacity:desk"), {"resident_id": person.id, "pools": pool.id})
    booking = Booking.objects.get()
    assert answer.url == reverse("capacity:booking", args=[booking.id])
    assert booking.share == Share.PUBLIC
    assert "示例甲" in as_registrar.get(answer.url).content.decode()


@pytest.mark.parametrize("sent", [{}, {"resident_id": "x", "pools": "y"}, {"resident_id": "", "pools": "1,2"}])
def test_desk_says_what_is_missing(as_registrar, pool, sent):
    assert as_registrar.post(reverse("capacity:desk"), sent).status_code == 422


def test_desk_offers_stays(as_registrar, ward):
    days = factories.bed_days(ward, factories.NOW + timedelta(days=1), days=5)
    asked = {"kind": "bed", "nights": 3, "from_day": days[1].day}
    text = as_registrar.get(reverse("capacity:desk"), asked).content.decode()
    assert text.count('name="pools"') == 1
    assert ",".join(str(pool.id) for pool in days[1:4]) in text
    assert text.count("余 3") == 3  # four beds a night, one of them reserved
    too_long = as_registrar.get(reverse("capacity:desk"), asked | {"nights": 5}).content.decode()
    assert 'name="pools"' not in too_long
    assert "11-26 晚未开放" in too_long


def test_a_stay_is_booked_moved_and_cancelled_whole(as_registrar, ward, doctor):
    days = factories.bed_days(ward, factories.NOW + timedelta(days=1), days=6)
    person = factories.resident("示例甲")
    chosen = ",".join(str(pool.id) for pool in days[:3])
    sent = {"resident_id": person.id, "pools": chosen}
    assert as_registrar.post(reverse("capacity:desk"), sent).status_code == 302
    booking = Booking.objects.get()
    address = reverse("capacity:booking", args=[booking.id])
    text = as_registrar.get(address, {"from_day": days[2].day, "nights": 3}).content.decode()
    assert f"{days[0].day} 起 3 晚" in text
    assert text.count("本预约") == 1
    later = ",".join(str(pool.id) for pool in days[2:5])
    assert later in text
    moved = as_registrar.post(reverse("capacity:move", args=[booking.id]), {"pools": later, "reason": "推迟入院"})
    assert moved.status_code == 302
    assert list(Pool.objects.order_by("day").values_list("taken_public", flat=True)) == [0, 0, 1, 1, 1, 0]
    as_registrar.post(reverse("capacity:step", args=[booking.id, "cancel"]), {"reason": "病情好转"})
    assert set(Pool.objects.values_list("taken_public", flat=True)) == {0}


def test_a_full_night_is_named_and_nothing_is_booked(as_registrar, ward, doctor):
    days = factories.bed_days(ward, factories.NOW + timedelta(days=1), days=3, total=2)  # one of two is reserved
    factories.booking(days[1], by=doctor)
    text = as_registrar.get(
        reverse("capacity:desk"), {"kind": "bed", "nights": 3, "from_day": days[0].day}
    ).content.decode()
    assert f"{days[1].day:%m-%d} 晚已满" in text
    sent = {"resident_id": factories.resident().id, "pools": ",".join(str(pool.id) for pool in days)}
    answer = as_registrar.post(reverse("capacity:desk"), sent)
    assert answer.status_code == 409
    assert f"{days[1].day} 晚没有可用的床位" in answer.content.decode()
    assert list(Pool.objects.order_by("day").values_list("taken_public", flat=True)) == [0, 1, 0]


def test_desk_finds_nobody_of_another_county(client, world, pool):
    sign_in_as(client, Role.REGISTRAR, org=world.stranger)
    person = factories.resident("示例甲")
    assert client.get(reverse("capacity:desk"), {"resident": person.id}).status_code == 404
    answer = client.post(reverse("capacity:desk"), {"resident_id": person.id, "pools": pool.id})
    assert answer.status_code == 404
    assert client.post(reverse("capacity:pick-person"), {"q": "示例甲"}).status_code == 200


def test_booking_is_moved_on_its_page(as_registrar, clinic, pool, doctor):
    later = factories.pool(clinic, starts_at=pool.starts_at + timedelta(days=1))
    booking = factories.booking(pool, by=doctor)
    page = reverse("capacity:booking", args=[booking.id])
    assert str(later.id) in as_registrar.get(page).content.decode()
    address = reverse("capacity:move", args=[booking.id])
    assert as_registrar.post(address, {"pools": later.id, "reason": ""}).status_code == 422
    assert as_registrar.post(address, {"pools": later.id, "reason": "临时有事"}).url == page
    assert Booking.objects.get().starts_at == later.starts_at


def test_resources_are_made_planned_and_published(as_manager, world):
    department = world.departments["cardiology"]
    assert as_manager.get(reverse("capacity:resources")).status_code == 200
    resource = factories.resource(department, name="示例专家门诊")
    line = {"weekday": 1, "starts_time": "08:00", "ends_time": "12:00", "total": 18}
    address = reverse("capacity:add-weekly", args=[resource.id])
    assert as_manager.post(address, line).status_code == 302
    assert as_manager.post(address, line).status_code == 409
    assert as_manager.post(address, line | {"total": 0}).status_code == 422
    weeks = {"from_day": factories.NOW.date(), "days": 14}
    as_manager.post(reverse("capacity:publish-weeks"), weeks)
    as_manager.post(reverse("capacity:publish-weeks"), weeks)
    assert list(Pool.objects.values_list("total", "reserved")) == [(18, 4), (18, 4)]
    line_id = WeeklySession.objects.get().id
    assert as_manager.post(reverse("capacity:drop-weekly", args=[resource.id, line_id])).status_code == 302
    assert "示例专家门诊" in as_manager.get(reverse("capacity:resource", args=[resource.id])).content.decode()


def test_resource_is_changed(as_manager, clinic):
    address = reverse("capacity:resource", args=[clinic.id])
    sent = {"name": "示例甲门诊", "reserved_rate": "30", "is_active": "on", "version": 1}
    assert as_manager.post(address, sent).status_code == 302
    assert str(Resource.objects.get().reserved_rate) == "0.300"
    assert as_manager.post(address, sent).status_code == 412
    assert as_manager.post(address, sent | {"reserved_rate": "300"}).status_code == 422


def test_new_resource_without_a_name_is_refused(as_manager, world):
    assert as_manager.post(reverse("capacity:create-resource"), {}).status_code == 422


def test_sessions_are_published_day_by_day(as_manager, clinic, ward):
    day = factories.NOW.date() + timedelta(days=2)
    sent = {"resource": clinic.id, "day": day, "starts": "08:00", "ends": "12:00", "total": 10}
    address = reverse("capacity:publish")
    assert as_manager.post(address, sent).status_code == 302
    assert as_manager.post(address, sent).status_code == 409
    assert as_manager.post(address, sent | {"starts": ""}).status_code == 422
    beds = {"resource": ward.id, "day": day, "until": day + timedelta(days=6), "total": 4}
    assert as_manager.post(address, beds).status_code == 302
    assert Pool.objects.count() == 8


def test_compliance_is_shown_exported_and_opened(as_manager, world, pool, doctor):
    factories.booking(pool, by=doctor, share=Share.RESERVED)
    asked = {"from_day": pool.day, "weeks": 2}
    text = as_manager.get(reverse("capacity:compliance"), asked).content.decode()
    assert "达标" in text
    sheet = as_manager.get(reverse("capacity:compliance-sheet"), asked)
    cells = [cell.value for cell in load_workbook(BytesIO(sheet.content)).active[2]]
    assert cells[1] == world.lead.name
    week = reverse("capacity:compliance-week", args=[world.lead.id, "clinic", selectors.monday(pool.day)])
    assert pool.resource.name in as_manager.get(week).content.decode()
    odd = reverse("capacity:compliance-week", args=[world.lead.id, "clinic", "2026-02-30"])
    assert as_manager.get(odd).status_code == 404


@pytest.mark.parametrize("role", [Role.REFERRAL_COORDINATOR, Role.RESOURCE_MANAGER])
def test_compliance_of_another_county_is_as_of_nobody(client, world, pool, role):
    sign_in_as(client, role, org=world.stranger)
    for org_id in (world.lead.id, uuid4()):
        week = reverse("capacity:compliance-week", args=[org_id, "clinic", selectors.monday(pool.day)])
        assert client.get(week).status_code == 404


def test_village_doctor_reads_no_compliance(client, world):
    sign_in_as(client, Role.VILLAGE_DOCTOR, org=world.village)
    assert client.get(reverse("capacity:compliance")).status_code == 403


def test_refused_requests_are_listed_and_dropped(as_registrar, clinic, doctor, world):
    pool = factories.pool(clinic, total=1, reserved=0)
    factories.booking(pool, by=doctor)
    person = factories.resident("示例甲")
    answer = as_registrar.post(reverse("capacity:desk"), {"resident_id": person.id, "pools": pool.id})
    assert answer.status_code == 409
    assert "示例甲" in as_registrar.get(reverse("capacity:refusals")).content.decode()
    address = reverse("capacity:drop-refusal", args=[Refusal.objects.get().id])
    assert as_registrar.post(address).status_code == 422
    assert as_registrar.post(address, {"reason": "已去外院"}).status_code == 302
    assert "示例甲" not in as_registrar.get(reverse("capacity:refusals")).content.decode()


def test_bans_are_listed_and_lifted(as_manager, world, pool, doctor):
    booking = factories.booking(pool, by=doctor, of=factories.resident("示例甲"))
    ban = Ban.objects.create(
        resident=booking.resident,
        org=world.lead,
        booking=booking,
        n_missed=3,
        banned_at=factories.NOW,
        until=factories.NOW + timedelta(days=30),
    )
    assert "示例甲" in as_manager.get(reverse("capacity:bans")).content.decode()
    address = reverse("capacity:lift-ban", args=[ban.id])
    assert as_manager.post(address).status_code == 422
    assert as_manager.post(address, {"reason": "住院未能到诊"}).status_code == 302
    assert "示例甲" not in as_manager.get(reverse("capacity:bans")).content.decode()
