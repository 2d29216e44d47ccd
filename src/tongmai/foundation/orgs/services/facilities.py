"""Organisations: entered, changed, closed, opened again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import access, events, rules, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import OrgInUse
from tongmai.foundation.orgs.models import Membership, Org, Post
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel import credit_code as credit
from tongmai.kernel.errors import InvalidInput, NotPermitted
from tongmai.kernel.spans import Span, overlap


@dataclass(frozen=True)
class OrgEntry:
    """What is entered of an organisation and may be changed later."""

    name: str
    division_code: str
    short_name: str = ""
    credit_code: str = ""
    class_code: str = ""
    grade: str = ""
    parent_id: UUID | None = None
    phone: str = ""
    address: str = ""


@transaction.atomic
def create_org(*, by: Actor, code: str, level: str, entry: OrgEntry, kind: str = Org.Kind.FACILITY) -> Org:
    """Enter an organisation.  One with the same code and the same values is returned as it is.

    Raises:
        NotPermitted: the post may not, or the organisation would stand in another county.
        InvalidInput: naming the field.
        AlreadyExists: the code belongs to another organisation.
    """
    access.require(by, Action.MANAGE_ORGS)
    values = _checked(entry, level=level, by=by)
    code = writing.text("code", code, most=32, least=1)
    if level != Org.Level.OUTSIDE:
        _check_own_county(rules.county_of(entry.division_code), by=by)
    wanted = {"level": level, "kind": kind, "county_code": rules.county_of(entry.division_code), **values}
    same = access.managed_orgs(by).filter(code=code, **wanted).first()
    if same:
        return same
    row = Org(code=code, search_keys=_keys(values, code), **wanted)
    writing.insert(row, value=code)
    record(events.OrgCreated(org_id=row.id, code=row.code, name=row.name), by=by, subject_id=row.id)
    return row


@transaction.atomic
def change_org(*, by: Actor, org_id: UUID, version: int | None, entry: OrgEntry) -> Org:
    """Change what is known of an organisation.  Code, kind and level stay.

    Raises:
        NotFound, NotPermitted: see `access.org`.
        VersionConflict: somebody else changed it.
        InvalidInput: naming the field.
    """
    row = access.org(org_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    values = _checked(entry, level=row.level, by=by, org_id=org_id)
    county = rules.county_of(entry.division_code)
    if row.level != Org.Level.OUTSIDE and county != row.county_code:
        raise InvalidInput(field="division_code", problem=_("机构不能迁到另一个县"))
    changes = values | {"county_code": county, "search_keys": _keys(values, row.code)}
    changed = writing.change(row, changes, seen=version, value=row.code)
    if changed:
        named = [name for name in changed if name != "search_keys"]
        record(events.OrgChanged(org_id=row.id, fields=named), by=by, subject_id=row.id)
    return row


@transaction.atomic
def close_org(*, by: Actor, org_id: UUID, version: int | None, reason: str) -> Org:
    """Take an organisation out of use.  A closed one is returned as it is.

    Raises:
        OrgInUse: people, organisations or alliances still depend on it.
        InvalidInput: no reason.
    """
    row = access.org(org_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    if not row.is_active:
        return row
    reason = writing.text("reason", reason, most=200, least=1)
    used = {
        "n_posts": sum(_lasts(post, by) for post in Post.objects.filter(org=row, staff__is_active=True)),
        "n_children": row.children.filter(is_active=True).count(),
        "n_memberships": sum(_lasts(each, by) for each in Membership.objects.filter(org=row)),
    }
    if any(used.values()):
        raise OrgInUse(**used)
    writing.change(row, {"is_active": False}, seen=version)
    record(events.OrgClosed(org_id=row.id, reason=reason), by=by, subject_id=row.id)
    return row


@transaction.atomic
def reopen_org(*, by: Actor, org_id: UUID, version: int | None) -> Org:
    """Take a closed organisation into use again.  One in use is returned as it is.

    Raises:
        NotFound, NotPermitted, VersionConflict: as in `change_org`.
    """
    row = access.org(org_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    if row.is_active:
        return row
    writing.change(row, {"is_active": True}, seen=version)
    record(events.OrgReopened(org_id=row.id), by=by, subject_id=row.id)
    return row


def _checked(entry: OrgEntry, *, level: str, by: Actor, org_id: UUID | None = None) -> dict[str, Any]:
    """Return the columns of `entry`; raise InvalidInput for the first that cannot be."""
    if level not in Org.Level.values:
        raise InvalidInput(field="level", problem=_("没有这一级"))
    if not rules.division_fits(level, entry.division_code):
        raise InvalidInput(field="division_code", problem=_("应为行政区划代码，且与机构级别相称"))
    name = writing.text("name", entry.name, most=120, least=2)
    return {
        "name": name,
        "short_name": writing.text("short_name", entry.short_name, most=40) or name[:40],
        "credit_code": credit.parse(entry.credit_code) if entry.credit_code.strip() else "",
        "class_code": _class(entry.class_code, by),
        "grade": writing.text("grade", entry.grade, most=16),
        "division_code": entry.division_code,
        "parent_id": _parent(entry.parent_id, level=level, by=by, org_id=org_id),
        "phone": writing.text("phone", entry.phone, most=40),
        "address": writing.text("address", entry.address, most=200),
    }


def _class(code: str, by: Actor) -> str:
    return writing.coded("class_code", catalog.facility_class, code, on=by.today).code if code else ""


def _parent(parent_id: UUID | None, *, level: str, by: Actor, org_id: UUID | None) -> UUID | None:
    if parent_id is None:
        return None
    parent = access.org(parent_id, by=by)
    if parent.id == org_id or not rules.may_stand_below(level, parent_level=parent.level):
        raise InvalidInput(field="parent", problem=_("上级机构的级别应更高"))
    if not parent.is_active:
        raise InvalidInput(field="parent", problem=_("上级机构已停用"))
    return parent.id


def _keys(values: dict[str, Any], code: str) -> str:
    return writing.org_keys(values["name"], values["short_name"], code)


def _check_own_county(county_code: str, *, by: Actor) -> None:
    if by.role != Role.SYSTEM and county_code != by.county_code:
        raise NotPermitted(action=Action.MANAGE_ORGS)


def _lasts(row: Post | Membership, by: Actor) -> bool:
    span: Span = (row.starts_on, row.ends_before)
    return overlap(span, (by.today, None))
