"""Whom a critical value concerns: the ordering doctor, the ordering site, and the chain behind them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from tongmai.care.critical_values.choices import Setting
from tongmai.care.critical_values.models import CriticalValue, Rung
from tongmai.care.critical_values.states import OWES, Owed, State
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import CareRelation
from tongmai.commons.results.models import Report, Request
from tongmai.foundation.orgs import policy, selectors
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Post, Staff, valid_on
from tongmai.foundation.orgs.roles import CLINICAL, Role
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Ordered:
    """Who ordered it, and where the person is treated."""

    site_id: UUID
    doctor_id: UUID | None = None
    doctor_name: str = ""
    setting: str = Setting.UNKNOWN
    encounter_id: UUID | None = None


@dataclass(frozen=True)
class Recipient:
    """One person, or everybody in a role (blank: any) at an organisation, so many minutes after it was told."""

    org_id: UUID
    staff_id: UUID | None = None
    role: str = ""
    title: str = ""
    minutes: int = 0


def of_report(report: Report, *, by: Actor) -> Ordered:
    """Return who ordered what a report answers: the visit's, the order's, else whoever looks after the person."""
    encounter = report.encounter
    if encounter is not None:
        return of_encounter(encounter, name=report.requester, by=by)
    if request := _request(report):
        name = request.requester or report.requester
        if request.encounter is not None:
            return of_encounter(request.encounter, name=name, by=by)
        return Ordered(request.org_id, _staff_named(name, request.org_id, by), name)
    return of_person(report.resident_id, otherwise=report.org_id, name=report.requester, by=by)


def of_encounter(encounter: Encounter, *, name: str = "", by: Actor) -> Ordered:
    """Return who looks after the person in a visit or stay."""
    wanted = name or encounter.doctor
    staff_id = _staff_named(name, encounter.org_id, by) or encounter.staff_id
    setting = encounter.kind if encounter.kind in Setting.values else Setting.OUTPATIENT
    return Ordered(encounter.org_id, staff_id, wanted, setting, encounter.id)


def of_person(resident_id: UUID, *, otherwise: UUID, name: str = "", by: Actor) -> Ordered:
    """Return the family doctor of a person whose order nobody knows; without one, where it was found."""
    if staff_id := _staff_named(name, otherwise, by):
        return Ordered(otherwise, staff_id, name)
    care = CareRelation.objects.filter(
        valid_on(by.today), resident_id=resident_id, kind=CareRelation.Kind.FAMILY_DOCTOR
    ).first()
    return Ordered(care.org_id, care.staff_id, name) if care else Ordered(otherwise, None, name)


def first(value: CriticalValue) -> Iterator[Recipient]:
    """Yield who is told at once: the ordering doctor where she is known, and everybody who treats at the site."""
    if value.doctor_id:
        yield Recipient(value.site_id, value.doctor_id, title=N_("开单医生"))
    yield Recipient(value.site_id, title=N_("开单机构"))


def chain(value: CriticalValue, *, by: Actor) -> list[Recipient]:
    """Return who is told when nobody answers: the site's own chain of that day, else the usual one.

    Where it was read back and nobody acts: first who read it back, when the time for acting is over, then the same
    chain, its minutes counted from there.
    """
    own = Rung.objects.filter(valid_on(by.today), org_id=value.site_id)
    rungs = [Recipient(r.at_org_id, r.staff_id, r.role, r.title, r.after_minutes) for r in own]
    rungs = rungs or list(_usual(value, by))
    if owed(value) == Owed.ANSWER:
        return rungs
    limit = policy.value("critical_values.act", on=by.today, at=value.site_id).int
    return [_answered(value, limit), *(replace(each, minutes=limit + each.minutes) for each in rungs)]


def owed(value: CriticalValue) -> Owed:
    """Return what the chain waits for; before anybody was told, and at the end, an answer."""
    return OWES.get(State(value.state), Owed.ANSWER)


def reminded_every(value: CriticalValue, *, by: Actor) -> timedelta:
    """Return how often the end of the chain is reminded."""
    name = "critical_values.remind" if owed(value) == Owed.ANSWER else "critical_values.act_remind"
    return policy.value(name, on=by.today, at=value.site_id).timedelta()


def phones(recipient: Recipient, *, by: Actor, most: int) -> list[str]:
    """Return the phones to which a text goes; of a role, those of the people who hold it today."""
    if recipient.staff_id:
        people = Staff.objects.filter(id=recipient.staff_id, is_active=True)
    else:
        roles = [recipient.role] if recipient.role else [*CLINICAL, Role.NURSE]
        posts = Post.objects.filter(valid_on(by.today), org_id=recipient.org_id, role__in=roles)
        people = Staff.objects.filter(id__in=posts.values("staff"), is_active=True)
    found = people.exclude(phone="").order_by("number").values_list("phone", flat=True)
    return list(dict.fromkeys(found))[:most]


def _answered(value: CriticalValue, minutes: int) -> Recipient:
    """Who read it back; of a telephone call that was written down elsewhere, everybody at the site."""
    org_id = value.acknowledged_org_id or value.site_id
    user = value.acknowledged_by
    staff = user.staff if user else None
    if staff is not None and value.acknowledged_name != staff.name[:60]:
        staff = None
    return Recipient(org_id, staff.id if staff else None, title=N_("复述确认人"), minutes=minutes)


def _usual(value: CriticalValue, by: Actor) -> Iterator[Recipient]:
    """The site again with its phones, its head, and at last whoever is on duty where it was found."""
    site, today = value.site_id, by.today
    at = {"on": today, "at": site}
    yield Recipient(
        site, title=N_("机构值班"), minutes=policy.value("critical_values.escalate.site", **at).int
    )  # fmt: skip
    head = policy.value("critical_values.escalate.head", **at).int
    yield Recipient(_with(Role.MANAGER, value, by), role=Role.MANAGER, title=N_("负责人"), minutes=head)
    centre = policy.value("critical_values.escalate.centre", **at).int
    yield Recipient(value.org_id, title=N_("发现方值班"), minutes=centre)
    lead = _lead(value, by)
    if lead is not None and lead != value.org_id:
        yield Recipient(lead, role=Role.REFERRAL_COORDINATOR, title=N_("牵头医院值班"), minutes=centre)


def _with(role: Role, value: CriticalValue, by: Actor) -> UUID:
    """Return the nearest organisation, upwards from the site, where somebody has that role."""
    at: UUID | None = value.site_id
    for _level in range(3):
        if at is None:
            break
        if Post.objects.filter(valid_on(by.today), org_id=at, role=role).exists():
            return at
        above = selectors.chain_parent(at)
        at = above.id if above else None
    return value.site_id


def _lead(value: CriticalValue, by: Actor) -> UUID | None:
    for alliance in selectors.alliances_of(value.site_id, by.today):
        if lead := selectors.alliance_lead(alliance.id, by.today):
            return lead.id
    return None


def _request(report: Report) -> Request | None:
    if not report.order_number:
        return None
    rows = Request.objects.filter(number=report.order_number, resident_id=report.resident_id).exclude(
        status="cancelled"
    )
    return rows.select_related("encounter").order_by("-received_at").first()


def _staff_named(name: str, org_id: UUID, by: Actor) -> UUID | None:
    """Return who bears that name in a clinical post there; None where nobody does, or more than one."""
    if not name.strip():
        return None
    posts = Post.objects.filter(
        valid_on(by.today), org_id=org_id, role__in=CLINICAL, staff__name=name.strip(), staff__is_active=True
    )
    found = set(posts.values_list("staff_id", flat=True)[:2])
    return found.pop() if len(found) == 1 else None
