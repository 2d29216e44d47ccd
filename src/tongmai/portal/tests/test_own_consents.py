"""The resident's own page of decisions, and what the record's page says of what is withheld."""

import pytest

from tongmai.commons.encounters import services as record
from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.residents import services
from tongmai.commons.residents.models import SharingChoice, UseConsent
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW

REASON = "昏迷送来，需要立即了解用药史"


@pytest.fixture
def world(db):
    visits.catalogue()
    return orgs.county_world()


@pytest.fixture
def her(world):
    return people.resident("示例张小芳")


def test_she_decides_and_withdraws_on_her_phone(client, world, her):
    client.force_login(User.objects.get(id=world.actor(Role.RESIDENT, resident_id=her.id).user_id))
    address = f"/own/{her.id}/consents/"
    assert "没有登记" in client.get(address).content.decode()
    assert client.post(f"{address}share/", {"share-is_permitted": "no", "share-party": "org"}).status_code == 422
    sent = {"share-is_permitted": "yes", "share-kind": "hiv", "share-party": "contract"}
    assert client.post(f"{address}share/", sent).status_code == 302
    used = {
        "use-purpose": "research", "use-recipient": "示例医科大学", "use-purpose_text": "随访研究",
        "use-ends_before": NOW.replace(year=2027).date().isoformat(),
    }  # fmt: skip
    assert client.post(f"{address}use/", used).status_code == 302
    shown = client.get(address).content.decode()
    assert "艾滋病相关 → 签约的家庭医生" in shown
    assert "示例医科大学" in shown
    assert client.post(f"/own/sharing/{SharingChoice.objects.get().id}/withdraw/").status_code == 302
    assert client.post(f"/own/uses/{UseConsent.objects.get().id}/withdraw/").status_code == 302
    assert UseConsent.objects.get().withdrawn_how == "screen"


def test_nobody_decides_for_somebody_else(client, world, her):
    other = people.resident("示例李")
    row = services.choose_sharing(
        other.id, by=world.actor(Role.REGISTRAR), said=services.Said(), is_permitted=False, party="members"
    )
    client.force_login(User.objects.get(id=world.actor(Role.RESIDENT, resident_id=her.id).user_id))
    assert client.get(f"/own/{other.id}/consents/").status_code == 404
    assert client.post(f"/own/{other.id}/consents/share/", {}).status_code == 404
    assert client.post(f"/own/sharing/{row.id}/withdraw/").status_code == 404


def test_the_page_of_a_record_says_how_much_is_withheld_and_how_to_ask(client, world, her):
    treats = world.actor(Role.SPECIALIST, org=world.tcm)
    visit = visits.visit(her, by=treats)
    record.record_diagnoses(visit.id, by=treats, diagnoses=[record.DiagnosisEntry("F32.900")])
    orgs.sign_in_as(client, Role.VILLAGE_DOCTOR, org=world.village)
    page = client.get(f"/residents/{her.id}/").content.decode()
    assert "有 1 条受限记录没有显示" in page
    assert "抑郁" not in page
    assert client.get(f"/encounters/{visit.id}/").status_code == 404
    assert client.post(f"/residents/{her.id}/break-glass/", {"reason": REASON}).status_code == 302
    page = client.get(f"/residents/{her.id}/").content.decode()
    assert "抑郁发作" in page
    assert "受限记录没有显示" not in page
