"""Reads of teams and contracts, built on `access`."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongmai.care.family_doctors import access, rules
from tongmai.care.family_doctors.models import Contract, Team, TeamMember
from tongmai.care.family_doctors.rules import Status
from tongmai.care.family_doctors.states import State
from tongmai.commons.residents import rules as resident_rules
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.models import SearchKey, Tag
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import valid_on
from tongmai.foundation.orgs.policy import value


@dataclass(frozen=True)
class Row:
    """One resident under contract."""

    contract_id: UUID
    number: str
    resident_id: UUID
    name: str
    age_text: str
    sex_text: str
    village: str
    phone: str
    groups: tuple[str, ...]
    is_priority: bool
    team: str
    doctor: str
    starts_on: date
    ends_before: date
    status: Status


@dataclass(frozen=True)
class Amendment:
    """What stood in a contract, and what was put in its place, by whom and why."""

    at: datetime
    by_name: str
    org: str
    reason: str
    was_starts_on: date
    was_ends_before: date
    starts_on: date
    ends_before: date
    is_other_doctor: bool


@dataclass(frozen=True)
class TeamPage:
    """A team with its members of today and how many residents it looks after."""

    team: Team
    members: list[TeamMember]
    n_contracts: int
    n_expiring: int


def contracts(*, by: Actor, q: str = "", tag: str = "", show: str = "active") -> QuerySet[Contract]:
    """Return the contracts of the actor's teams, the soonest to end first.

    `show`: active | expiring | draft | over | all; `tag` is a stored group of residents; `q` finds the resident.
    """
    rows = access.visible(by).filter(_shown(show, by.today))
    if tag in Tag.Kind.values:
        tags = Tag.objects.filter(valid_on(by.today), resident=OuterRef("resident_id"), kind=tag)
        rows = rows.filter(Exists(tags))
    term = resident_rules.fold(q.strip()[:60])
    if term:
        keys = SearchKey.objects.filter(resident=OuterRef("resident_id"), key__prefix=term)
        rows = rows.filter(Q(Exists(keys)) | Q(number__iexact=q.strip()[:32]))
    return rows.order_by("ends_before", "id")


def rows_of(found: list[Contract], *, by: Actor) -> list[Row]:
    """Return the lines of a page of contracts (fetched with team and doctor), in its order."""
    people = residents.summaries([contract.resident_id for contract in found], by.today)
    notice = value("family_doctors.renewal_notice", on=by.today).timedelta()
    priority = value("family_doctors.priority_groups", on=by.today).items
    return [
        Row(
            contract_id=contract.id,
            number=contract.number,
            resident_id=contract.resident_id,
            name=people[contract.resident_id].name,
            age_text=people[contract.resident_id].age_text,
            sex_text=people[contract.resident_id].sex_text,
            village=people[contract.resident_id].village,
            phone=people[contract.resident_id].phone,
            groups=people[contract.resident_id].group_names,
            is_priority=rules.is_priority(people[contract.resident_id].groups, priority),
            team=contract.team.name,
            doctor=contract.doctor.name,
            starts_on=contract.starts_on,
            ends_before=contract.ends_before,
            status=status(contract, on=by.today, notice=notice),
        )
        for contract in found
    ]


def status(contract: Contract, *, on: date, notice) -> Status:
    """Return how a contract stands on a day."""
    return rules.status_of(
        state=State(contract.state),
        starts_on=contract.starts_on,
        ends_before=contract.ends_before,
        today=on,
        notice=notice,
    )


def teams(*, by: Actor) -> list[TeamPage]:
    """Return the teams that `by` sees, those of her own organisation first."""
    found = access.visible_teams(by).filter(is_active=True).select_related("org", "leader")
    members = TeamMember.objects.filter(valid_on(by.today), team__in=found).select_related("staff__practice_org")
    by_team: dict[UUID, list[TeamMember]] = {}
    for member in members.order_by("starts_on", "id"):
        by_team.setdefault(member.team_id, []).append(member)
    soon = value("family_doctors.renewal_notice", on=by.today).after(by.today)
    active = Contract.objects.filter(state=State.ACTIVE, ends_before__gt=by.today)
    return [
        TeamPage(
            team=team,
            members=by_team.get(team.id, []),
            n_contracts=active.filter(team=team).count(),
            n_expiring=active.filter(team=team, ends_before__lte=soon).count(),
        )
        for team in sorted(found, key=lambda team: (team.org_id != by.org_id, team.name))
    ]


def team_choices(*, by: Actor) -> list[tuple[str, str]]:
    """Return the teams for which `by` signs."""
    return [(str(team.id), team.name) for team in access.visible_teams(by).filter(is_active=True)]


def doctor_choices(*, by: Actor) -> list[tuple[str, str]]:
    """Return the members of these teams: who may be somebody's own doctor."""
    found = TeamMember.objects.filter(valid_on(by.today), team__in=access.visible_teams(by)).select_related("staff")
    return list(dict.fromkeys((str(member.staff_id), member.staff.name) for member in found))


def own_doctor_choices(contract: Contract, *, by: Actor) -> list[tuple[str, str]]:
    """Return who of the contract's team may be the person's own doctor; who is it stays, though she left the team."""
    members = TeamMember.objects.filter(valid_on(by.today), team_id=contract.team_id).select_related("staff")
    found = {str(contract.doctor_id): contract.doctor.name}
    return list((found | {str(member.staff_id): member.staff.name for member in members}).items())


def amendments(contract: Contract) -> list[Amendment]:
    """Return what was put right of a contract in hand, the last first."""
    rows = Event.objects.filter(name="family_doctors.ContractAmended", subject_id=contract.id).order_by("-id")
    return [_amendment(row) for row in rows]


def _amendment(row: Event) -> Amendment:
    said = row.payload
    days = [date.fromisoformat(said[name]) for name in ("was_starts_on", "was_ends_before", "starts_on", "ends_before")]
    return Amendment(
        row.at, row.by_name, row.by_org_name, said["reason"], *days, said["was_doctor_id"] != said["doctor_id"]
    )


def staff_choices(*, by: Actor) -> list[tuple[str, str]]:
    """Return who may join a team of the actor's organisation: its staff, its villages' and its hospital's."""
    if by.org_id is None:
        return []
    above = orgs.chain_parent(by.org_id)
    places = [by.org_id, *(child.id for child in orgs.children(by.org_id)), *([above.id] if above else [])]
    found = [post for place in places for post in orgs.staff_of(place, by.today)]
    return list(dict.fromkeys((str(post.staff_id), f"{post.staff_name}（{post.org_name}）") for post in found))


def of_resident(resident_id: UUID, *, by: Actor) -> Contract | None:
    """Return the resident's active contract if `by` may see it, with team and doctor."""
    rows = access.visible(by).filter(resident_id=resident_id, state=State.ACTIVE)
    return rows.select_related("team__org", "doctor").first()


def _shown(show: str, today: date) -> Q:
    soon = value("family_doctors.renewal_notice", on=today).after(today)
    active = Q(state=State.ACTIVE)
    return {
        "expiring": active & Q(ends_before__lte=soon),
        "draft": Q(state=State.DRAFT),
        "over": Q(state__in=[State.ENDED, State.TERMINATED]),
        "all": Q(),
    }.get(show, active)
