"""Many at the same moment: one decision wins, and no place is given twice."""

import itertools

import pytest

from tongmai.care.referrals import errors, services
from tongmai.care.referrals.models import Referral, SlotIssue, Transition
from tongmai.care.referrals.tests import factories
from tongmai.commons.capacity.models import Booking, Pool
from tongmai.commons.residents.tests import factories as residents
from tongmai.kernel.errors import StepNotAllowed

N = 64
FEW = 12


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_at_once_exactly_one_wins(threads):
    clinic = factories.clinic()
    referral = clinic.submitted()
    answers = [
        lambda: services.accept(referral_id=referral.id, by=clinic.specialist, seen_version=referral.version),
        lambda: services.decline(
            referral_id=referral.id, by=clinic.specialist, reason="床位已满", seen_version=referral.version
        ),
        lambda: services.return_for_information(
            referral_id=referral.id, by=clinic.coordinator, reason="请补充", seen_version=referral.version
        ),
        lambda: services.withdraw(
            referral_id=referral.id, by=clinic.gp, reason="不去了", seen_version=referral.version
        ),
    ]
    done = threads(N, lambda i: answers[i % len(answers)]()).only_errors_of(StepNotAllowed, errors.Conflict)
    assert len(done.results) == 1
    assert Transition.objects.filter(referral=referral).exclude(step__in=["draft", "submit"]).count() == 1
    assert Referral.objects.get(id=referral.id).state == done.results[0].state


@pytest.mark.django_db(transaction=True)
def test_withdrawing_and_moving_at_once_leave_counters_that_agree(threads):
    clinic = factories.clinic()
    pools = [clinic.pool(total=5, days=day) for day in (3, 4, 5)]
    referral = clinic.booked(pools[0])
    turns = itertools.cycle(pools)
    targets = [next(turns).id for _ in range(FEW)]

    def act(i):
        if i % 4 == 0:
            return services.withdraw(referral_id=referral.id, by=clinic.gp, reason="不去了")
        return services.reschedule(referral_id=referral.id, pool_ids=[targets[i]], by=clinic.specialist, reason="改期")

    threads(FEW, act).only_errors_of(StepNotAllowed, errors.Conflict)
    assert Referral.objects.get(id=referral.id).state == "withdrawn"
    for pool in Pool.objects.all():
        assert pool.taken_public + pool.taken_reserved + pool.taken_borrowed == 0
    assert Booking.objects.get().state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_the_last_reserved_places_are_given_once_and_the_others_are_not_lost(threads):
    clinic = factories.clinic()
    pool = clinic.pool(total=4, reserved=2)
    waiting = []
    for i in range(FEW):
        person = residents.resident(f"示例{i}")
        factories.signed_contract(person, doctor=clinic.gp)
        waiting.append(clinic.submitted(of=person))

    done = threads(
        FEW,
        lambda i: services.accept_and_book(referral_id=waiting[i].id, pool_ids=[pool.id], by=clinic.specialist),
    ).only_errors_of()
    states = sorted(result.state for result in done.results)
    assert states == ["accepted"] * (FEW - 4) + ["booked"] * 4
    pool.refresh_from_db()
    assert (pool.taken_reserved, pool.taken_borrowed) == (2, 2)
    assert SlotIssue.objects.filter(closed_at=None).count() == FEW - 4


@pytest.mark.django_db(transaction=True)
def test_one_open_referral_per_problem_however_many_try(threads):
    clinic = factories.clinic()
    drafts = [clinic.draft() for _ in range(FEW)]
    done = threads(FEW, lambda i: services.submit(referral_id=drafts[i].id, by=clinic.gp)).only_errors_of(
        errors.AlreadyOpen
    )
    assert len(done.results) == 1
    assert Referral.objects.filter(state="submitted").count() == 1
