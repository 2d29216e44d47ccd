"""Who must have a second factor, and which administrators lack one."""

from dataclasses import dataclass
from datetime import date

from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Post, valid_on
from tongmai.foundation.orgs.roles import ADMINISTRATORS, Role


@dataclass(frozen=True)
class WithoutFactor:
    """Somebody who acts in a post that asks for a second factor, and has none."""

    username: str
    name: str
    role: str
    org_name: str


def factor_for(by: Actor) -> bool:
    """Whether the policy asks a second factor of whoever acts in this post."""
    return by.role in policy.value("security.factor.required_roles", on=by.today, at=by.org_id).items


def without_factor(*, on: date) -> list[WithoutFactor]:
    """Return who holds, on that day, a post that asks for a second factor, can sign in, and has none; for operators."""
    rows = Post.objects.filter(valid_on(on), staff__user__is_active=True, staff__user__second_factor_on__isnull=True)
    found = []
    for post in rows.select_related("org", "staff__user").order_by("staff__number"):
        if post.role in policy.value("security.factor.required_roles", on=on, at=post.org).items:
            found.append(WithoutFactor(post.staff.user.username, post.staff.name, post.role, post.org.name))
    return found


def not_apart(*, on: date) -> list[str]:
    """Return the staff numbers of people who hold more than one administrator's post on that day; there should be none."""
    held: dict[str, int] = {}
    for number in Post.objects.filter(valid_on(on), role__in=ADMINISTRATORS).values_list("staff__number", flat=True):
        held[number] = held.get(number, 0) + 1
    return sorted(number for number, n_posts in held.items() if n_posts > 1)


def missing_administrators(*, on: date) -> list[Role]:
    """Return the kinds of administrator of whom nobody can sign in on that day."""
    present = set(
        Post.objects.filter(valid_on(on), staff__is_active=True, staff__user__is_active=True).values_list(
            "role", flat=True
        )
    )
    return [role for role in Role if role in ADMINISTRATORS and role not in present]
