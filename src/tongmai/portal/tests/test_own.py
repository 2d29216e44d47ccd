"""The resident's own pages: her own, her wards', and nobody else's."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tongmai.commons.capacity.models import Booking
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.resident_requests import services as requests
from tongmai.commons.resident_requests.models import Dispute, WardRequest
from tongmai.commons.residents import services as people_services
from tongmai.commons.residents.tests import factories as people
from tongmai.commons.results.models import Observation, Report
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs import vault
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories


@pytest.fixture
def world(db):
    return factories.county_world(now=timezone.now())


@pytest.fixture
def doctor(world):
    return world.actor(Role.GENERAL_PRACTITIONER)


@pytest.fixture
def her(world):
    return people.resident("示例张小芳", by=world.actor(Role.REGISTRAR))


@pytest.fixture
def she(her):
    return factories.actor(Role.RESIDENT, resident_id=her.id).at(timezone.now())


@pytest.fixture
def phone(client, she):
    """Her browser."""
    client.force_login(User.objects.get(id=she.user_id))
    return client


@pytest.fixture
def child(her, world):
    registrar = world.actor(Role.REGISTRAR)
    ward = people.resident("示例小宝", born_on=date(world.now.year - 8, 3, 1), id_number="", by=registrar)
    people_services.add_guardian(
        ward.id, by=registrar, name="示例张小芳", relation="mother", guardian_resident_id=her.id
    )
    return ward


def _seen(phone, path):
    answer = phone.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def _report(person, org, *, hours=1, **facts):
    at = timezone.now() - timedelta(hours=hours)
    told = {"category": "laboratory", "status": "final", "name": "血常规", "issued_at": at, "received_at": at} | facts
    report = Report.objects.create(resident=person, org=org, digest="x", **told)
    Observation.objects.create(
        report=report, version=1, position=1, name="血红蛋白", text="98", unit="g/L", reference="115–150", flag="low",
        status="final",
    )  # fmt: skip
    return report


def test_home_says_what_comes_and_who_looked(phone, her, doctor):
    people.family_doctor(her, by=doctor)
    phone.get("/own/accesses/")
    doctor_browser = type(phone)()
    doctor_browser.force_login(User.objects.get(id=doctor.user_id))
    doctor_browser.get(f"/residents/{her.id}/")
    home = _seen(phone, "/own/")
    for said in ("示例张小芳，您好", "新的查阅", "家庭医生团队与您签约", "示例团队", "放大字号"):
        assert said in home, said
    listed = _seen(phone, "/own/accesses/")
    assert "甲镇卫生院" in listed and "看了：档案首页" in listed and "提出异议" in listed
    assert "新的查阅" not in _seen(phone, "/own/"), "what was read is no news"


def test_a_ward_has_the_same_pages_and_each_reading_is_written_down(phone, her, child):
    home = _seen(phone, "/own/")
    assert "示例小宝" in home
    for path in (f"/own/{child.id}/", f"/own/{child.id}/record/", f"/own/{child.id}/accesses/"):
        assert "正在看 示例小宝 的档案" in _seen(phone, path)
    whats = AccessLog.objects.filter(resident_id=child.id, basis="guardian").values_list("what", flat=True)
    assert {"home", "record"} <= set(whats)


def test_a_grown_up_child_is_nobodys_ward(phone, her, world, child):
    registrar = world.actor(Role.REGISTRAR)
    people_services.amend_identity(
        child.id, by=registrar, reason="更正出生日期", version=child.version, born_on=date(world.now.year - 18, 1, 1)
    )
    assert phone.get(f"/own/{child.id}/").status_code == 404
    assert phone.get(f"/own/{child.id}/record/").status_code == 404
    assert "示例小宝" not in _seen(phone, "/own/")


def test_an_adult_ward_is_one_by_a_guardianship_of_her_own(phone, her, world):
    registrar = world.actor(Role.REGISTRAR)
    old = people.resident("示例老人", born_on=date(1950, 1, 1), by=registrar)
    assert phone.get(f"/own/{old.id}/").status_code == 404
    made = people_services.add_guardian(
        old.id, by=registrar, name="示例张小芳", relation="child", guardian_resident_id=her.id
    )
    assert made.grown_up_on is None
    assert "正在看 示例老人 的档案" in _seen(phone, f"/own/{old.id}/")
    people_services.end_guardian(made.id, by=registrar)
    assert phone.get(f"/own/{old.id}/").status_code == 404


def test_nobody_elses_pages_open(phone, her):
    other = people.resident("示例邻人")
    for path in ("", "record/", "accesses/", "disputes/", "identity/dispute/"):
        assert phone.get(f"/own/{other.id}/{path}").status_code == 404
    report = _report(other, factories.org("示例院"))
    assert phone.get(f"/own/{her.id}/reports/{report.id}/").status_code == 404
    assert phone.get(f"/own/{her.id}/record/report/{report.id}/dispute/").status_code == 404


def test_my_record_shows_what_is_known_in_plain_words(phone, her, doctor):
    visit = visits.visit(her, by=doctor)
    encounters.record_vitals(visit.id, by=doctor, systolic=152, diastolic=94)
    encounters.add_allergy(her.id, by=doctor, substance="青霉素", reaction="皮疹", severity="severe")
    report = _report(her, doctor_org(doctor))
    page = _seen(phone, f"/own/{her.id}/record/")
    for said in ("过敏：青霉素", "152/94", "血常规", "1 项异常", "这不对？"):
        assert said in page, said
    detail = _seen(phone, f"/own/{her.id}/reports/{report.id}/")
    for said in ("98 g/L", "参考范围 115–150", "1 项不在参考范围内"):
        assert said in detail, said
    assert AccessLog.objects.filter(resident_id=her.id, basis="self", what="report").exists()
    assert "血常规" not in _seen(phone, f"/own/{her.id}/record/?kind=encounter")


def doctor_org(doctor):
    from tongmai.foundation.orgs.models import Org

    return Org.objects.get(id=doctor.org_id)


@pytest.mark.parametrize(
    ("facts", "is_shown"),
    [
        ({"is_critical": True, "hours": 2}, False),
        ({"is_critical": True, "hours": 25}, True),
        ({"category": "pathology", "hours": 71}, False),
        ({"category": "pathology", "hours": 73}, True),
        ({"status": "preliminary", "hours": 500}, False),
        ({"status": "corrected", "hours": 1}, True),
    ],
)
def test_what_the_doctor_speaks_of_first_waits(phone, her, doctor, facts, is_shown):
    report = _report(her, doctor_org(doctor), **facts)
    page = _seen(phone, f"/own/{her.id}/record/")
    assert "血常规" in page, "that there is a result is no secret"
    own, general = f"/own/{her.id}/reports/{report.id}/", f"/results/reports/{report.id}/"
    assert (own in page) is is_shown
    assert phone.get(own).status_code == (200 if is_shown else 403)
    assert phone.get(general).status_code in ((200,) if is_shown else (403, 404))
    if not is_shown:
        assert "98 g/L" not in page and "1 项异常" not in page


def test_large_letters_stay_in_this_browser(phone):
    assert phone.post("/own/type/", {"type": "large", "next": "/own/accesses/"})["Location"] == "/own/accesses/"
    assert "tm-large" in _seen(phone, "/own/")
    phone.post("/own/type/", {"type": "usual"})
    assert "tm-large" not in _seen(phone, "/own/")


def test_accesses_are_narrowed_and_odd_words_narrow_nothing(phone, her, doctor, world):
    specialist = world.actor(Role.SPECIALIST)
    people_services.break_glass(her.id, by=specialist, reason="昏迷送来，须知过敏史")
    people.family_doctor(her, by=doctor)
    browser = type(phone)()
    browser.force_login(User.objects.get(id=doctor.user_id))
    browser.get(f"/residents/{her.id}/")
    phone.get(f"/own/{her.id}/record/")
    everything = _seen(phone, "/own/accesses/")
    assert "紧急查阅" in everything and "昏迷送来" in everything and "您本人查看" not in everything
    assert "您本人查看" in _seen(phone, "/own/accesses/?kind=all")
    emergencies = _seen(phone, "/own/accesses/?kind=emergency&period=month")
    assert "昏迷送来" in emergencies and "看了：档案首页" not in emergencies
    only = _seen(phone, f"/own/accesses/?org={doctor.org_id}")
    assert "看了：档案首页" in only and "昏迷送来" not in only
    for odd in ("?org=x", "?period=%00", "?kind[]=1", "?page=99999", "?page=-1", "?org=' OR 1=1"):
        _seen(phone, f"/own/accesses/{odd}")


def test_disputing_an_access_and_reading_the_answer(phone, her, doctor, world, she):
    people_services.break_glass(her.id, by=doctor, reason="昏迷送来，须知过敏史")
    log = AccessLog.objects.get(resident_id=her.id, basis="emergency")
    address = f"/own/{her.id}/accesses/{vault.sealed(str(log.id).encode())}/dispute/"
    for odd in ("x", "%00", vault.sealed(b"999999999999999999999")):
        assert phone.get(f"/own/{her.id}/accesses/{odd}/dispute/").status_code == 404
    assert "我不知道为什么" in _seen(phone, address)
    assert phone.post(address, {"said": "没"}).status_code == 422
    answer = phone.post(address, {"said": "我那天没有去过这家卫生院"})
    dispute = Dispute.objects.get()
    assert answer["Location"] == f"/own/disputes/{dispute.id}/"
    assert phone.post(address, {"said": "再说一次同样的话"}).status_code == 422
    audit = world.actor(Role.AUDIT_ADMIN)
    admin = type(phone)()
    admin.force_login(User.objects.get(id=audit.user_id))
    waiting = admin.get("/").content.decode()
    assert "对查阅的异议" in waiting
    page = admin.get(f"/requests/disputes/{dispute.id}/").content.decode()
    assert "我那天没有去过" in page and "昏迷送来" in page and "示例张小芳" not in page
    assert (
        admin.post(f"/requests/disputes/{dispute.id}/", {"step": "answer", "said": "经核实为抢救所需"}).status_code
        == 302
    )
    assert "异议有答复" in _seen(phone, "/own/")
    assert "经核实为抢救所需" in _seen(phone, f"/own/disputes/{dispute.id}/")
    again = phone.post(f"/own/disputes/{dispute.id}/", {"said": "我还是不认可这个答复"})
    assert again.status_code == 302 and "再次提出" in _seen(phone, f"/own/disputes/{dispute.id}/")
    assert "我的异议" in _seen(phone, "/own/accesses/")


def test_disputing_an_entry_marks_it_for_every_reader(phone, her, doctor, world):
    visit = visits.visit(her, by=doctor)
    address = f"/own/{her.id}/record/encounter/{visit.id}/dispute/"
    assert phone.post(address, {"said": "这次就诊不是我，是我妹妹"}).status_code == 302
    dispute = Dispute.objects.get()
    assert (dispute.org_id, dispute.entry_id) == (doctor.org_id, visit.id)
    assert "有异议" in _seen(phone, f"/own/{her.id}/record/")
    answerer = type(phone)()
    answerer.force_login(User.objects.get(id=doctor.user_id))
    assert "对记录的异议" in answerer.get("/").content.decode()
    other = type(phone)()
    other.force_login(User.objects.get(id=world.actor(Role.SPECIALIST).user_id))
    assert other.get(f"/requests/disputes/{dispute.id}/").status_code == 404
    phone.post(f"/own/disputes/{dispute.id}/", {"withdraw": "1"})
    assert "有异议" not in _seen(phone, f"/own/{her.id}/record/")


def test_asking_for_a_ward_and_the_registrars_answer(phone, her, world):
    registrar = world.actor(Role.REGISTRAR)
    number = people.citizen_id(date(world.now.year - 5, 6, 1))
    ward = people.resident("示例二宝", born_on=date(world.now.year - 5, 6, 1), by=registrar, id_number=number)
    wanted = {"name": "示例二宝", "number": number, "relation": "mother", "note": ""}
    assert phone.post("/own/family/", wanted | {"number": number[:-1] + "!"}).status_code == 422
    assert phone.post("/own/family/", wanted | {"relation": "neighbour"}).status_code == 422
    assert phone.post("/own/family/", wanted)["Location"] == "/own/family/"
    assert phone.post("/own/family/", wanted).status_code == 422
    asked = WardRequest.objects.get()
    desk = type(phone)()
    desk.force_login(User.objects.get(id=registrar.user_id))
    assert "核对监护关系" in desk.get("/").content.decode()
    address = f"/requests/wards/{asked.id}/"
    assert "示例二宝" in desk.get(address).content.decode()
    assert desk.post(address, {"decision": "accept"}).status_code == 422, "the papers first"
    assert desk.post(address, {"decision": "accept", "seen": "on"}).status_code == 302
    assert "正在看 示例二宝 的档案" in _seen(phone, f"/own/{ward.id}/")
    assert "已办理" in _seen(phone, "/own/family/")


def test_a_refused_ward_comes_with_the_reason(phone, her, world, she):
    asked = requests.ask_for_ward(by=she, name="示例某", number=people.citizen_id(), relation="mother")
    desk = type(phone)()
    desk.force_login(User.objects.get(id=world.actor(Role.REGISTRAR).user_id))
    address = f"/requests/wards/{asked.id}/"
    assert desk.post(address, {"decision": "refuse", "reason": ""}).status_code == 422
    assert desk.post(address, {"decision": "accept", "seen": "on"}).status_code == 422, "nobody has that number"
    assert desk.post(address, {"decision": "refuse", "reason": "没有带户口簿"}).status_code == 302
    assert "没有带户口簿" in _seen(phone, "/own/family/")
    assert desk.post(address, {"decision": "refuse", "reason": "再次"}).status_code == 409


def test_staff_have_no_own_pages(client, world):
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=world.township)
    for path in ("/own/", "/own/accesses/", "/own/family/"):
        assert client.get(path).status_code == 403


def test_only_her_own_bookings_can_be_cancelled(phone, her):
    assert not Booking.objects.exists()
    absent = "01900000-0000-7000-8000-000000000000"
    assert phone.post(f"/own/{her.id}/bookings/{absent}/cancel/").status_code == 404
    assert phone.get(f"/own/{her.id}/bookings/{absent}/cancel/").status_code == 405
