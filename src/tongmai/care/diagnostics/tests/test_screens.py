"""What the pages of examinations make easy: finding an item and a person, asking only what makes sense, paper."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tongmai.care.diagnostics import rules, selectors, services
from tongmai.care.diagnostics.models import Order, SafetyAnswer
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.catalog.models import ExaminationItem
from tongmai.foundation.orgs.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(client):
    """Return what somebody sees under an address, as text."""

    def sees(actor, name, *args, status=200, **query):
        client.force_login(User.objects.get(id=actor.user_id))
        session = client.session
        session["post_id"] = str(actor.post_id)
        session.save()
        answer = client.get(reverse(f"diagnostics:{name}", args=args), query)
        assert answer.status_code == status
        return answer.content.decode()

    return sees


@pytest.mark.parametrize(
    ("sex", "asked"), [("male", ["metal"]), ("female", ["pregnancy", "metal"]), ("unknown", ["pregnancy", "metal"])]
)
def test_no_man_is_asked_whether_he_is_pregnant(sex, asked):
    assert rules.asked_of("pregnancy metal", sex=sex) == asked


def test_a_man_is_examined_without_the_question(county, seen):
    man = residents.resident("示例乙", sex="male")
    residents.family_doctor(man, by=county.gp)
    assert "是否妊娠" not in seen(county.gp, "new", man.id, item="dr-chest-pa")
    order = county.ordered(of=man, answers={})
    assert not SafetyAnswer.objects.exists()
    services.perform(order.id, by=county.technician)
    assert services.send(order.id, by=county.technician).state == "sent"


def test_an_item_is_found_by_what_it_is_called(county, seen):
    ExaminationItem.objects.filter(code="ecg-12").update(search="|十二导联心电图|心电图|xdt|", everyday_names="心电图")
    found = seen(county.gp, "new", county.resident.id, q="xdt")
    assert "十二导联心电图" in found and "胸部正位DR" not in found
    assert "没有这样的检查项目" in seen(county.gp, "new", county.resident.id, q="没有的")


def test_a_person_is_found_in_the_list_and_named_in_no_address(county, seen, client):
    other = residents.resident("陈样本")
    residents.family_doctor(other, by=county.gp)
    county.ordered()
    services.cancel(county.ordered(of=other).id, by=county.gp, reason="改日再做")
    assert "陈样本" not in seen(county.gp, "list")
    kept = client.post(reverse("diagnostics:list"), {"q": "cyb"})
    assert kept.status_code == 302 and "cyb" not in kept["Location"]
    found = client.get(kept["Location"]).content.decode()
    assert "陈样本" in found and "示例甲" not in found  # whatever its state
    nobody = client.get(client.post(reverse("diagnostics:list"), {"q": "无此人"})["Location"]).content.decode()
    assert "没有这位居民的检查" in nobody
    assert not selectors.in_box("all", by=county.stranger, q="cyb").exists()


def test_who_reads_no_record_searches_no_names(county, seen, client):
    county.sent()
    seen(county.director, "list")
    kept = client.post(reverse("diagnostics:list"), {"q": "示例甲"})
    assert county.resident.name not in client.get(kept["Location"]).content.decode()
    assert "查找居民" not in client.get(kept["Location"]).content.decode()


def test_no_critical_finding_is_chosen_beforehand(county, seen):
    services.load_starter(by=county.gp.system(now=county.world.now))
    order = county.claimed()
    page = seen(county.reader, "report", order.id)
    assert re.search(r'<select[^>]*name="code" required[^>]*><option value="">请选择</option>', page)


def test_an_electrocardiogram_is_uploaded_from_its_order(county, seen):
    order = county.ordered(item_code="ecg-12", answers={})
    address = f"{reverse('ecg:upload')}?order={order.number}"
    assert address in seen(county.technician, "detail", order.id)
    assert address not in seen(county.technician, "detail", county.ordered().id)


def test_the_board_and_the_month_can_be_printed_and_what_is_late_is_not_soon_late(county, seen):
    order = county.sent()
    now = timezone.now()
    for due, is_soon in ((now + timedelta(hours=1), True), (now - timedelta(hours=1), False)):
        Order.objects.filter(id=order.id).update(escalated_at=now, due_at=due)
        page = seen(county.director, "board")
        assert "data-prints" in page and ("将超时</span>" in page) == is_soon
    assert "data-prints" in seen(county.director, "figures")
