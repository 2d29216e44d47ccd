"""What the trail calls organisations, people and their posts: names that every office may know."""

from typing import Any
from uuid import UUID

from django.db.models import Model

from tongmai.foundation.orgs.roles import Role

_ORGS = ("org_id", "sender_id", "receiver_id", "lead_id", "from_org_id", "to_org_id", "site_id", "centre_id")


def lend(wording: Any) -> None:
    """Let the trail name them; `wording` is the trail's own module."""
    from tongmai.foundation.orgs.models import Alliance, Department, Org, Post, Staff, User

    wording.name_ids(*_ORGS, named=lambda key: _one(Org, key, "name"))
    wording.name_ids("alliance_id", named=lambda key: _one(Alliance, key, "name"))
    wording.name_ids("department_id", named=lambda key: _one(Department, key, "org__short_name", "name"))
    wording.name_ids("staff_id", "doctor_id", named=lambda key: _one(Staff, key, "name", "number"))
    wording.name_ids("user_id", named=lambda key: _one(User, key, "display_name", "username"))
    wording.name_ids("post_id", "from_post_id", "to_post_id", named=lambda key: _post(Post, key))
    wording.say_codes("orgs", "role", role)


def role(code: str) -> str:
    """Return the word for a role."""
    return str(Role(code).label) if code in Role.values else code


def _one(model: type[Model], key: UUID, *fields: str) -> str:
    found = model._default_manager.filter(pk=key).values_list(*fields).first()
    return " ".join(str(part) for part in found if part) if found else ""


def _post(model: type[Model], key: UUID) -> str:
    found = model._default_manager.filter(pk=key).values_list("staff__name", "org__short_name", "role").first()
    return f"{found[0]} · {found[1]} · {role(found[2])}" if found else ""
