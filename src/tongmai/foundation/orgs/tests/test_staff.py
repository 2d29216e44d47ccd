"""People and their posts: who may hold what, where, and together with what."""

from datetime import date

import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.errors import (
    AgreementMissing,
    AlreadyExists,
    OwnRights,
    PostOverlaps,
    RoleOutOfPlace,
    RolesApart,
)
from tongmai.foundation.orgs.models import Agreement, Post, Staff
from tongmai.foundation.orgs.services.posts import PostEntry
from tongmai.foundation.orgs.services.staff import StaffEntry
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, VersionConflict

DAY = date(2026, 11, 20)
LATER = date(2027, 1, 1)


def hire(by, at, number="G001", name="单示例"):
    return services.hire(by=by, number=number, entry=StaffEntry(name=name, practice_org_id=at.id))


def give(by, person, at, role, starts_on=DAY, **fields):
    entry = PostEntry(staff_id=person.id, org_id=at.id, role=role, starts_on=starts_on, **fields)
    return services.give_post(by=by, entry=entry)


def test_hire_is_found_by_the_reading_of_the_surname(world, security):
    row = hire(security, world.township)
    assert "|shanshili|" in row.search_keys
    assert hire(security, world.township).id == row.id
    with pytest.raises(AlreadyExists):
        hire(security, world.township, name="另一人")


def test_hire_refusals(world, security, system):
    with pytest.raises(NotPermitted):
        hire(system, world.township)
    with pytest.raises(NotFound):
        hire(security, world.stranger)
    with pytest.raises(NotPermitted):
        hire(security, world.outside)
    with pytest.raises(InvalidInput):
        entry = StaffEntry(name="甲", practice_org_id=world.lead.id, grade="chief")
        services.hire(by=security, number="G1", entry=entry)


def test_change_staff(world, security):
    row = hire(security, world.township)
    entry = StaffEntry(name="改示例", practice_org_id=world.township.id, grade="intermediate")
    changed = services.change_staff(by=security, staff_id=row.id, version=1, entry=entry)
    assert (changed.name, changed.version) == ("改示例", 2)
    with pytest.raises(VersionConflict):
        services.change_staff(by=security, staff_id=row.id, version=1, entry=StaffEntry("丙", world.township.id))
    with pytest.raises(OwnRights):
        services.change_staff(by=security, staff_id=security.staff_id, version=1, entry=entry)


def test_deactivate_staff_ends_posts_and_sign_in_at_once(world, security):
    doctor = world.actor("general_practitioner")
    factories.post("nurse", at=world.township, of=Staff.objects.get(id=doctor.staff_id), starts_on=LATER)
    services.deactivate_staff(by=security, staff_id=doctor.staff_id, version=1, reason="离职")
    services.deactivate_staff(by=security, staff_id=doctor.staff_id, version=1, reason="离职")
    assert [post.ends_before for post in Post.objects.filter(staff_id=doctor.staff_id)] == [date(2026, 11, 21)]
    user = Staff.objects.get(id=doctor.staff_id).user
    assert not user.is_active
    back = services.reactivate_staff(by=security, staff_id=doctor.staff_id, version=2)
    assert back.is_active and not Staff.objects.get(id=doctor.staff_id).user.is_active
    assert Event.objects.filter(name="orgs.StaffDeactivated").count() == 1


def test_give_post_twice_is_one(world, security):
    person = hire(security, world.township)
    first = give(security, person, world.township, "nurse")
    assert first.is_main
    assert give(security, person, world.township, "nurse").id == first.id
    with pytest.raises(PostOverlaps):
        give(security, person, world.township, "nurse", starts_on=LATER)
    assert Event.objects.filter(name="orgs.PostGiven").count() == 1


