"""The hot reads say what the plain ones say, on both databases, and what cannot be kept is refused."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from tongmai.foundation.orgs import fast, services, sessions, vault
from tongmai.foundation.orgs.models import Org, Post, User
from tongmai.foundation.orgs.prepared import NotPreparable, Prepared
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories


def _pairs(posts):
    return [(post.id, post.role, post.org_id) for post in posts]


@pytest.mark.django_db
def test_posts_held_are_those_of_the_plain_read(world):
    person = factories.staff(at=world.lead)
    user = factories.user(person)
    today = world.now.date()
    factories.post(Role.NURSE, at=world.lead, of=person, is_main=False, starts_on=today - timedelta(days=3))
    factories.post(Role.SPECIALIST, at=world.tcm, of=person)
    factories.post(Role.MANAGER, at=world.lead, of=person, is_main=False, ends_before=today)
    for day in (today, today - timedelta(days=1), today - timedelta(days=30), date(2019, 1, 1)):
        at = world.now.replace(year=day.year, month=day.month, day=day.day)
        assert _pairs(fast.posts_held(person.id, day)) == _pairs(sessions.posts_of(user, now=at))
    held = fast.posts_held(person.id, today)[0]
    post = Post.objects.select_related("org", "staff").get(id=held.id)
    assert (held.name, held.org_name, held.county_code, held.level) == (
        post.staff.name, post.org.name, post.org.county_code, post.org.level,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_token_acts_in_its_post_as_long_as_all_of_it_holds(world):
    who, by, today = world.actor(Role.NURSE), world.actor(Role.SECURITY_ADMIN), world.now.date()
    issued = services.issue_token(by=by, post_id=who.post_id, name="检验系统", days=30)
    mine = vault.digest(issued.secret)
    post, user_id = fast.post_of_token(mine, now=world.now, on=today)
    assert (post.id, post.org_id, post.name, user_id) == (who.post_id, who.org_id, who.name, who.user_id)
    assert fast.post_of_token(vault.digest("other"), now=world.now, on=today) is None
    assert fast.post_of_token(mine, now=issued.expires_at, on=today) is None
    assert fast.post_of_token(mine, now=world.now, on=today - timedelta(days=4000)) is None
    for rows in (User.objects.filter(id=who.user_id), Org.objects.filter(id=who.org_id)):
        rows.update(is_active=False)
        assert fast.post_of_token(mine, now=world.now, on=today) is None
        rows.update(is_active=True)
    services.revoke_token(by=by, token_id=issued.id)
    assert fast.post_of_token(mine, now=world.now, on=today) is None


@pytest.mark.django_db
def test_a_closed_place_ends_its_posts_at_once(world):
    user = User.objects.filter(staff__posts__role=Role.NURSE).first()
    assert fast.posts_held(user.staff_id, world.now.date())
    Org.objects.filter(posts__staff=user.staff).update(is_active=False)
    assert fast.posts_held(user.staff_id, world.now.date()) == []


@pytest.mark.django_db
def test_each_actor_gets_her_own_rows(world):
    mine = Prepared(lambda by, **_: Org.objects.filter(id=by.org_id).values_list("name", flat=False))
    for role in (Role.SPECIALIST, Role.NURSE, Role.SPECIALIST):
        assert mine.rows(world.actor(role)) == [(world.actor(role).org_name,)]
    elsewhere = world.actor(Role.SPECIALIST, org=world.stranger)
    assert mine.rows(elsewhere) == [(world.stranger.name,)]


@pytest.mark.django_db
def test_beginnings_are_not_patterns(world):
    named = Prepared(lambda by, *, q: Org.objects.filter(name__prefix=q).order_by("name").values("name"))
    assert [row["name"] for row in named.rows(q="甲镇")] == ["甲镇卫生院", "甲镇示例村卫生室"]
    assert named.rows(q="%") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "build",
    [
        lambda by, *, at: Org.objects.filter(memberships__starts_on__lt=by.today - timedelta(days=30)).values("id"),
        lambda by, *, at: Org.objects.filter(name=f"{by.county_code}的").values("id"),
        lambda by, *, at: Org.objects.filter(id__in=list(Org.objects.values_list("id", flat=True))).values("id"),
    ],
    ids=["computes a day", "computes a text", "asks while it is built"],
)
def test_what_cannot_be_kept_is_refused(world, build):
    by = world.actor(Role.SPECIALIST)
    if connection.vendor != "postgresql":
        assert isinstance(Prepared(build).rows(by, at=uuid4()), list)
        return
    with pytest.raises(NotPreparable):
        Prepared(build).rows(by, at=uuid4())


@pytest.mark.django_db
def test_the_account_is_the_one_of_the_plain_read(world):
    plain = User.objects.filter(staff__posts__role=Role.NURSE).first()
    found = fast.account(plain.id)
    assert found == plain
    assert {f.attname: getattr(found, f.attname) for f in User._meta.concrete_fields} == {
        f.attname: getattr(plain, f.attname) for f in User._meta.concrete_fields
    }
    found.display_name = "示例"
    found.save()
    assert User.objects.get(id=plain.id).display_name == "示例"
    assert fast.account(uuid4()) is None


@pytest.mark.django_db
def test_a_deactivated_account_has_no_session_left(world, client):
    by = factories.sign_in_as(client, Role.NURSE, org=world.township, department=world.departments["general"])
    assert client.get("/me/").status_code == 200
    User.objects.filter(id=by.user_id).update(is_active=False)
    assert client.get("/me/").status_code == 302
