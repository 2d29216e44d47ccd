"""From a request to an actor.  The session remembers which post its user acts in."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from tongmai.foundation.orgs import passwords, required
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.fast import HeldPost, post_of_token, posts_held, posts_of_staff
from tongmai.foundation.orgs.models import Post, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.services import sign_ins
from tongmai.foundation.orgs.vault import digest
from tongmai.kernel.months import local_day
from tongmai.ui.api import PROGRAMS

SESSION_KEY = "post_id"
BY_CODE = "by_code"  # in the session of a resident who came in by a code to her phone: no password was asked


def posts_of(user: User, *, now: datetime) -> list[Post]:
    """Return the posts that `user` holds today, the main one first."""
    if user.staff_id is None:
        return []
    return list(posts_of_staff(user.staff_id, local_day(now)).select_related("org", "staff", "department"))


def held(request, *, now: datetime) -> list[HeldPost]:
    """Return the posts that the signed-in user of a request holds, the main one first; read once for each request."""
    if not hasattr(request, "posts_held"):
        staff_id = request.user.staff_id
        request.posts_held = posts_held(staff_id, local_day(now)) if staff_id is not None else []
    return request.posts_held


def choose_post(request, post_id: UUID, *, now: datetime) -> bool:
    """Let the signed-in user act in another of her posts; False when it is not hers or not valid."""
    if not any(post.id == post_id for post in held(request, now=now)):
        return False
    request.session[SESSION_KEY] = str(post_id)
    # Other processes remember the session as it was.
    sign_ins.look_again(request.user.id)
    return True


def has_token(request) -> bool:
    """Whether a program calls with a token; then its session, if it has one, counts for nothing."""
    return request.headers.get("Authorization", "").startswith("Bearer ") and request.path.startswith(PROGRAMS)


def actor_of(request, *, now: datetime) -> Actor | None:
    """Return the actor of `request`: by bearer token under /api/, else by the session.  None when signed out."""
    if has_token(request):
        return _actor_of_token(request.headers["Authorization"].removeprefix("Bearer ").strip(), now)
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    channel = "api" if request.path.startswith(PROGRAMS) else "page"
    if user.resident_id:
        return Actor(
            role=Role.RESIDENT,
            now=now,
            user_id=user.id,
            resident_id=user.resident_id,
            name=user.display_name,
            channel=channel,
        )
    post = _current_post(request, now)
    return _acting(post, user_id=user.id, now=now, channel=channel) if post else None


def must_change_password(request) -> bool:
    """Whether the request's session belongs to somebody whose password is still the initial one, or too old."""
    if has_token(request) or not request.user.is_authenticated or request.session.get(BY_CODE):
        return False
    return request.user.must_change_password or passwords.is_too_old(request.user, on=request.actor.today)


def must_add_factor(request) -> bool:
    """Whether the request's session acts in a post that asks for a second factor, and the account has none."""
    if not settings.SECOND_FACTOR_REQUIRED or has_token(request):
        return False
    return required.factor_for(request.actor) and request.user.second_factor_on is None


def actor_in(post: Post, *, now: datetime, user_id: UUID | None, channel: str = "page") -> Actor:
    """Return the actor who holds `post`."""
    return _acting(HeldPost.of(post), now=now, user_id=user_id, channel=channel)


def _acting(post: HeldPost, *, now: datetime, user_id: UUID | None, channel: str) -> Actor:
    return Actor(
        role=Role(post.role),
        now=now,
        user_id=user_id,
        post_id=post.id,
        staff_id=post.staff_id,
        org_id=post.org_id,
        department_id=post.department_id,
        county_code=post.county_code,
        level=post.level,
        name=post.name,
        org_name=post.org_name,
        channel=channel,
    )


def _actor_of_token(token: str, now: datetime) -> Actor | None:
    found = post_of_token(digest(token), now=now, on=local_day(now))
    return _acting(found[0], user_id=found[1], now=now, channel="api") if found else None


def _current_post(request, now: datetime) -> HeldPost | None:
    chosen = request.session.get(SESSION_KEY)
    posts = held(request, now=now)
    return next((post for post in posts if str(post.id) == chosen), posts[0] if posts else None)
