"""People: taken on, changed, taken out of service, taken back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import access, events, rules, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import OwnRights
from tongmai.foundation.orgs.models import Post, Staff, User
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.services import administrators, sign_ins
from tongmai.kernel.errors import InvalidInput


@dataclass(frozen=True)
class StaffEntry:
    """What is entered of a person and may be changed later."""

    name: str
    practice_org_id: UUID
    grade: str = Staff.Grade.NONE
    licence_number: str = ""
    phone: str = ""


@transaction.atomic
def hire(*, by: Actor, number: str, entry: StaffEntry) -> Staff:
    """Enter a member of staff.  One with the same number and the same values is returned as it is.

    Raises:
        NotPermitted, NotFound: the post may not, or the organisation is out of reach.
        InvalidInput: naming the field.
        AlreadyExists: the number belongs to somebody else.
    """
    access.require(by, Action.MANAGE_POSTS)
    values = _checked(entry, by=by)
    number = writing.text("number", number, most=32, least=1)
    same = access.visible_staff(by).filter(number=number, **values).first()
    if same:
        return same
    row = Staff(number=number, search_keys=writing.person_keys(values["name"], number), **values)
    writing.insert(row, value=number)
    record(events.StaffHired(staff_id=row.id, number=number, org_id=row.practice_org_id), by=by, subject_id=row.id)
    return row


@transaction.atomic
def change_staff(*, by: Actor, staff_id: UUID, version: int | None, entry: StaffEntry) -> Staff:
    """Change what is known of a person; the staff number stays.

    Raises:
        NotFound, NotPermitted, VersionConflict, InvalidInput.
        OwnRights: nobody changes her own entry.
    """
    row = _to_change(staff_id, by=by)
    values = _checked(entry, by=by)
    changed = writing.change(
        row, values | {"search_keys": writing.person_keys(values["name"], row.number)}, seen=version
    )
    if "name" in changed:
        User.objects.filter(staff=row).update(display_name=row.name)
    if changed:
        named = [name for name in changed if name != "search_keys"]
        record(events.StaffChanged(staff_id=row.id, fields=named), by=by, subject_id=row.id)
    return row


@transaction.atomic
def deactivate_staff(*, by: Actor, staff_id: UUID, version: int | None, reason: str) -> Staff:
    """Take a person out of service: she cannot sign in from now on; her posts end with today, later ones are withdrawn.

    Raises:
        NotFound, NotPermitted, VersionConflict, OwnRights.
        LastAdministrator: without her nobody could do an administrator's work.
        InvalidInput: no reason.
    """
    row = _to_change(staff_id, by=by)
    if not row.is_active:
        return row
    reason = writing.text("reason", reason, most=200, least=1)
    administrators.check_not_last(row.id, on=by.today)
    writing.change(row, {"is_active": False}, seen=version)
    tomorrow = by.today + timedelta(days=1)
    # A token is issued only for a post that has begun, so nothing refers to the later ones.
    Post.objects.filter(staff=row, starts_on__gt=by.today).delete()
    lasting = Post.objects.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=tomorrow), staff=row)
    n_posts = lasting.update(ends_before=tomorrow)
    User.objects.filter(staff=row).update(is_active=False)
    for account in User.objects.filter(staff=row):
        sign_ins.end_all(account, now=by.now)
    gone = events.StaffDeactivated(staff_id=row.id, reason=reason, n_posts=n_posts)
    record(gone, by=by, subject_id=row.id)
    return row


@transaction.atomic
def reactivate_staff(*, by: Actor, staff_id: UUID, version: int | None) -> Staff:
    """Take a person back.  Posts and account are given anew, by someone who looks at them.

    Raises:
        NotFound, NotPermitted, VersionConflict, OwnRights.
    """
    row = _to_change(staff_id, by=by)
    if row.is_active:
        return row
    writing.change(row, {"is_active": True}, seen=version)
    record(events.StaffReactivated(staff_id=row.id), by=by, subject_id=row.id)
    return row


def _to_change(staff_id: UUID, *, by: Actor) -> Staff:
    row = access.staff(staff_id, by=by, to=Action.MANAGE_POSTS, lock=True)
    if rules.is_own(by.staff_id, row.id):
        raise OwnRights()
    return row


def _checked(entry: StaffEntry, *, by: Actor) -> dict[str, Any]:
    if entry.grade not in Staff.Grade.values:
        raise InvalidInput(field="grade", problem=_("没有这种职称级别"))
    org = access.org(entry.practice_org_id, by=by, to=Action.MANAGE_POSTS)
    if not org.is_active:
        raise InvalidInput(field="practice_org", problem=_("该机构已停用"))
    return {
        "name": writing.text("name", entry.name, most=60, least=1),
        "practice_org_id": org.id,
        "grade": entry.grade,
        "licence_number": writing.text("licence_number", entry.licence_number, most=32),
        "phone": writing.text("phone", entry.phone, most=20),
    }
