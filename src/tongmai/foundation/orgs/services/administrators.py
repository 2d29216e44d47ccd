"""The last administrator of each kind stays: without one, nobody could do that work or give anybody the post."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from tongmai.foundation.orgs.errors import LastAdministrator
from tongmai.foundation.orgs.models import Post, valid_on
from tongmai.foundation.orgs.roles import ADMINISTRATORS, Role


def hold(post: Post) -> None:
    """Lock every post of this administrator's kind in the county, in one order, before one of them is locked to end it."""
    if post.role in ADMINISTRATORS:
        _lock(Post.objects.filter(role=post.role, org__county_code=post.org.county_code))


def check_not_last(staff_id: UUID, *, on: date, roles: Collection[str] = ADMINISTRATORS) -> None:
    """Refuse to take a person out of the administrators' posts that she holds in `roles` if nobody else can do the work.

    In each county there is to be one more, from `on` on, who is in service and can sign in.  The posts of the kind are
    locked, so that two cannot take each other out at once.

    Raises:
        LastAdministrator: she is the last one.
    """
    held = Post.objects.filter(valid_on(on), staff_id=staff_id, role__in=set(roles) & ADMINISTRATORS)
    for role, county in set(held.values_list("role", "org__county_code")):
        alike = Post.objects.filter(valid_on(on), role=role, org__county_code=county)
        _lock(alike)
        others = alike.filter(staff__is_active=True, staff__user__is_active=True).exclude(staff_id=staff_id)
        if not others.exists():
            raise LastAdministrator(role=Role(role).label)


def _lock(rows: QuerySet[Post]) -> None:
    list(rows.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
