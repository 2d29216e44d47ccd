"""The hot reads of this app, each asked at every request (see prepared.py).  tests/test_fast.py holds them to their twins."""

from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

from django.db import router
from django.db.models import Q, QuerySet

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Post, User
from tongmai.foundation.orgs.prepared import Prepared


@dataclass(frozen=True)
class HeldPost:
    """A post that somebody holds, with what an actor in it is told."""

    id: UUID
    role: str
    staff_id: UUID
    org_id: UUID
    department_id: UUID | None
    county_code: str
    level: str
    name: str
    org_name: str

    @classmethod
    def of(cls, post: Post) -> "HeldPost":
        """Return what a row says, read the plain way."""
        return cls(*(attrgetter(field.replace("__", "."))(post) for field in _FIELDS))


_FIELDS = (
    "id", "role", "staff_id", "org_id", "department_id", "org__county_code", "org__level", "staff__name", "org__name",
)  # fmt: skip


def posts_held(staff_id: UUID, on: date) -> list[HeldPost]:
    """Return the posts that somebody holds on a day, the main one first.  Twin: `sessions.posts_of`."""
    return [HeldPost(*row) for row in _HELD.rows(staff_id=staff_id, on=on)]


def post_of_token(digest: str, *, now: datetime, on: date) -> tuple[HeldPost, UUID] | None:
    """Return the post in which a program with this token acts at a moment of a day, and the account of who holds it."""
    rows = _OF_TOKEN.rows(digest=digest, at=now, on=on)
    return (HeldPost(*rows[0][:-1]), rows[0][-1]) if rows else None


def account(user_id: UUID) -> User | None:
    """Return the account of this id.  Twin: `User.objects.get(id=user_id)`."""
    rows = _ACCOUNT.rows(user_id=user_id)
    return User.from_db(router.db_for_read(User), _COLUMNS, rows[0]) if rows else None


def valid_posts(on: date) -> QuerySet[Post]:
    """Return the posts in which somebody may act on a day: the post, its holder, its place, and its agreement hold."""
    return (
        Post.objects.filter(starts_on__lte=on, staff__is_active=True, org__is_active=True)
        .filter(Q(ends_before__isnull=True) | Q(ends_before__gt=on))
        .filter(Q(agreement__isnull=True) | Q(agreement__ends_before__isnull=True) | Q(agreement__ends_before__gt=on))
    )


def posts_of_staff(staff_id: UUID, on: date) -> QuerySet[Post]:
    """Return the posts of one person on a day, the main one first."""
    return valid_posts(on).filter(staff_id=staff_id).order_by("-is_main", "starts_on", "id")


def _held(by: Actor | None, *, staff_id: UUID, on: date) -> QuerySet:
    return posts_of_staff(staff_id, on).values_list(*_FIELDS)


def _of_token(by: Actor | None, *, digest: str, at: datetime, on: date) -> QuerySet:
    rows = valid_posts(on).filter(
        tokens__digest=digest, tokens__expires_at__gt=at, tokens__revoked_at__isnull=True, staff__user__is_active=True
    )
    return rows.order_by().values_list(*_FIELDS, "staff__user__id")


_COLUMNS = tuple(field.attname for field in User._meta.concrete_fields)


def _account(by: Actor | None, *, user_id: UUID) -> QuerySet:
    return User.objects.filter(id=user_id).values_list(*_COLUMNS)


_HELD = Prepared(_held)
_OF_TOKEN = Prepared(_of_token)
_ACCOUNT = Prepared(_account)
