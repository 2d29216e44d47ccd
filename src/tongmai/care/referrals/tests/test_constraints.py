"""The database refuses nonsense: each constraint is violated once."""

import pytest
from django.db import IntegrityError, transaction

from tongmai.care.referrals.models import Consent, DownPlan, FollowUp, Referral, SlotIssue, Transition
from tongmai.care.referrals.presenters import _TAGS
from tongmai.care.referrals.states import ALL_STATES


@pytest.mark.parametrize(
    "values",
    [
        {"state": "submitted", "consent": None},
        {"state": "submitted", "submitted_at": None, "submitted_by": None},
        {"state": "booked"},
        {"state": "reviewing"},
        {"state": "declined"},
        {"sent_at": None},
        {"is_inside": False},
        {"paperwork_until": "2026-12-01T00:00:00+08:00"},
        {"closed_at": "2026-12-01T00:00:00+08:00"},
    ],
    ids=lambda values: "-".join(values),
)
def test_a_referral_that_cannot_be(clinic, values):
    referral = clinic.submitted()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(id=referral.id).update(**values)


def test_nobody_refers_to_herself(clinic):
    draft = clinic.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(id=draft.id).update(receiver=draft.sender_id)


def test_one_open_referral_per_problem_and_one_number_per_system(clinic):
    clinic.submitted()
    second = clinic.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(id=second.id).update(
            state="submitted", sent_at=clinic.world.now, submitted_at=clinic.world.now
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.update(external_system="HIS", external_number="1")


def test_a_decision_that_wants_a_reason_has_one(clinic):
    referral = clinic.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Transition.objects.create(
            referral=referral, step="decline", from_state="submitted", to_state="declined", at=clinic.world.now,
            by_name="", by_role="specialist",
        )  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        {"how": "oral", "agreed_name": "甲", "relation": "self"},
        {"how": "emergency", "relation": "nobody"},
        {"how": "signature", "relation": "self"},
    ],
)
def test_a_consent_that_says_too_little(clinic, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(text_version="1", taken_at=clinic.world.now, **values)


def test_one_open_slot_issue_and_a_resolution_when_it_is_closed(clinic):
    referral = clinic.accepted()
    issue = SlotIssue.objects.get(referral=referral)
    with pytest.raises(IntegrityError), transaction.atomic():
        SlotIssue.objects.create(referral=referral, org=referral.receiver, wants="clinic", opened_at=clinic.world.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        SlotIssue.objects.filter(id=issue.id).update(closed_at=clinic.world.now)


def test_plans_and_follow_ups(clinic):
    referral = clinic.received()
    first = FollowUp.objects.filter(referral=referral).first()
    for values in (
        {"done_at": clinic.world.now},
        {"result": "stable"},
        {"dropped_at": clinic.world.now},
        {"number": 2},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FollowUp.objects.filter(id=first.id).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        DownPlan.objects.filter(referral=referral).update(discharge_summary="")


def test_every_state_has_a_tag():
    assert set(_TAGS) == set(ALL_STATES)
