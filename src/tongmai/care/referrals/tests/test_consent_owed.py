"""A referral that a message brings without consent: who records it, and what waits for it."""

import pytest

from tongmai.care.referrals import services
from tongmai.care.referrals.tests.factories import CONSENT
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import StepNotAllowed


def external(clinic, resident, **changes):
    content = services.Content(
        receiver_id=clinic.world.lead.id, diagnosis_code="I10.x00", reason="血压控制不佳", **changes
    )
    return services.receive_external(
        external_system="EHR",
        external_number="E1",
        resident_id=resident.id,
        sender_org_id=clinic.world.township.id,
        content=content,
        by=Actor.system(now=clinic.world.now),
    )[0]


def test_the_receiver_records_it_once(clinic):
    referral = external(clinic, clinic.resident)
    with pytest.raises(StepNotAllowed):
        services.record_consent(referral_id=referral.id, consent_given=CONSENT, by=clinic.gp)
    done = services.record_consent(referral_id=referral.id, consent_given=CONSENT, by=clinic.specialist)
    assert not done.consent.is_missing
    assert done.consent.replaces.is_missing
    with pytest.raises(StepNotAllowed):
        services.record_consent(referral_id=referral.id, consent_given=CONSENT, by=clinic.specialist)


def test_a_down_referral_waits_for_it_below(clinic):
    referral, is_new = services.receive_external_down(
        external_system="HIS",
        external_number="D1",
        resident_id=clinic.resident.id,
        sender_org_id=clinic.world.lead.id,
        plan=clinic.plan(),
        by=Actor.system(now=clinic.world.now),
    )
    assert (is_new, referral.state, referral.plan.medicines.count()) == (True, "submitted", 1)
    services.accept(referral_id=referral.id, by=clinic.gp)
    with pytest.raises(StepNotAllowed):
        services.receive(referral_id=referral.id, by=clinic.gp)
