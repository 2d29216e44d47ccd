"""Programs and people that call the API, one for each role, and the ids that they may name."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from tongmai.foundation.orgs.models import ApiToken, User
from tongmai.foundation.orgs.roles import GRANTABLE, Role
from tongmai.foundation.orgs.sessions import digest
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.orgs.tests.factories import CountyWorld

ROLES = tuple(role for role in Role if role in GRANTABLE)

# Whose id a field of a body or query names; `tests/living.py` says which row that is.
MEANT = {
    "receiver_id": "org_id", "sender_id": "org_id", "practice_org_id": "org_id", "parent_id": "org_id",
    "lead_id": "org_id", "from_org_id": "org_id", "to_org_id": "org_id", "new_lead_id": "org_id",
    "receiver_department_id": "department_id", "up_id": "referral_id", "doctor_id": "staff_id", "leader_id": "staff_id",
    "pool_ids": "pool_id", "care_org_id": "org_id", "staff_ids": "staff_id", "first_pool_id": "pool_id",
}  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """Somebody who calls: what identifies her is in the headers."""

    role: str
    headers: dict[str, str]


def callers(world: CountyWorld, *, resident_id: UUID) -> list[Caller]:
    """Return a program with a token for each role of `ROLES`, a resident in her browser, and a visitor."""
    found = [Caller(role, {"Authorization": f"Bearer {token(world, role)}"}) for role in ROLES]
    return [*found, Caller("resident", _session(resident_id)), Caller("visitor", {})]


def token(world: CountyWorld, role: Role) -> str:
    """Return the secret of a token with which a program acts in the post of `role`."""
    who = world.actor(role)
    secret = f"tm_{who.post_id}"
    ApiToken.objects.create(
        post_id=who.post_id, name="测试", digest=digest(secret), created_at=who.now,
        created_by=User.objects.get(id=who.user_id), expires_at=who.now + timedelta(days=365),
    )  # fmt: skip
    return secret


def named_by(field: str, objects: dict[str, Any]) -> Any:
    """Return the id of the existing row that a field of this name would name, else None."""
    return objects.get(MEANT.get(field, field)) if field.endswith(("_id", "_ids")) else None


def _session(resident_id: UUID) -> dict[str, str]:
    client = Client()
    client.force_login(User.objects.get(id=factories.actor(Role.RESIDENT, resident_id=resident_id).user_id))
    csrf = "c" * 32
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={csrf}"
    return {"Cookie": cookies, "X-CSRFToken": csrf}
