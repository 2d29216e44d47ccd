"""A doctor reads a long record: back in time, by kind, by words, as lines; on a phone too."""

from datetime import UTC

from tests.system.test_up import family_doctor_of
from tongmai.bench import lifelong
from tongmai.foundation.orgs.models import User


def _long_life(county, n: int) -> None:
    family_doctor_of(county)
    doctor = User.objects.get(id=county.village_doctor.user_id)
    place = lifelong.Place([county.world.lead, county.world.township], doctor, county.pool().resource)
    lifelong.live(county.resident, place, n=n, years=20, now=county.world.now.astimezone(UTC))


def test_a_doctor_goes_back_in_time_and_finds_what_she_looks_for(county, seat):
    # Given a resident with a long record
    _long_life(county, 120)
    doctor = seat(county.village_doctor)
    doctor.opens("portal:resident", county.resident.id).sees("就诊经过", "关键指标").keeps_picture("record")
    shown = doctor.page.locator(".tm-months .tm-timeline li")
    assert shown.count() == 30

    # When she asks for earlier entries, they come below without leaving the page
    doctor.page.get_by_role("link", name="更早的记录").click()
    shown.nth(59).wait_for()
    assert shown.count() == 60
    doctor.looks()

    # When she narrows to reports, and looks for words
    doctor.follows("检查检验").sees("正式报告").sees_not("上门随访")
    doctor.unfolds("按机构、日期或名称筛选").fills("名称含有", "糖尿病")
    doctor.page.get_by_role("button", name="筛选", exact=True).click()
    doctor.page.wait_for_url("**search=**")
    doctor.looks()
    doctor.sees("糖尿病复查").sees_not("生化全套")
    assert "糖尿病" not in doctor.page.url
    doctor.follows("清除筛选").follows("按病程").sees("起，未结").keeps_picture("record-by-episode")


def test_values_are_read_as_lines_and_as_a_table(county, seat):
    _long_life(county, 120)
    for on_phone in (False, True):
        doctor = seat(county.village_doctor, on_phone=on_phone)
        doctor.opens("portal:resident", county.resident.id)
        doctor.opens("portal:resident-values", county.resident.id).sees("血压", "糖化血红蛋白")
        doctor.keeps_picture("phone-record-values" if on_phone else "record-values")
        doctor.follows("数据表").sees("参考范围" if not on_phone else "全部指标")
