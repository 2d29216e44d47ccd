"""A referral into a bed: several nights in one booking, or none; a full night is named."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tongmai.care.referrals import services
from tongmai.care.referrals.models import Referral, SlotIssue
from tongmai.commons.capacity.errors import NightFull
from tongmai.commons.capacity.models import Booking, Pool
from tongmai.commons.capacity.states import Kind
from tongmai.commons.capacity.tests import factories as capacity
from tongmai.foundation.orgs.tests.factories import sign_in_as


@pytest.fixture
def nights(clinic):
    """Six bed-days of a ward of two beds, from tomorrow on."""
    ward = capacity.resource(clinic.world.departments["cardiology"], Kind.BED)
    return capacity.bed_days(ward, clinic.world.now + timedelta(days=1), days=6, total=2)


@pytest.fixture
def as_specialist(client, clinic):
    sign_in_as(client, "specialist", org=clinic.world.lead)
    return client


def _ids(pools):
    return [pool.id for pool in pools]


def _fill(pool, clinic):
    for _ in range(2):
        Pool.objects.filter(id=pool.id).update(taken_public=1, taken_reserved=1)


def test_all_nights_are_booked_moved_and_given_back(clinic, nights):
    referral = clinic.submitted(wants="bed")
    booked = services.accept_and_book(referral_id=referral.id, pool_ids=_ids(nights[:3]), by=clinic.specialist)
    assert booked.state == "booked"
    assert booked.booked_place.startswith("11-21 – 11-24 ")
    services.reschedule(
        referral_id=referral.id, pool_ids=_ids(nights[1:5]), by=clinic.specialist, reason="患者要求推迟"
    )
    assert Booking.objects.get().n_places == 4
    assert list(Pool.objects.order_by("day").values_list("taken_public", flat=True)) == [0, 1, 1, 1, 1, 0]
    services.withdraw(referral_id=referral.id, by=clinic.gp, reason="家属改变主意")
    assert set(Pool.objects.values_list("taken_public", flat=True)) == {0}


def test_a_full_night_keeps_the_referral_and_is_named(clinic, nights):
    _fill(nights[1], clinic)
    referral = clinic.submitted(wants="bed")
    kept = services.accept_and_book(referral_id=referral.id, pool_ids=_ids(nights[:3]), by=clinic.specialist)
    assert kept.state == "accepted"
    assert SlotIssue.objects.get(referral=referral).full_on == nights[1].day
    with pytest.raises(NightFull) as caught:
        services.book(referral_id=referral.id, pool_ids=_ids(nights[1:3]), by=clinic.specialist)
    assert str(nights[1].day) in str(caught.value)
    assert not Booking.objects.exists()


def test_the_page_offers_the_nights_and_books_them(clinic, nights, as_specialist):
    _fill(nights[4], clinic)
    referral = clinic.submitted(wants="bed")
    address = reverse("referrals:book", args=[referral.id])
    text = as_specialist.get(address, {"from_day": nights[0].day, "nights": 3}).content.decode()
    pools = " ".join(str(key) for key in _ids(nights[:3]))
    assert f'value="{pools}"' in text
    broken = as_specialist.get(address, {"from_day": nights[3].day, "nights": 3}).content.decode()
    assert f"{nights[4].day:%m-%d} 晚已满" in broken
    assert 'name="pool_ids"' not in broken
    assert as_specialist.post(address, {"pool_ids": pools, "reason": ""}).status_code == 302
    assert Referral.objects.get().state == "booked"
    again = as_specialist.get(address).content.decode()  # now it is a move: from the nights that are booked
    assert again.count("本预约") == 3


def test_the_page_says_which_night_was_full(clinic, nights, as_specialist):
    referral = clinic.submitted(wants="bed")
    _fill(nights[2], clinic)
    pools = " ".join(str(key) for key in _ids(nights[1:4]))
    answer = as_specialist.post(reverse("referrals:book", args=[referral.id]), {"pool_ids": pools}, follow=True)
    assert f"{nights[2].day} 晚没有床位，已接收并列入待排号" in answer.content.decode()
