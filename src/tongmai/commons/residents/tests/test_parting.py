"""What came after a merge, when it is undone: on one side or the other, never lost, never on both."""

from datetime import date

import pytest
from django.urls import reverse

from tongmai.commons.residents import selectors, services
from tongmai.commons.residents.models import KnownTo, Phone, SourceRegistration, Tag
from tongmai.commons.residents.services import Arrived
from tongmai.commons.residents.services.later import later_rows
from tongmai.commons.residents.services.merging import columns, rows_of
from tongmai.commons.residents.tests import factories
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted

BORN, OTHER = date(1960, 5, 17), date(1981, 2, 3)


@pytest.fixture
def merged(by):
    survivor = factories.resident("示例甲", born_on=BORN, phone="19912345678")
    retired = factories.resident("示例完全另人", born_on=OTHER, id_number="", phone="19900001111")
    return services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=by)


def arrived(number, name, born_on, **more):
    return Arrived(source="示例", local_number=number, name=name, sex="female", born_on=born_on, **more)


def test_what_stood_before_is_not_asked_about(by, merged):
    assert later_rows(merged) == []
    phone = services.add_phone(merged.survivor_id, by=by, number="19955556666", is_main=False)
    found = selectors.undoing(merged.id, by=by)
    assert [(row.what, row.title, row.to_retired, row.is_settled) for row in found.later] == [
        ("电话", phone.number, False, False)
    ]
    assert (found.retired_name, found.survivor_id) == ("示例完全另人", merged.survivor_id)


def test_the_person_who_undoes_it_chooses(by, merged):
    here, there = (
        services.add_phone(merged.survivor_id, by=by, number=number, is_main=False)
        for number in ("19955556666", "19955557777")
    )
    services.unmerge(merged.id, by=by, reason="并错了", to_retired={f"residents.Phone:{there.id}": True})
    assert Phone.objects.get(id=here.id).resident_id == merged.survivor_id
    assert Phone.objects.get(id=there.id).resident_id == merged.retired_id
    said = Event.objects.get(name="residents.LaterRowsParted").payload
    assert (said["n_kept"], said["to_retired"]) == (1, [f"residents.Phone:{there.id}"])


def test_a_registration_goes_to_whom_it_is_like(by, merged):
    hers = services.register_from_source(arrived("1", "示例完全另人", OTHER, phone="19900001111"), by=by)
    his = services.register_from_source(arrived("2", "示例甲", BORN, phone="19912345678"), by=by)
    assert hers.resident_id == his.resident_id == merged.survivor_id
    proposed = {row.number: row.to_retired for row in later_rows(merged) if row.number}
    assert proposed == {"1": True, "2": False}
    services.unmerge(merged.id, by=by, reason="并错了")
    assert SourceRegistration.objects.get(id=hers.registration_id).resident_id == merged.retired_id
    assert SourceRegistration.objects.get(id=his.registration_id).resident_id == merged.survivor_id
    if by.org_id:
        assert KnownTo.objects.filter(resident=merged.retired_id, org=by.org_id).exists()


def test_what_came_by_another_merge_is_not_shared_out(by, merged):
    third = factories.resident("示例丙", born_on=date(1990, 1, 1), id_number="", phone="19922223333")
    second = services.merge(retired_id=third.id, survivor_id=merged.survivor_id, reason="核实", by=by)
    assert later_rows(merged) == []
    services.unmerge(merged.id, by=by, reason="并错了")
    services.unmerge(second.id, by=by, reason="并错了")
    assert Phone.objects.get(number="19922223333").resident_id == third.id


def test_what_cannot_be_chosen_is_refused_and_nothing_is_undone(world, by, merged):
    phone = services.add_phone(merged.survivor_id, by=by, number="19955556666", is_main=False)
    for wrong in ("residents.Phone:nothing", f"residents.Tag:{phone.id}"):
        with pytest.raises(InvalidInput):
            services.unmerge(merged.id, by=by, reason="并错了", to_retired={wrong: True})
    merged.refresh_from_db()
    assert merged.undone_at is None
    with pytest.raises(NotFound):
        selectors.undoing(merged.id, by=world.actor(Role.REGISTRAR, org=world.stranger))
    with pytest.raises(NotPermitted):
        selectors.undoing(merged.id, by=world.actor(Role.VILLAGE_DOCTOR))
    services.unmerge(merged.id, by=by, reason="并错了")
    with pytest.raises(Conflict):
        selectors.undoing(merged.id, by=by)


def test_everything_hangs_on_one_of_the_two_and_merging_again_brings_it_together(by, merged):
    services.add_phone(merged.survivor_id, by=by, number="19955556666", is_main=False)
    Tag.objects.create(
        resident_id=merged.survivor_id, kind="hypertension", source="doctor", starts_on=by.today, added_at=by.now
    )
    services.register_from_source(arrived("1", "示例完全另人", OTHER), by=by)
    before = _all_rows()
    chosen = {row.key: True for row in later_rows(merged) if not row.is_settled}
    services.unmerge(merged.id, by=by, reason="并错了", to_retired=chosen)
    after = _all_rows()
    assert before.keys() <= after.keys(), "nothing is lost"
    assert set(after.values()) <= {merged.survivor_id, merged.retired_id}
    services.merge(retired_id=merged.retired_id, survivor_id=merged.survivor_id, reason="确是一人", by=by)
    left = {key[0] for key, whose in _all_rows().items() if whose != merged.survivor_id}
    assert left <= {"residents.KnownTo", "residents.Phone", "residents.Tag"}, "only what she has twice stays behind"


def _all_rows():
    """Whose each row is that names a person."""
    return {
        (model._meta.label, str(pk), column): whose
        for model, column in columns()
        for pk, whose in rows_of(model).exclude(**{column: None}).values_list("pk", column)
    }


def test_page_and_api_list_the_same_and_take_a_choice(client, world, by, merged):
    here, there = (
        services.add_phone(merged.survivor_id, by=by, number=number, is_main=False)
        for number in ("19955556666", "19955557777")
    )
    sign_in_as(client, Role.REGISTRAR, org=world.township)
    told = client.get(f"/api/v1/merges/{merged.id}/later/").json()
    undo = reverse("residents:merge-undo", args=[merged.id])
    page = client.get(undo).content.decode()
    assert {row["title"] for row in told} == {here.number, there.number}
    assert all(row["title"] in page and f'value="{row["key"]}"' in page for row in told)
    keys = {row["title"]: row["key"] for row in told}
    sent = {"shown": list(keys.values()), "to_retired": [keys[there.number]]}
    assert client.post(undo, sent).status_code == 422, "no reason"
    wrong = {"reason": "并错了", "to_retired": {"residents.Phone:x": True}}
    refused = client.post(f"/api/v1/merges/{merged.id}/undo/", wrong, content_type="application/json")
    assert refused.status_code == 422
    assert client.post(undo, sent | {"reason": "并错了"}).status_code == 302
    whose = dict(Phone.objects.values_list("number", "resident_id"))
    assert (whose[here.number], whose[there.number]) == (merged.survivor_id, merged.retired_id)
    assert client.get(undo).status_code == 409, "it is undone already"
