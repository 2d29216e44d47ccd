"""An electrocardiogram goes with a referral: from its page, by program, seen where it is received."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from tongmai.care.referrals import enclosing, forms, selectors, services
from tongmai.care.referrals.models import Enclosure, Referral
from tongmai.commons.ecg import rules, synthetic, writing
from tongmai.commons.ecg import services as ecg
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.tests.factories import sign_in_as
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def recorded(clinic, of=None):
    tracing = synthetic.recording(synthetic.Truth(st_uv=synthetic.ANTERIOR_STEMI))
    return ecg.receive(
        writing.part10(tracing), resident_id=(of or clinic.resident).id, order_number="", org_id=clinic.gp.org_id,
        received_from="upload", by=clinic.gp,
    )  # fmt: skip


def test_it_is_enclosed_once_and_seen_by_the_receiver(clinic):
    row = recorded(clinic)
    referral = clinic.submitted(recording_ids=(row.id,))
    assert [each.recording_id for each in selectors.detail(referral.id, by=clinic.specialist).enclosed] == [row.id]
    enclosing.enclose(referral, [row.id], by=clinic.gp)
    assert Enclosure.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Enclosure.objects.create(referral=referral, recording=row, enclosed_at=clinic.gp.now)


def test_another_persons_is_refused_and_nothing_is_left(clinic):
    other = residents.resident("示例乙")
    residents.family_doctor(other, by=clinic.gp)
    row = recorded(clinic, of=other)
    with pytest.raises(InvalidInput):
        clinic.draft(recording_ids=(row.id,))
    assert not Referral.objects.exists()


def test_one_that_was_taken_out_of_the_record_is_no_longer_shown(clinic):
    row = recorded(clinic)
    referral = clinic.submitted(recording_ids=(row.id,))
    ecg.unlink(row.id, reason="不是她的", by=clinic.gp)
    assert selectors.detail(referral.id, by=clinic.specialist).enclosed == []


def test_from_the_paper_to_an_emergency_referral(clinic, client):
    """Chest pain: the form comes filled in; sent, the hospital opens the paper from the referral."""
    row = recorded(clinic)
    gp = sign_in_as(client, "general_practitioner", org=clinic.world.township)
    assert gp.staff_id == clinic.gp.staff_id
    address = client.post(reverse("ecg:refer", args=[row.id])).url
    text = client.get(address).content.decode()
    assert "随附心电图" in text and reverse("ecg:recording", args=[row.id]) in text
    assert f'value="{rules.CHEST_PAIN}"' in text and "胸痛" in text
    sent = {
        "diagnosis_code": "I63.900", "receiver_id": str(clinic.world.lead.id), "urgency": "emergency", "wants": "clinic",
        "reason": "胸痛", "recording_ids": str(row.id), "send": "1",
    }  # fmt: skip
    client.post(address, sent)
    referral = Referral.objects.get()
    assert referral.urgency == "emergency" and referral.submitted_at is not None
    sign_in_as(client, "specialist", org=clinic.world.lead)
    shown = client.get(reverse("referrals:detail", args=[referral.id])).content.decode()
    assert "打开随附心电图" in shown and reverse("ecg:recording", args=[row.id]) in shown
    assert client.get(reverse("ecg:recording", args=[row.id])).status_code == 200
    assert client.get(reverse("referrals:slip", args=[referral.id])).status_code == 200


def test_a_list_of_ids_that_is_none_is_told(clinic):
    field = forms.Up().fields["recording_ids"]
    assert field.known(["x"]) == () and field.known(None) == () and len(field.known([str(clinic.resident.id)])) == 1
    assert field.clean(None) is None and field.clean([""]) == ()
    for wrong in (["x"], [str(new_id()) for _ in range(11)]):
        with pytest.raises(ValidationError):
            field.clean(wrong)


def test_taken_off_a_draft_and_put_back(clinic):
    """The trail says each time; what is left out of a change stays as it is."""
    row = recorded(clinic)
    referral = clinic.draft(recording_ids=(row.id,))
    for ids, shown in (((), []), (None, []), ((row.id,), [row.id]), (None, [row.id])):
        content = clinic.content(recording_ids=ids)
        changed = services.save_draft(content=content, referral_id=referral.id, by=clinic.gp)
        assert [each.recording_id for each in enclosing.enclosed(changed)] == shown
    names = Event.objects.filter(subject_id=referral.id, name__startswith="referrals.Enclosure").order_by("id")
    assert list(names.values_list("name", flat=True)) == [
        "referrals.EnclosurePut", "referrals.EnclosureTakenOff", "referrals.EnclosurePut",
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Enclosure.objects.update(taken_off_at=None, taken_off_by_id=clinic.gp.user_id)


def test_nothing_is_taken_off_what_was_sent(clinic):
    row = recorded(clinic)
    referral = clinic.submitted(recording_ids=(row.id,))
    with pytest.raises(StepNotAllowed):
        services.save_draft(content=clinic.content(recording_ids=()), referral_id=referral.id, by=clinic.gp)
    assert len(enclosing.enclosed(referral)) == 1
    services.return_for_information(referral_id=referral.id, reason="请补充", by=clinic.specialist)
    services.save_draft(content=clinic.content(recording_ids=()), referral_id=referral.id, by=clinic.gp)
    assert enclosing.enclosed(referral) == []


def test_of_one_that_is_no_longer_hers_nobody_decides(clinic):
    row = recorded(clinic)
    referral = clinic.draft(recording_ids=(row.id,))
    ecg.unlink(row.id, reason="不是她的", by=clinic.gp)
    services.save_draft(content=clinic.content(recording_ids=()), referral_id=referral.id, by=clinic.gp)
    assert Enclosure.objects.get().taken_off_at is None and enclosing.put_or_taken_off(referral) == []


def test_the_form_takes_it_off_and_puts_it_back(clinic, client):
    row = recorded(clinic)
    referral = clinic.draft(recording_ids=(row.id,))
    sign_in_as(client, "general_practitioner", org=clinic.world.township)
    address = reverse("referrals:edit", args=[referral.id])
    box = f'name="recording_ids" value="{row.id}"'
    page = client.get(address).content.decode()
    assert f"{box} checked" in page
    sent = {
        "diagnosis_code": "I10.x00", "receiver_id": str(clinic.world.lead.id), "urgency": "routine", "wants": "clinic",
        "reason": "", "save": "1",
    }  # fmt: skip
    flawed = client.post(address, sent | {"recording_ids": [""]})
    assert flawed.status_code == 422 and box in flawed.content.decode() and "checked" not in _box(flawed, box)
    assert len(enclosing.enclosed(referral)) == 1
    sent["reason"] = "血压不达标"
    for ticked, n in (([""], 0), (["", str(row.id)], 1), (["x"], 1)):
        client.post(address, sent | {"recording_ids": ticked})
        assert len(enclosing.enclosed(referral)) == n


def _box(response, box):
    page = response.content.decode()
    return page[page.index(box) : page.index(box) + len(box) + 12]


def test_the_interface_takes_it_off_and_puts_it_back(clinic, client):
    row = recorded(clinic)
    referral = clinic.draft(recording_ids=(row.id,))
    sign_in_as(client, "general_practitioner", org=clinic.world.township)
    address = f"/api/v1/referrals/{referral.id}"
    sent = {"receiver_id": str(clinic.world.lead.id), "diagnosis_code": "I10.x00", "reason": "血压不达标"}
    for ids, shown in (({"recording_ids": []}, []), ({}, []), ({"recording_ids": [str(row.id)]}, [str(row.id)])):
        seen = client.get(address)["ETag"]
        answer = client.put(address, sent | ids, content_type="application/json", headers={"If-Match": seen})
        assert answer.status_code == 200 and answer.json()["case"]["recording_ids"] == shown


def test_a_program_encloses_and_reads(clinic):
    row = recorded(clinic)
    referral = clinic.draft(recording_ids=(row.id,))
    changed = services.save_draft(content=clinic.content(), referral_id=referral.id, by=clinic.gp)
    assert [each.recording_id for each in enclosing.enclosed(changed)] == [row.id]
