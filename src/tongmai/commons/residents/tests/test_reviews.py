"""A person says who is who: the list, two people side by side, the decision, and taking it back."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from tongmai.commons.residents import access, selectors, services, worklists
from tongmai.commons.residents.matching.facts import facts_of
from tongmai.commons.residents.matching.scoring import score
from tongmai.commons.residents.models import IdentityReview, Merge, SourceRegistration
from tongmai.commons.residents.services import Arrived
from tongmai.commons.residents.services.reviewing import open_review
from tongmai.commons.residents.tests import factories
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted

BORN = date(1960, 5, 17)
SAID = Arrived(
    source="示例 HIS", local_number="P001", name="示例秋", sex="female", born_on=BORN, phone="19912345678",
    village_code=factories.VILLAGE, address="3组12号",
)  # fmt: skip


@pytest.fixture
def pair(by):
    """Twins, or one person under two names: nobody but a person can tell."""
    known = factories.resident("示例春", born_on=BORN, phone="19912345678", address="3组12号", id_number="")
    made = services.register_from_source(SAID, by=by)
    return known, made, IdentityReview.objects.get()


def test_the_list_and_both_sides_are_shown_to_the_registrar(by, pair):
    known, made, review = pair
    assert [line.id for line in selectors.review_lines(list(selectors.reviews(by=by)))] == [review.id]
    found = selectors.review(review.id, by=by)
    assert (found.left.resident_id, found.right.resident_id) == (made.resident_id, known.id)
    assert found.left.registrations == (("示例 HIS", "P001"),)
    levels = {row.field: row.level for row in found.fields}
    assert levels["born"] == "exact" and levels["village"] == "address" and levels["number"] == "unknown"
    total = found.prior + sum(row.weight for row in found.fields)
    assert total == pytest.approx(float(found.weight), abs=0.05)
    assert {row.resident_id for row in AccessLog.objects.filter(what="identity-review")} == {known.id, made.resident_id}


def test_the_same_person_is_merged_and_can_be_parted_again(by, pair):
    known, made, review = pair
    merged = services.settle_review(review.id, by=by, verdict="same", reason="本人到场")
    assert SourceRegistration.objects.get().resident_id == known.id
    assert selectors.n_merged_into(known.id) == 1 and selectors.merges_of(known.id)[0].id == merged.id
    assert selectors.entry_ids(known.id) == [known.id, made.resident_id]
    assert selectors.review(review.id, by=by).verdict == "same"
    services.unmerge(merged.id, by=by, reason="并错了")
    assert access.get(made.resident_id, by=by).id == made.resident_id
    assert selectors.n_merged_into(known.id) == 0


def test_different_people_are_not_asked_about_again(by, pair):
    known, made, review = pair
    assert services.settle_review(review.id, by=by, verdict="different", reason="双胞胎") is None
    assert not selectors.reviews(by=by).exists() and not Merge.objects.exists()
    services.register_from_source(replace(SAID, address="9组"), by=by)
    assert not selectors.reviews(by=by).exists()


def test_a_pair_is_asked_about_once(by, pair):
    known, made, review = pair
    alike = score(*(facts_of(name="示例", born_on=BORN),) * 2)
    assert open_review(known.id, made.resident_id, score=alike, by=by) is None
    third = factories.resident("示例冬", born_on=BORN, id_number="")
    with transaction.atomic():
        assert open_review(third.id, known.id, score=alike, by=by).weight == round(alike.weight, 2)


def test_what_is_put_off_stays_on_the_list(by, pair):
    services.postpone_review(pair[2].id, by=by, note="等户口簿")
    assert selectors.review_lines(list(selectors.reviews(by=by)))[0].note == "等户口簿"


@pytest.mark.parametrize("act", ["settle", "postpone"])
def test_who_may_not_decide_is_refused_and_nothing_is_decided_twice(world, by, pair, act):
    review = pair[2]

    def do(actor, reason="核实"):
        if act == "settle":
            return services.settle_review(review.id, by=actor, verdict="different", reason=reason)
        return services.postpone_review(review.id, by=actor, note=reason)

    with pytest.raises(NotPermitted):
        do(world.actor(Role.VILLAGE_DOCTOR))
    with pytest.raises(NotFound):
        do(world.actor(Role.REGISTRAR, org=world.stranger))
    with pytest.raises(InvalidInput):
        do(by, reason=" ")
    services.settle_review(review.id, by=by, verdict="different", reason="核实")
    with pytest.raises(Conflict):
        do(by)


def test_it_waits_on_the_registrars_home_page(world, by, pair):
    item = worklists.waiting(by=by)[0]
    assert (item.who, item.href) == ("示例秋", reverse("residents:review", args=[pair[2].id]))
    assert worklists.waiting(by=world.actor(Role.VILLAGE_DOCTOR)) == []
    services.postpone_review(pair[2].id, by=by, note="等户口簿")
    assert worklists.waiting(by=by) == []


def test_the_pages(client, world, pair):
    known, made, review = pair
    sign_in_as(client, Role.REGISTRAR, org=world.township)
    assert "示例秋" in client.get(reverse("residents:reviews")).content.decode()
    address = reverse("residents:review", args=[review.id])
    shown = client.get(address).content.decode()
    assert "示例春" in shown and "门牌一致" in shown
    assert client.post(address, {"decision": "same"}).status_code == 422
    assert client.post(address, {"decision": "later", "reason": "等户口簿"}).status_code == 302
    assert client.post(address, {"decision": "same", "reason": "本人到场"}).status_code == 302
    assert "已合并" in client.get(address).content.decode()
    assert client.get(reverse("residents:identity", args=[made.resident_id])).status_code == 409
    assert "并入" in client.get(reverse("residents:identity", args=[known.id])).content.decode()
    merges = reverse("residents:merges", args=[known.id])
    assert "示例 HIS" in client.get(merges).content.decode()
    undo = reverse("residents:merge-undo", args=[Merge.objects.get().id])
    assert client.post(undo, {"reason": "并错了"}).status_code == 302
    assert "已撤销" in client.get(merges).content.decode()
    assert "没有等您核对" in client.get(reverse("residents:reviews")).content.decode()


def test_the_api(client, world, pair):
    known, made, review = pair
    sign_in_as(client, Role.REGISTRAR, org=world.township)
    at = "/api/v1/identity-reviews/"
    assert [row["id"] for row in client.get(at).json()["items"]] == [str(review.id)]
    assert client.get(f"{at}{review.id}/").json()["left"]["resident_id"] == str(made.resident_id)
    said = {"verdict": "same", "reason": "本人到场"}
    merge_id = client.post(f"{at}{review.id}/settle/", said, content_type="application/json").json()["merge_id"]
    gone = client.get(f"/api/v1/residents/{made.resident_id}/identity/")
    assert (gone.status_code, gone.json()["code"]) == (409, "entry-merged")
    assert gone["Location"] == reverse("portal:resident", args=[known.id])
    assert client.get(f"/api/v1/residents/{known.id}/merges/").json()[0]["id"] == merge_id
    undone = client.post(f"/api/v1/merges/{merge_id}/undo/", {"reason": "并错了"}, content_type="application/json")
    assert undone.json()["undone_at"]
    again = {"retired_id": str(made.resident_id), "reason": "再次核实"}
    merged = client.post(f"/api/v1/residents/{known.id}/merge/", again, content_type="application/json")
    assert merged.status_code == 201