def test_give_post_refuses_what_does_not_fit(world, security):
    person = hire(security, world.township)
    for role in ("village_doctor", "health_commission", "resident", "system", "king"):
        with pytest.raises(RoleOutOfPlace):
            give(security, person, world.township, role)
    with pytest.raises(InvalidInput):
        give(security, person, world.township, "nurse", ends_before=DAY)
    with pytest.raises(InvalidInput):
        give(security, person, world.township, "nurse", department_id=world.departments["surgery"].id)
    with pytest.raises(NotFound):
        give(security, person, world.stranger, "nurse")
    with pytest.raises(NotPermitted):
        give(world.actor("system_admin"), person, world.township, "nurse")


def test_nobody_gives_ends_or_resets_her_own(world, security):
    me = Staff.objects.get(id=security.staff_id)
    with pytest.raises(OwnRights):
        give(security, me, world.lead, "manager")
    with pytest.raises(OwnRights):
        services.end_post(by=security, post_id=security.post_id, ends_before=LATER)
    with pytest.raises(OwnRights):
        services.reset_password(by=security, staff_id=me.id)
    with pytest.raises(OwnRights):
        services.issue_token(by=security, post_id=security.post_id, name="x", days=1)


def test_the_administrators_are_three_people_and_touch_no_record(world, security):
    person = hire(security, world.lead)
    give(security, person, world.lead, "audit_admin", ends_before=LATER)
    for role in ("system_admin", "security_admin", "registrar", "referral_coordinator", "pharmacist"):
        with pytest.raises(RolesApart):
            give(security, person, world.lead, role)
    give(security, person, world.lead, "manager")
    assert give(security, person, world.lead, "system_admin", starts_on=LATER)


def test_a_doctor_practises_elsewhere_only_under_an_agreement_for_all_of_the_time(world, security):
    doctor = Staff.objects.get(id=world.actor("specialist").staff_id)
    agreement = Agreement.objects.create(
        kind="posting", from_org=world.lead, to_org=world.township, starts_on=DAY, ends_before=LATER
    )
    with pytest.raises(AgreementMissing):
        give(security, doctor, world.township, "specialist")
    under = {"agreement_id": agreement.id, "posting": "long_term"}
    with pytest.raises(AgreementMissing):
        give(security, doctor, world.township, "specialist", **under)
    with pytest.raises(AgreementMissing):
        give(security, doctor, world.other_township, "specialist", ends_before=LATER, **under)
    with pytest.raises(InvalidInput):
        give(security, doctor, world.township, "specialist", ends_before=LATER, agreement_id=agreement.id)
    post = give(security, doctor, world.township, "specialist", ends_before=LATER, **under)
    assert (post.posting, post.agreement_id) == ("long_term", agreement.id)


def test_end_post(world, security):
    person = hire(security, world.township)
    post = give(security, person, world.township, "nurse", starts_on=date(2026, 11, 1))
    with pytest.raises(InvalidInput):
        services.end_post(by=security, post_id=post.id, ends_before=date(2026, 10, 1))
    services.end_post(by=security, post_id=post.id, ends_before=LATER)
    services.end_post(by=security, post_id=post.id, ends_before=LATER)
    with pytest.raises(InvalidInput):
        services.end_post(by=security, post_id=post.id, ends_before=date(2027, 6, 1))
    later = give(security, person, world.township, "nurse", starts_on=LATER)
    assert services.end_post(by=security, post_id=later.id, ends_before=LATER) is None
    assert not Post.objects.filter(id=later.id).exists()


def test_two_who_give_conflicting_posts_at_once(transactional_db, threads):
    world = factories.county_world()
    by = world.actor("security_admin")
    person = factories.staff(at=world.lead)
    roles = ["system_admin", "audit_admin", "specialist", "system_admin"]
    outcomes = threads(4, lambda i: give(by, person, world.lead, roles[i]).role).only_errors_of(RolesApart)
    held = set(Post.objects.filter(staff=person).values_list("role", flat=True))
    assert len(held) == 1 and held == set(outcomes.results)
