"""Posts: given and ended.  The person's row is locked first, so that two conflicting posts cannot be given at once."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import access, events, rules
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import (
    AgreementMissing,
    OneAdministratorPost,
    OwnRights,
    PostOverlaps,
    RoleOutOfPlace,
    RolesApart,
)
from tongmai.foundation.orgs.models import Agreement, Department, Org, Post, Staff
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.services import administrators
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.spans import Span


@dataclass(frozen=True)
class PostEntry:
    """A post that is to be given."""

    staff_id: UUID
    org_id: UUID
    role: str
    starts_on: date
    ends_before: date | None = None
    department_id: UUID | None = None
    agreement_id: UUID | None = None
    posting: str = ""
    is_main: bool = False

    @property
    def span(self) -> Span:
        """The days of the post, half-open."""
        return (self.starts_on, self.ends_before)


@transaction.atomic
def give_post(*, by: Actor, entry: PostEntry) -> Post:
    """Give a person a post.  The same post twice is one.

    Raises:
        NotFound, NotPermitted: the person or organisation is out of reach, or `by` does not administer posts there.
        OwnRights: nobody gives herself a post.
        RoleOutOfPlace: such an organisation has no such role.
        RolesApart, OneAdministratorPost: with another post of hers in that time it would unite what must be apart.
        AgreementMissing: a licensed person would work where she is not registered, without an agreement.
        PostOverlaps, InvalidInput.
    """
    org = access.org(entry.org_id, by=by, to=Action.MANAGE_POSTS)
    staff = _person(entry.staff_id, by=by)
    _check_entry(entry, org, staff)
    held = list(Post.objects.filter(staff=staff))
    same = next((post for post in held if _is_same(post, entry)), None)
    if same:
        return same
    _check_beside(entry, staff, held)
    agreement = _agreement(entry, org, staff, by=by)
    if entry.is_main:
        Post.objects.filter(staff=staff, is_main=True).update(is_main=False)
    row = Post.objects.create(
        staff=staff,
        org=org,
        department_id=entry.department_id,
        role=entry.role,
        agreement=agreement,
        posting=entry.posting if agreement else "",
        is_main=entry.is_main or not held,
        starts_on=entry.starts_on,
        ends_before=entry.ends_before,
    )
    given = events.PostGiven(
        post_id=row.id,
        staff_id=staff.id,
        org_id=org.id,
        role=row.role,
        starts_on=row.starts_on,
        ends_before=row.ends_before,
    )
    record(given, by=by, subject_id=staff.id)
    return row


@transaction.atomic
def end_post(*, by: Actor, post_id: UUID, ends_before: date) -> Post | None:
    """End a post; one that has not begun by then is withdrawn (None is returned).  The same end twice changes nothing.

    Raises:
        NotFound, NotPermitted, OwnRights.
        LastAdministrator: from then on nobody would do this administrator's work.
        InvalidInput: later than it already ends, or it has begun and would never have been.
    """
    administrators.hold(access.post(post_id, by=by, to=Action.MANAGE_POSTS))
    row = access.post(post_id, by=by, to=Action.MANAGE_POSTS, lock=True)
    if rules.is_own(by.staff_id, row.staff_id):
        raise OwnRights()
    if row.ends_before == ends_before:
        return row
    if row.ends_before is not None and ends_before > row.ends_before:
        raise InvalidInput(field="ends_before", problem=_("不能晚于原定的结束之日；延长请给予新的岗位"))
    if ends_before <= row.starts_on:
        return _withdraw(row, by=by)
    administrators.check_not_last(row.staff_id, on=max(ends_before, by.today), roles={row.role})
    row.ends_before = ends_before
    row.save(update_fields=["ends_before"])
    ended = events.PostEnded(post_id=row.id, staff_id=row.staff_id, role=row.role, ends_before=ends_before)
    record(ended, by=by, subject_id=row.staff_id)
    return row


def _withdraw(row: Post, *, by: Actor) -> None:
    if row.starts_on <= by.today:
        raise InvalidInput(field="ends_before", problem=_("岗位已经开始，最早在开始次日结束"))
    gone = events.PostWithdrawn(post_id=row.id, staff_id=row.staff_id, role=row.role)
    row.delete()
    record(gone, by=by, subject_id=gone.staff_id)


def _person(staff_id: UUID, *, by: Actor) -> Staff:
    """Somebody registered elsewhere in reach may be given a post here; her own entry stays with her organisation."""
    access.require(by, Action.MANAGE_POSTS)
    staff = access.staff(staff_id, by=by, lock=True)
    if rules.is_own(by.staff_id, staff.id):
        raise OwnRights()
    if not staff.is_active:
        raise InvalidInput(field="staff", problem=_("该人员已停用"))
    return staff


def _check_entry(entry: PostEntry, org: Org, staff: Staff) -> None:
    if entry.role not in Role.values or not rules.role_fits(entry.role, kind=org.kind, level=org.level):
        label = Role(entry.role).label if entry.role in Role.values else entry.role
        raise RoleOutOfPlace(field="role", role=label, org=org.name)
    if entry.ends_before is not None and entry.ends_before <= entry.starts_on:
        raise InvalidInput(field="ends_before", problem=_("应晚于开始之日"))
    if not org.is_active:
        raise InvalidInput(field="org", problem=_("该机构已停用"))
    if entry.department_id is not None:
        known = Department.objects.filter(id=entry.department_id, org=org, is_active=True)
        if not known.exists():
            raise InvalidInput(field="department", problem=_("不是该机构在用的科室"))


def _check_beside(entry: PostEntry, staff: Staff, held: list[Post]) -> None:
    others = [rules.Held(post.role, (post.starts_on, post.ends_before)) for post in held]
    against = rules.held_against(entry.role, entry.span, others)
    if against:
        raise RolesApart(name=staff.name, held=Role(against.role).label, role=Role(entry.role).label)
    alike = [post for post in held if _key(post) == _key(entry)]
    if rules.clash(entry.span, [(post.starts_on, post.ends_before) for post in alike]):
        raise PostOverlaps(name=staff.name)
    if rules.is_second_administrator(entry.role, entry.span, others):
        raise OneAdministratorPost(name=staff.name)


def _agreement(entry: PostEntry, org: Org, staff: Staff, *, by: Actor) -> Agreement | None:
    """Return the agreement of a post elsewhere; the person's registration stays where it is."""
    if entry.agreement_id is None:
        if rules.needs_agreement(entry.role, registered_at=staff.practice_org_id, works_at=org.id):
            raise AgreementMissing(name=staff.name, registered=staff.practice_org.name, org=org.name)
        return None
    # Locked, so that it cannot end between the check and the post.
    agreement = access.agreement(entry.agreement_id, by=by, lock=True)
    cover = rules.Cover(agreement.from_org_id, agreement.to_org_id, (agreement.starts_on, agreement.ends_before))
    if not rules.is_covered(entry.span, registered_at=staff.practice_org_id, works_at=org.id, cover=cover):
        raise AgreementMissing(name=staff.name, registered=staff.practice_org.name, org=org.name)
    if entry.posting not in Post.Posting.values:
        raise InvalidInput(field="posting", problem=_("请写明是长期派驻、短期支援还是巡诊"))
    return agreement


def _is_same(post: Post, entry: PostEntry) -> bool:
    return (
        _key(post) == _key(entry)
        and (post.starts_on, post.ends_before) == entry.span
        and post.agreement_id == entry.agreement_id
    )


def _key(post: Post | PostEntry) -> tuple[UUID, UUID | None, str]:
    return (post.org_id, post.department_id, post.role)
