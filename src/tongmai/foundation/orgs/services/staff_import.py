"""One row of a staff list: judged without writing (`dry_run`), or carried out.  The staff number makes it idempotent."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from tongmai.foundation.orgs import access
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org, Post, Staff
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.services.posts import PostEntry, give_post
from tongmai.foundation.orgs.services.staff import StaffEntry, change_staff, hire
from tongmai.kernel.errors import InvalidInput, TongmaiError


@dataclass(frozen=True)
class StaffRow:
    """What a staff list says of one person.  Empty text and None mean: the list does not say."""

    number: str
    name: str
    org_code: str = ""
    org_name: str = ""
    department: str = ""
    role: str = ""
    grade: str = ""
    licence: str = ""
    phone: str = ""
    starts_on: date | None = None


@dataclass(frozen=True)
class RowVerdict:
    """What becomes of a row: `new`, `updated`, `same` or `rejected`; then `reason` says why and `code` names the error."""

    fate: str
    staff_id: UUID | None = None
    reason: str = ""
    code: str = ""


class _DryRun(Exception):
    """Takes back what a dry run did."""

    def __init__(self, verdict: RowVerdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


def import_staff_row(row: StaffRow, *, by: Actor, dry_run: bool = False) -> RowVerdict:
    """Take on or update the person of a row, and give her the post that it names.

    A dry run does the same and takes it back, so its verdict is that of the real run.  What the list does not say is
    left as it is; posts that the list does not name stay.  Refusals are returned, not raised: the list goes on.
    """
    try:
        with transaction.atomic():
            verdict = _carry_out(row, by=by)
            if dry_run:
                raise _DryRun(verdict)
    except _DryRun as done:
        fate = done.verdict.fate
        return RowVerdict(fate, staff_id=None if fate == "new" else done.verdict.staff_id)
    except TongmaiError as refused:
        return RowVerdict("rejected", reason=refused.said(gettext), code=refused.code)
    return verdict


def _carry_out(row: StaffRow, *, by: Actor) -> RowVerdict:
    access.require(by, Action.MANAGE_POSTS)
    org = _org(row, by=by)
    known = access.visible_staff(by).filter(number=row.number.strip()).first()
    staff, changed = _staff(row, org, known, by=by)
    given = bool(row.role) and _post(row, org, staff, by=by)
    if known is None:
        return RowVerdict("new", staff_id=staff.id)
    return RowVerdict("updated" if changed or given else "same", staff_id=staff.id)


def _org(row: StaffRow, *, by: Actor) -> Org:
    """Find the organisation by its code, else by its exact full or short name; never guess between two."""
    rows = access.staffed_orgs(by).filter(is_active=True)
    if row.org_code:
        found = list(rows.filter(code=row.org_code.strip())[:2])
    else:
        name = row.org_name.strip()
        found = list(rows.filter(name=name)[:2]) or list(rows.filter(short_name=name)[:2])
    if len(found) != 1:
        problem = (
            gettext("没有这家机构，或不在您的管理范围内")
            if not found
            else gettext("有多家机构叫这个名称，请填机构代码")
        )
        raise InvalidInput(field="org", problem=problem)
    return found[0]


def _staff(row: StaffRow, org: Org, known: Staff | None, *, by: Actor) -> tuple[Staff, bool]:
    entry = StaffEntry(
        name=row.name,
        # Somebody who is known stays registered where she is: a list of another house does not move her registration.
        practice_org_id=known.practice_org_id if known else org.id,
        grade=row.grade or (known.grade if known else Staff.Grade.NONE),
        licence_number=row.licence or (known.licence_number if known else ""),
        phone=row.phone or (known.phone if known else ""),
    )
    if known is None:
        return hire(by=by, number=row.number, entry=entry), True
    if _says_nothing_new(known, entry):
        return known, False
    return change_staff(by=by, staff_id=known.id, version=None, entry=entry), True


def _says_nothing_new(known: Staff, entry: StaffEntry) -> bool:
    stated = (entry.name.strip(), entry.grade, entry.licence_number.strip(), entry.phone.strip())
    return stated == (known.name, known.grade, known.licence_number, known.phone)


def _post(row: StaffRow, org: Org, staff: Staff, *, by: Actor) -> bool:
    """Give the post of the row; False when she holds it already, whenever it began."""
    department = _department(row.department, org)
    held = Post.objects.filter(staff=staff, org=org, role=row.role, department=department)
    if any(post.ends_before is None or post.ends_before > by.today for post in held):
        return False
    entry = PostEntry(
        staff_id=staff.id,
        org_id=org.id,
        role=row.role,
        starts_on=row.starts_on or by.today,
        department_id=department.id if department else None,
    )
    give_post(by=by, entry=entry)
    return True


def _department(name: str, org: Org) -> Department | None:
    if not name.strip():
        return None
    found = Department.objects.filter(org=org, is_active=True, name=name.strip()).first()
    if found is None:
        raise InvalidInput(field="department", problem=gettext("该机构没有这个科室"))
    return found
