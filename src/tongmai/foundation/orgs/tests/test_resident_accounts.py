"""A resident's sign-in that her first code opens: asked for by the door alone, made once."""

from uuid import uuid4

import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, actor, org
from tongmai.kernel.errors import NotPermitted

DOOR = Actor.system(now=NOW)


@pytest.mark.django_db
def test_open_account_by_code_makes_one_without_a_password():
    who = uuid4()
    assert services.resident_account(who) is None
    first = services.open_account_by_code(by=DOOR, resident_id=who, display_name="示例甲")
    again = services.open_account_by_code(by=DOOR, resident_id=who, display_name="示例甲")
    assert first == again == services.resident_account(who)
    row = User.objects.get()
    assert not row.has_usable_password() and not row.must_change_password and row.staff is None
    assert Event.objects.filter(name="orgs.ResidentAccountCreated").count() == 1


@pytest.mark.django_db
def test_a_stopped_account_is_none():
    who = uuid4()
    made = services.open_account_by_code(by=DOOR, resident_id=who, display_name="示例甲")
    User.objects.filter(id=made.id).update(is_active=False)
    assert services.resident_account(who) is None


@pytest.mark.django_db
def test_nobody_but_the_door_opens_one():
    registrar = actor(Role.REGISTRAR, org=org("示例卫生院"))
    with pytest.raises(NotPermitted):
        services.open_account_by_code(by=registrar, resident_id=uuid4(), display_name="示例甲")


def test_many_at_once_make_one(threads):
    who = uuid4()
    made = threads(4, lambda i: services.open_account_by_code(by=DOOR, resident_id=who, display_name="示例甲"))
    made.only_errors_of()
    assert len({row.id for row in made.results}) == 1 and User.objects.count() == 1
