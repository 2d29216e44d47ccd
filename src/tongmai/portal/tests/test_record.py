import pytest

from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories

REASON = "昏迷送来，需要立即了解用药史"


@pytest.fixture
def world(db):
    return factories.county_world()


@pytest.fixture
def her(world):
    return people.resident("示例张小芳")


@pytest.fixture
def doctor(client, her):
    """A doctor of another place in the county: she may find the resident, and has no reason to look."""
    org = factories.org("示例丁卫生院")
    return factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=org)


def _page(client, her):
    return client.get(f"/residents/{her.id}/")


def test_a_record_opens_for_a_reason_and_shows_it(client, her, doctor):
    people.family_doctor(her, by=doctor)
    visit = visits.visit(her, by=doctor)
    encounters.record_vitals(visit.id, by=doctor, systolic=152, diastolic=94, weight_g=61_500)
    encounters.add_allergy(her.id, by=doctor, substance="青霉素", reaction="皮疹", severity="severe")
    page = _page(client, her).content.decode()
    for said in ("依据：本机构就诊", "青霉素", "152/94 mmHg", "61.5 kg", "头晕三天", "示例张小芳"):
        assert said in page, said
    assert AccessLog.objects.filter(resident_id=her.id, what="record", basis="own_encounter").count() == 1


def test_without_a_reason_only_the_head_is_shown_and_a_way_to_give_one(client, her, doctor):
    response = _page(client, her)
    assert response.status_code == 403
    assert "紧急查阅" in response.content.decode()
    assert not AccessLog.objects.filter(resident_id=her.id, what="record").exists()


def test_breaking_the_glass_needs_a_reason_and_opens_the_record(client, her, doctor):
    address = f"/residents/{her.id}/break-glass/"
    assert client.post(address, {"reason": "急"}).status_code == 422
    assert client.post(address, {"reason": REASON})["Location"] == f"/residents/{her.id}/"
    page = _page(client, her).content.decode()
    assert "依据：紧急查阅" in page
    assert REASON in page
    assert "已记录紧急查阅" in page


def test_a_stranger_does_not_learn_whether_the_resident_exists(client, her):
    elsewhere = factories.org("外地卫生院", county_code="349999", division="349999")
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=elsewhere)
    absent = "01900000-0000-7000-8000-000000000000"
    for resident_id in (her.id, absent):
        assert client.get(f"/residents/{resident_id}/").status_code == 404
        assert client.post(f"/residents/{resident_id}/break-glass/", {"reason": REASON}).status_code == 404


def test_a_post_that_opens_no_records_is_refused(client, her):
    factories.sign_in_as(client, Role.SYSTEM_ADMIN, org=factories.org("示例县医院"))
    assert _page(client, her).status_code == 403
    assert client.post(f"/residents/{her.id}/break-glass/", {"reason": REASON}).status_code == 403
    assert client.post("/search/", {"q": "zxf"}).status_code == 403


def test_who_only_registers_is_led_to_the_identity(client, her, world):
    factories.sign_in_as(client, Role.REGISTRAR, org=world.lead)
    assert _page(client, her).headers["Location"] == f"/residents/{her.id}/identity/"
    factories.sign_in_as(client, Role.REGISTRAR, org=world.stranger)
    assert _page(client, her).status_code == 404


def test_search_finds_by_initials_and_masks_the_number(client, her, doctor):
    fragment = client.post("/search/", {"q": "slzxf"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    page = client.post("/search/", {"q": "示例张小芳"}, follow=True).content.decode()
    assert her.name in page
    assert "*" * 6 in page


@pytest.mark.parametrize("q", ["", "a" * 500, "%25", "示" * 100])
def test_search_takes_anything(client, her, doctor, q):
    assert client.post("/search/", {"q": q}, headers={"HX-Request": "true"}).status_code == 200
    assert client.post("/search/", {"q": q}, follow=True).status_code == 200


@pytest.fixture
def herself(client, her):
    user = User.objects.create_user("zxf", resident_id=her.id, display_name=her.name)
    client.force_login(user)
    return user


def test_a_resident_sees_her_own_pages_and_who_opened_her_record(client, her, world, herself):
    doctor = factories.actor(Role.GENERAL_PRACTITIONER, org=factories.org("示例戊卫生院"))
    people.family_doctor(her, by=doctor)
    visits.visit(her, by=doctor)
    assert client.get("/")["Location"] == "/own/"
    assert doctor.org_name in client.get("/own/").content.decode()
    assert _page(client, her)["Location"] == f"/own/{her.id}/record/"
    assert "我的健康档案" in client.get(f"/own/{her.id}/record/").content.decode()
    assert "您本人" in client.get("/own/accesses/?kind=all").content.decode()


def test_a_resident_sees_nobody_else(client, her, herself):
    other = people.resident("示例李大明", sex="male")
    assert _page(client, other).status_code == 404
    assert client.post("/search/", {"q": "a"}).status_code == 403


def test_staff_have_no_own_pages(client, her, doctor):
    assert client.get("/own/").status_code == 403
    assert client.get("/own/accesses/").status_code == 403


def test_the_flow_counts_what_was_sent_by_level(client, world):
    factories.sign_in_as(client, Role.MANAGER, org=factories.org("示例县医院", level="county"))
    for address in ("/flow/", "/flow/?days=7", "/flow/?days=x", "/flow/?days=-1"):
        page = client.get(address)
        assert page.status_code == 200
    assert "转出县外" in page.content.decode()


def test_the_flow_is_for_those_who_oversee(client, her, doctor):
    assert client.get("/flow/").status_code == 403


def test_the_page_offers_what_this_post_may_do_and_its_addresses_work(client, her, doctor):
    people.family_doctor(her, by=doctor)
    page = _page(client, her).content.decode()
    for address in (
        f"/encounters/start/{her.id}/",
        f"/referrals/new/?resident={her.id}",
        f"/residents/{her.id}/identity/",
    ):
        assert f'href="{address}"' in page, address
