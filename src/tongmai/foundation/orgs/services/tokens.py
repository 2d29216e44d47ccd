"""API tokens: shown once when they are issued, kept as a digest, revoked at any time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import access, events, policy, rules, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import OwnRights
from tongmai.foundation.orgs.models import ApiToken, User
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.vault import digest
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.spans import covers

PREFIX = "tm_"


@dataclass(frozen=True)
class IssuedToken:
    """A token and its secret, which nobody can read again."""

    id: UUID
    secret: str
    name: str
    expires_at: datetime


@transaction.atomic
def issue_token(*, by: Actor, post_id: UUID, name: str, days: int) -> IssuedToken:
    """Issue a token that acts in a post for `days` days.  Each call makes another one: a secret cannot be shown twice.

    Raises:
        NotFound, NotPermitted: the post is out of reach, or `by` does not administer tokens.
        OwnRights: not for one's own post.
        InvalidInput: the post is not in force or its holder has no sign-in, or `days` is more than the policy allows.
    """
    post = access.post(post_id, by=by, to=Action.MANAGE_TOKENS, lock=True)
    if rules.is_own(by.staff_id, post.staff_id):
        raise OwnRights()
    longest = policy.value("orgs.token_lifetime", on=by.today, at=post.org_id).int
    if not 1 <= days <= longest:
        raise InvalidInput(field="days", problem=_("应为 1 至 %(longest)s 天") % {"longest": longest})
    if not covers(post.starts_on, post.ends_before, by.today) or not post.staff.is_active:
        raise InvalidInput(field="post", problem=_("岗位当前无效"))
    if not User.objects.filter(staff_id=post.staff_id, is_active=True).exists():
        raise InvalidInput(field="post", problem=_("该人员没有可用的账号"))
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        post=post,
        name=writing.text("name", name, most=60, least=1),
        digest=digest(secret),
        created_at=by.now,
        created_by_id=by.user_id,
        expires_at=by.now + timedelta(days=days),
    )
    issued = events.TokenIssued(token_id=row.id, post_id=post.id, expires_at=row.expires_at)
    record(issued, by=by, subject_id=post.staff_id)
    return IssuedToken(id=row.id, secret=secret, name=row.name, expires_at=row.expires_at)


@transaction.atomic
def revoke_token(*, by: Actor, token_id: UUID) -> ApiToken:
    """Make a token worthless at once.  A revoked one is returned as it is.

    Raises:
        NotFound: absent, or not one that `by` administers.
    """
    row = access.token(token_id, by=by, lock=True)
    if row.revoked_at is not None:
        return row
    row.revoked_at = by.now
    row.revoked_by_id = by.user_id
    row.save(update_fields=["revoked_at", "revoked_by"])
    record(events.TokenRevoked(token_id=row.id, post_id=row.post_id), by=by, subject_id=row.post.staff_id)
    return row
