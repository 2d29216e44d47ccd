"""Three administrators, three people, and never none."""

from datetime import timedelta

import pytest

from tongmai.foundation.orgs import required, services
from tongmai.foundation.orgs.errors import LastAdministrator, OneAdministratorPost, OwnRights, RolesApart
from tongmai.foundation.orgs.models import Post, Staff, User
from tongmai.foundation.orgs.services.posts import PostEntry
from tongmai.foundation.orgs.tests import factories

KINDS = ("system_admin", "security_admin", "audit_admin")


def _entry(staff, role, org, **more):
    return PostEntry(staff_id=staff.id, org_id=org.id, role=role, starts_on=factories.NOW.date(), **more)


def _second(world, role):
    person = factories.staff(at=world.lead)
    factories.user(person)
    return factories.post(role, at=world.lead, of=person)


@pytest.mark.parametrize("held", KINDS)
@pytest.mark.parametrize("asked", KINDS)
def test_one_person_never_holds_two_administrators_posts(world, security, held, asked):
    person = factories.staff(at=world.lead)
    factories.post(held, at=world.lead, of=person)
    refused = OneAdministratorPost if held == asked else RolesApart
    with pytest.raises(refused):
        services.give_post(by=security, entry=_entry(person, asked, world.township))


def test_nobody_appoints_herself(world, security):
    person = Staff.objects.get(id=security.staff_id)
    for role in (*KINDS, "manager"):
        with pytest.raises(OwnRights):
            services.give_post(by=security, entry=_entry(person, role, world.lead))


@pytest.mark.parametrize("role", ["system_admin", "audit_admin"])
def test_the_last_administrator_of_a_kind_stays(world, security, role):
    last = world.actor(role)
    tomorrow = factories.NOW.date() + timedelta(days=1)
    for remove in (
        lambda: services.end_post(by=security, post_id=last.post_id, ends_before=tomorrow),
        lambda: services.deactivate_account(by=security, staff_id=last.staff_id),
        lambda: services.deactivate_staff(by=security, staff_id=last.staff_id, version=None, reason="x"),
    ):
        with pytest.raises(LastAdministrator):
            remove()
    _second(world, role)
    assert services.end_post(by=security, post_id=last.post_id, ends_before=tomorrow).ends_before == tomorrow


def test_one_who_cannot_sign_in_does_not_count(world, security):
    last, other = world.actor("audit_admin"), _second(world, "audit_admin")
    User.objects.filter(staff=other.staff).update(is_active=False)
    with pytest.raises(LastAdministrator):
        services.deactivate_account(by=security, staff_id=last.staff_id)


def test_administrators_of_another_county_do_not_count(world, security):
    factories.actor("audit_admin", org=world.stranger)
    with pytest.raises(LastAdministrator):
        services.deactivate_account(by=security, staff_id=world.actor("audit_admin").staff_id)


def test_two_cannot_take_each_other_out_at_once(transactional_db, threads):
    world = factories.county_world()
    world.actor("security_admin")
    _second(world, "security_admin")
    held = list(Post.objects.filter(role="security_admin", org=world.lead).select_related("staff", "org"))
    first, second = (factories.actor_in(post, user_id=post.staff.user.id, now=factories.NOW) for post in held)
    pairs = [(first, second), (second, first)]
    tomorrow = factories.NOW.date() + timedelta(days=1)

    def end(number):
        by, other = pairs[number]
        try:
            services.end_post(by=by, post_id=other.post_id, ends_before=tomorrow)
        except LastAdministrator:
            return "kept"
        return "ended"

    assert sorted(threads(2, end).results) == ["ended", "kept"]


def test_who_lacks_a_factor_is_listed_for_operators(world):
    on = factories.NOW.date()
    assert {each.role for each in required.without_factor(on=on)} == set(KINDS)
    User.objects.filter(id=world.actor("audit_admin").user_id).update(second_factor_on=on)
    assert {each.role for each in required.without_factor(on=on)} == {"system_admin", "security_admin"}


def test_posts_that_are_not_apart_and_missing_kinds_are_found(world):
    on = factories.NOW.date()
    assert required.not_apart(on=on) == [] and required.missing_administrators(on=on) == []
    person = Staff.objects.get(id=world.actor("audit_admin").staff_id)
    factories.post("security_admin", at=world.lead, of=person, ends_before=on + timedelta(days=9), is_main=False)
    assert required.not_apart(on=on) == [person.number]
    User.objects.filter(staff=person).update(is_active=False)
    assert required.missing_administrators(on=on) == ["audit_admin"]
