"""The doors: the county is the reach, what is beyond it does not exist."""

from datetime import timedelta

import pytest

from tongmai.foundation.orgs import access, policy, sessions
from tongmai.foundation.orgs.models import Agreement, Membership, Org, Post
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import NotFound, NotPermitted
from tongmai.kernel.policy import UnknownPolicy


def test_reach_is_the_county_and_the_outside(world):
    seen = set(access.visible_orgs(world.actor("nurse")).values_list("id", flat=True))
    assert seen == {each.id for each in world.orgs} - {world.stranger.id}


def test_fellow_members_of_an_alliance_across_counties_know_each_other(world):
    wide = factories.alliance("胸痛联盟", form="specialty_alliance", tightness="loose", county_code="")
    factories.membership(wide, world.lead, Membership.Part.LEAD)
    factories.membership(wide, world.stranger)
    nurse = world.actor("nurse")
    assert access.org(world.stranger.id, by=nurse).id == world.stranger.id
    assert access.alliance(wide.id, by=factories.actor("nurse", org=world.stranger)).id == wide.id
    with pytest.raises(NotPermitted):
        access.org(world.stranger.id, by=world.actor("system_admin"), to=Action.MANAGE_ORGS)
    with pytest.raises(NotFound):
        access.staff(factories.staff(at=world.stranger).id, by=world.actor("security_admin"))


def test_people_of_an_outside_hospital_are_kept_only_by_its_alliance(world):
    security = world.actor("security_admin")
    person = factories.staff(at=world.outside)
    with pytest.raises(NotFound):
        access.staff(person.id, by=security)
    factories.membership(world.alliance, world.outside)
    assert access.staff(person.id, by=security, to=Action.MANAGE_POSTS).id == person.id


def test_an_outside_hospital_keeps_only_itself(world):
    factories.membership(world.alliance, world.outside)
    there = factories.actor("security_admin", org=world.outside)
    assert set(access.staffed_orgs(there).values_list("id", flat=True)) == {world.outside.id}


def test_residents_and_auditors_see_no_organisation(world):
    from uuid import uuid4

    resident = world.actor("resident", resident_id=uuid4())
    for by in (resident, world.actor("audit_admin")):
        assert not access.visible_orgs(by).exists()
        assert not access.visible_staff(by).exists()
        assert not access.visible_alliances(by).exists()
        assert not access.visible_agreements(by).exists()
        assert not access.visible_posts(by).exists()


def test_the_system_sees_everything(world):
    system = world.actor("system")
    assert access.visible_orgs(system).count() == Org.objects.count()
    assert access.post(world.actor("nurse").post_id, by=system, to=Action.MANAGE_POSTS)


def test_an_agreement_is_known_on_both_sides_of_a_border(world):
    row = Agreement.objects.create(
        kind="support", from_org=world.stranger, to_org=world.lead, starts_on=factories.LONG_AGO
    )
    assert access.agreement(row.id, by=world.actor("nurse"))
    assert access.agreement(row.id, by=factories.actor("nurse", org=world.stranger))
    with pytest.raises(NotFound):
        access.agreement(row.id, by=factories.actor("nurse", org=factories.org("远县医院", division="340197")))


def test_posts_in_force_decide_who_one_is(world):
    doctor = world.actor("general_practitioner")
    user = world.user("general_practitioner")
    assert [post.id for post in sessions.posts_of(user, now=world.now)] == [doctor.post_id]
    Post.objects.filter(id=doctor.post_id).update(ends_before=world.now.date())
    assert sessions.posts_of(user, now=world.now) == []
    assert sessions.posts_of(user, now=world.now - timedelta(days=1))


def test_a_post_stops_with_its_agreement(world):
    agreement = Agreement.objects.create(
        kind="posting", from_org=world.lead, to_org=world.township, starts_on=factories.LONG_AGO
    )
    post = factories.post("specialist", at=world.township, agreement=agreement, posting="rounds")
    account = factories.user(post.staff)
    assert sessions.posts_of(account, now=world.now)
    Agreement.objects.update(ends_before=world.now.date())
    assert sessions.posts_of(account, now=world.now) == []


def test_policy_levels_of_an_organisation(world):
    on = world.now.date()
    assert policy.levels_of(world.village.id, on) == [
        ("alliance", world.alliance.code),
        ("county", "340199"),
        ("city", "3401"),
        ("province", "34"),
    ]
    assert policy.levels_of(None, on) == []
    assert policy.value("orgs.token_lifetime", on=on, at=world.village).int == 365
    with pytest.raises(UnknownPolicy):
        policy.value("no." + "such", on=on)


def test_an_unoverridden_policy_asks_no_question_of_the_database(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        policy.value("orgs.token_lifetime", on=world.now.date(), at=world.village.id)
