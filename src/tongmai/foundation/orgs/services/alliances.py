"""Alliances and their members.  The alliance row is locked first, so two people cannot both make a lead."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import access, events, rules, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import LeadCannotLeave, LeadTaken, MembershipOverlaps
from tongmai.foundation.orgs.models import Alliance, Membership, Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, require_seen
from tongmai.kernel.spans import Span

LEAD, MEMBER = Membership.Part.LEAD, Membership.Part.MEMBER


@transaction.atomic
def create_alliance(
    *,
    by: Actor,
    code: str,
    name: str,
    form: str,
    tightness: str,
    lead_id: UUID,
    starts_on: date,
    county_code: str = "",
    specialty_code: str = "",
) -> Alliance:
    """Found an alliance with its lead.  `county_code` is blank for one that spans counties.

    Raises:
        NotPermitted: the post may not, or it is another county's.
        NotFound: the lead is out of reach.
        InvalidInput, AlreadyExists: naming the field or the code.
    """
    access.require(by, Action.MANAGE_ORGS)
    if by.role != Role.SYSTEM and county_code not in ("", by.county_code):
        raise NotPermitted(action=Action.MANAGE_ORGS)
    lead = access.org(lead_id, by=by)
    _check_kind(form, tightness, specialty_code, by=by)
    code, name = writing.text("code", code, most=32, least=1), writing.text("name", name, most=120, least=2)
    wanted = {
        "name": name, "form": form, "tightness": tightness, "county_code": county_code,
        "specialty_code": specialty_code, "starts_on": starts_on,
    }  # fmt: skip
    same = access.visible_alliances(by).filter(code=code, **wanted).first()
    if same:
        return same
    row = Alliance(code=code, **wanted)
    writing.insert(row, value=code)
    Membership.objects.create(alliance=row, org=lead, part=LEAD, starts_on=starts_on)
    founded = events.AllianceCreated(alliance_id=row.id, code=code, name=name, lead_id=lead.id)
    record(founded, by=by, subject_id=row.id)
    return row


@transaction.atomic
def change_alliance(
    *, by: Actor, alliance_id: UUID, version: int | None, name: str, tightness: str, specialty_code: str = ""
) -> Alliance:
    """Rename an alliance, or note that it became tight or loose.

    Raises:
        NotFound, NotPermitted, VersionConflict, InvalidInput.
    """
    row = access.alliance(alliance_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    _check_kind(row.form, tightness, specialty_code, by=by)
    changes = {
        "name": writing.text("name", name, most=120, least=2),
        "tightness": tightness,
        "specialty_code": specialty_code,
    }
    changed = writing.change(row, changes, seen=version)
    if changed:
        record(events.AllianceChanged(alliance_id=row.id, fields=changed), by=by, subject_id=row.id)
    return row


@transaction.atomic
def end_alliance(*, by: Actor, alliance_id: UUID, version: int | None, ends_before: date) -> Alliance:
    """Dissolve an alliance; memberships that last longer end with it.  The same end twice changes nothing.

    Raises:
        NotFound, NotPermitted, VersionConflict.
        InvalidInput: a member joined on that day or later, or it would end before it began.
    """
    row = access.alliance(alliance_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    if row.ends_before == ends_before:
        return row
    held = list(Membership.objects.filter(alliance=row))
    if any(ends_before <= each.starts_on for each in held) or ends_before <= row.starts_on:
        raise InvalidInput(field="ends_before", problem=_("应晚于医联体和全部成员的开始之日"))
    writing.change(row, {"ends_before": ends_before}, seen=version)
    for each in held:
        if each.ends_before is None or each.ends_before > ends_before:
            _end(each, ends_before)
    record(events.AllianceEnded(alliance_id=row.id, ends_before=ends_before), by=by, subject_id=row.id)
    return row


@transaction.atomic
def join(*, by: Actor, alliance_id: UUID, org_id: UUID, starts_on: date, version: int | None = None) -> Membership:
    """Take an organisation into an alliance.  A membership that began on that day and still lasts is returned.

    Raises:
        NotFound: alliance or organisation absent or out of reach.
        NotPermitted: see `access.alliance`.
        MembershipOverlaps: it is a member in that time.
        InvalidInput: the alliance does not exist yet or any more on that day, or the organisation is closed.
    """
    alliance = access.alliance(alliance_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    org = access.org(org_id, by=by)
    same = Membership.objects.filter(alliance=alliance, org=org, starts_on=starts_on, ends_before=None).first()
    if same:
        return same
    _touch(alliance, version)
    row = _new_member(alliance, org, MEMBER, starts_on)
    joined = events.MemberJoined(alliance_id=alliance.id, org_id=org.id, starts_on=starts_on)
    record(joined, by=by, subject_id=alliance.id)
    return row


@transaction.atomic
def leave(*, by: Actor, membership_id: UUID, ends_before: date, version: int | None = None) -> Membership:
    """End a membership.  The same end twice changes nothing.

    Raises:
        NotFound, NotPermitted, VersionConflict.
        LeadCannotLeave: a lead is changed, or the alliance ended.
        InvalidInput: it would end before it began, or later than it already ends.
    """
    found = Membership.objects.filter(id=membership_id).values_list("alliance_id", flat=True).first()
    if found is None:
        raise NotFound()
    alliance = access.alliance(found, by=by, to=Action.MANAGE_ORGS, lock=True)
    row = Membership.objects.select_related("org").get(id=membership_id)
    if row.ends_before == ends_before:
        return row
    if row.part == LEAD:
        raise LeadCannotLeave(org=row.org.name)
    if ends_before <= row.starts_on or (row.ends_before and ends_before > row.ends_before):
        raise InvalidInput(field="ends_before", problem=_("应在成员身份的期间之内"))
    _touch(alliance, version)
    _end(row, ends_before)
    left = events.MemberLeft(alliance_id=alliance.id, org_id=row.org_id, ends_before=ends_before)
    record(left, by=by, subject_id=alliance.id)
    return row


@transaction.atomic
def change_lead(
    *, by: Actor, alliance_id: UUID, org_id: UUID, starts_on: date, version: int | None = None
) -> Membership:
    """Give the lead to another organisation from `starts_on`; the former lead stays as a member.

    Who is the lead on that day already is returned as it is.

    Raises:
        NotFound, NotPermitted, VersionConflict.
        LeadTaken: another change of lead on that day or later is already entered.
        InvalidInput: outside the alliance's time, or on the day the former lead began.
    """
    alliance = access.alliance(alliance_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    org = access.org(org_id, by=by)
    leads = list(Membership.objects.filter(alliance=alliance, part=LEAD).order_by("starts_on"))
    former = next((each for each in leads if each.ends_before is None), None)
    if former and former.org_id == org.id and former.starts_on <= starts_on:
        return former
    if not rules.may_lead_from(starts_on, [(each.starts_on, each.ends_before) for each in leads]):
        raise LeadTaken(alliance=alliance.name)
    _touch(alliance, version)
    if former:
        _end(former, starts_on)
        Membership.objects.create(alliance=alliance, org_id=former.org_id, part=MEMBER, starts_on=starts_on)
    row = _promote(alliance, org, starts_on)
    changed = events.LeadChanged(
        alliance_id=alliance.id, from_org_id=former.org_id if former else None, to_org_id=org.id, starts_on=starts_on
    )
    record(changed, by=by, subject_id=alliance.id)
    return row


def _promote(alliance: Alliance, org: Org, starts_on: date) -> Membership:
    """Make `org` the lead: its time as a member ends where its time as the lead begins."""
    current = Membership.objects.filter(alliance=alliance, org=org, ends_before=None).first()
    if current and current.starts_on == starts_on:
        current.part = LEAD
        current.save(update_fields=["part"])
        return current
    if current and current.starts_on < starts_on:
        _end(current, starts_on)
    return _new_member(alliance, org, LEAD, starts_on)


def _new_member(alliance: Alliance, org: Org, part: str, starts_on: date) -> Membership:
    span: Span = (starts_on, None)
    if not org.is_active:
        raise InvalidInput(field="org", problem=_("该机构已停用"))
    if alliance.ends_before is not None or starts_on < alliance.starts_on:
        raise InvalidInput(field="starts_on", problem=_("应在医联体的有效期之内"))
    held = [(row.starts_on, row.ends_before) for row in Membership.objects.filter(alliance=alliance, org=org)]
    if rules.clash(span, held):
        raise MembershipOverlaps(org=org.name, alliance=alliance.name)
    return Membership.objects.create(alliance=alliance, org=org, part=part, starts_on=starts_on)


def _end(row: Membership, ends_before: date) -> None:
    row.ends_before = ends_before
    row.save(update_fields=["ends_before"])


def _touch(alliance: Alliance, seen: int | None) -> None:
    """Members belong to the alliance's version: whoever saw an older list is told so."""
    require_seen(seen, alliance.version)
    alliance.version += 1
    alliance.save(update_fields=["version"])


def _check_kind(form: str, tightness: str, specialty_code: str, *, by: Actor) -> None:
    if form not in Alliance.Form.values:
        raise InvalidInput(field="form", problem=_("没有这种形式"))
    if tightness not in Alliance.Tightness.values:
        raise InvalidInput(field="tightness", problem=_("应为紧密型或松散型"))
    if specialty_code and form != Alliance.Form.SPECIALTY_ALLIANCE:
        raise InvalidInput(field="specialty_code", problem=_("只有专科联盟才有专科"))
    if specialty_code:
        writing.coded("specialty_code", catalog.department_type, specialty_code, on=by.today)
