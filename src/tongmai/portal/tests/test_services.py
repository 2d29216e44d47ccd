import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.portal import services


@pytest.fixture
def doctor(db):
    return factories.actor(Role.GENERAL_PRACTITIONER, org=factories.org("示例卫生院"))


def _only_event():
    [event] = Event.objects.filter(name__startswith="portal.")
    return event


def test_a_sign_in_is_written_with_its_post(doctor):
    services.note_sign_in(by=doctor)
    event = _only_event()
    assert (event.name, event.subject_id, event.at) == ("portal.SignedIn", doctor.user_id, doctor.now)
    assert event.payload["post_id"] == str(doctor.post_id)


def test_a_refusal_is_written_by_the_system_and_cut_to_length(doctor):
    services.note_refusal("x" * 500, by=Actor.system(now=doctor.now))
    event = _only_event()
    assert (event.name, event.by_role, event.payload) == ("portal.SignInRefused", "system", {"username": "x" * 60})


def test_a_sign_out_is_written(doctor):
    services.note_sign_out(by=doctor)
    assert _only_event().name == "portal.SignedOut"


def test_a_switch_says_from_where_to_where(doctor):
    other = factories.post(Role.SPECIALIST, at=factories.org("示例县医院"))
    services.note_switch(other.id, by=doctor)
    event = _only_event()
    assert event.payload["from_post_id"] == str(doctor.post_id)
    assert event.payload["to_post_id"] == str(other.id)
