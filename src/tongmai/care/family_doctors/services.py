"""Teams, and the contracts they sign with residents."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.care.family_doctors import access, errors, events, rules
from tongmai.care.family_doctors.agreement import TEXT_VERSION
from tongmai.care.family_doctors.models import Contract, Team, TeamMember
from tongmai.care.family_doctors.states import CONTRACT, State, Step
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.minors import GUARDIAN_NEEDED, needs_guardian
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Staff, valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.ids import new_id
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Consent:
    """Who agreed to the text of the agreement, and how."""

    agreed_name: str
    agreed_how: str = Contract.How.SIGNATURE


@transaction.atomic
def found_team(*, name: str, leader_id: UUID, by: Actor, phone: str = "") -> Team:
    """Found a team at the actor's organisation; its leader is its first member.

    Raises:
        NotPermitted: the post signs no contracts.
        InvalidInput: no name, a name that is taken, or an unknown leader.
    """
    require(by, Action.SIGN_CONTRACTS)
    if not name.strip():
        raise InvalidInput(field="name", problem=N_("请填写团队名称"))
    if Team.objects.filter(org_id=by.org_id, name=name.strip()).exists():
        raise InvalidInput(field="name", problem=N_("本机构已有同名团队"))
    leader = _person(leader_id, "leader")
    team = Team.objects.create(org_id=by.org_id, name=name.strip(), leader=leader, phone=phone.strip())
    audit.record(events.TeamFounded(team_id=team.id, org_id=team.org_id), by=by, subject_id=team.id)
    _join(team, leader.id, TeamMember.Part.LEADER, by.today, by=by)
    return team


@transaction.atomic
def add_member(*, team_id: UUID, staff_id: UUID, part: str, by: Actor, starts_on: date | None = None) -> TeamMember:
    """Add somebody to a team from a day on.

    Raises:
        NotFound, NotPermitted: see `access.team`.
        InvalidInput: unknown person or part.
        MemberAlready: she is in the team.
    """
    team = access.team(team_id, by=by, to_change=True, lock=True)
    if part not in TeamMember.Part.values or part == TeamMember.Part.LEADER:
        raise InvalidInput(field="part", problem=N_("请选择团队中的角色"))
    if TeamMember.objects.filter(team=team, staff_id=staff_id, ends_before__isnull=True).exists():
        raise errors.MemberAlready()
    return _join(team, _person(staff_id, "staff").id, part, starts_on or by.today, by=by)


@transaction.atomic
def end_member(*, membership_id: UUID, team_id: UUID, by: Actor) -> TeamMember:
    """Let a member's time in the team end with today; one who joined today leaves no trace in the care of residents.

    Raises:
        NotFound, NotPermitted: see `access.team`; also when the membership is not the team's or is over.
        LeaderStays: she leads the team.
    """
    team = access.team(team_id, by=by, to_change=True, lock=True)
    membership = TeamMember.objects.filter(team=team, id=membership_id, ends_before__isnull=True).first()
    if membership is None:
        raise Conflict()
    if membership.staff_id == team.leader_id:
        raise errors.LeaderStays()
    membership.ends_before = max(by.today, membership.starts_on.fromordinal(membership.starts_on.toordinal() + 1))
    membership.save(update_fields=["ends_before"])
    _tell_membership(membership, by=by)
    return membership


@transaction.atomic
def prepare(
    *,
    resident_id: UUID,
    team_id: UUID,
    doctor_id: UUID,
    by: Actor,
    starts_on: date | None = None,
    years: int | None = None,
    is_on_paper: bool = False,
) -> Contract:
    """Write a contract to be signed.  One that was signed on paper before may have begun already.

    Raises:
        NotFound: the resident or the team is out of reach.
        InvalidInput: too long, begins in the past, or the doctor is not in the team.
        DraftExists: the team has an unsigned contract for this resident.
        ResidentDied: she is dead.
    """
    require(by, Action.SIGN_CONTRACTS)
    resident = residents.get(resident_id, by=by)
    if resident.died_on is not None:
        raise errors.ResidentDied()
    team = access.team(team_id, by=by)
    _check_doctor(team, doctor_id, by.today)
    first_day = starts_on or by.today
    if first_day < by.today and not is_on_paper:
        raise InvalidInput(field="starts_on", problem=N_("不能早于今天"))
    key = new_id()
    contract = Contract(
        id=key,
        number=f"Q{by.today:%y%m%d}{key.hex[-8:].upper()}",
        resident=resident,
        team=team,
        doctor_id=doctor_id,
        starts_on=first_day,
        ends_before=_ends_before(first_day, _years(years, team=team, on=by.today), by.today),
        created_at=by.now,
        created_by_id=by.user_id,
    )
    try:
        with transaction.atomic():
            contract.save()
    except IntegrityError:
        raise errors.DraftExists() from None
    audit.record(
        events.ContractPrepared(contract_id=contract.id, resident_id=resident.id), by=by, subject_id=contract.id
    )
    return contract


@transaction.atomic
def sign(*, contract_id: UUID, consent: Consent, by: Actor, seen_version: int | None = None) -> Contract:
    """Sign a prepared contract: from its first day on the team's doctors are the resident's family doctors.

    A contract of hers that has run out is ended first.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: see `access.get`.
        InvalidInput: nobody agreed, or a child for herself.
        AlreadySigned: she has an active contract.
    """
    contract = access.get(contract_id, by=by, step=Step.SIGN, lock=True, seen_version=seen_version)
    _check_consent(consent, contract.resident_id, by.today)
    _end_if_expired(contract.resident_id, by=by)
    _set_consent(contract, consent, by=by)
    try:
        with transaction.atomic():
            _take(contract, Step.SIGN, by=by)
    except IntegrityError:
        raise _already_signed(contract.resident_id) from None
    _tell_signed(contract, by=by)
    return contract


@transaction.atomic
def renew(
    *,
    contract_id: UUID,
    consent: Consent,
    by: Actor,
    years: int | None = None,
    doctor_id: UUID | None = None,
    seen_version: int | None = None,
) -> Contract:
    """Sign the contract that follows an active one, today; the time still left is added to the new term.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: see `access.get`.
        InvalidInput: nobody agreed or a child for herself, too long, or the doctor is not in the team.
    """
    old = access.get(contract_id, by=by, step=Step.TERMINATE, lock=True, seen_version=seen_version)
    _check_consent(consent, old.resident_id, by.today)
    doctor = doctor_id or old.doctor_id
    _check_doctor(old.team, doctor, by.today)
    key, term = new_id(), _years(years, team=old.team, on=by.today)
    _close(old, Step.END, by=by, because="renewed", ends_before=min(old.ends_before, max(by.today, old.starts_on)))
    contract = Contract(
        id=key,
        number=f"Q{by.today:%y%m%d}{key.hex[-8:].upper()}",
        resident_id=old.resident_id,
        team=old.team,
        doctor_id=doctor,
        starts_on=by.today,
        ends_before=rules.renewed_until(ends_before_now=old.ends_before, today=by.today, years=term),
        created_at=by.now,
        created_by_id=by.user_id,
        renews=old,
    )
    _set_consent(contract, consent, by=by)
    _take(contract, Step.SIGN, by=by)
    _tell_signed(contract, by=by)
    return contract


@transaction.atomic
def amend(
    *,
    contract_id: UUID,
    by: Actor,
    reason: str,
    doctor_id: UUID | None = None,
    starts_on: date | None = None,
    years: int | None = None,
    seen_version: int | None = None,
) -> Contract:
    """Put right what was written down of an active contract: her doctor, its first day, its term.

    What is not given stays; without `years` its end stays too.  Another team is another contract.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: see `access.get`.
        InvalidInput: no reason, a day to come, a term that is over or too long, a renewal's days, or another team's doctor.
    """
    contract = access.get(contract_id, by=by, step=Step.AMEND, lock=True, seen_version=seen_version)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请填写更正原因"))
    was = (contract.doctor_id, contract.starts_on, contract.ends_before)
    if doctor_id is not None and doctor_id != contract.doctor_id:
        _check_doctor(contract.team, doctor_id, by.today)
        contract.doctor_id = doctor_id
    _set_days(contract, starts_on or contract.starts_on, years, by.today)
    if was == (contract.doctor_id, contract.starts_on, contract.ends_before):
        return contract
    _take(contract, Step.AMEND, by=by)
    happened = events.ContractAmended(
        **_facts(contract),
        was_doctor_id=was[0],
        was_starts_on=was[1],
        was_ends_before=was[2],
        reason=reason.strip()[:300],
    )
    audit.record(happened, by=by, subject_id=contract.id)
    return contract


@transaction.atomic
def terminate(*, contract_id: UUID, by: Actor, reason: str, seen_version: int | None = None) -> Contract:
    """End a contract before its time, from today on, with the reason.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: see `access.get`.
        InvalidInput: no reason.
    """
    contract = access.get(contract_id, by=by, step=Step.TERMINATE, lock=True, seen_version=seen_version)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请填写解约原因"))
    _close(contract, Step.TERMINATE, by=by, because=reason.strip(), ends_before=max(by.today, contract.starts_on))
    return contract


@transaction.atomic
def discard(*, contract_id: UUID, by: Actor, seen_version: int | None = None) -> Contract:
    """Throw away a contract that was prepared and not signed (errors as in `access.get`)."""
    contract = access.get(contract_id, by=by, step=Step.DISCARD, lock=True, seen_version=seen_version)
    contract.closed_at, contract.closed_by_id = by.now, by.user_id
    _take(contract, Step.DISCARD, by=by)
    audit.record(
        events.ContractDiscarded(contract_id=contract.id, resident_id=contract.resident_id),
        by=by,
        subject_id=contract.id,
    )
    return contract


def end_expired(*, by: Actor, limit: int = 500) -> int:
    """End the active contracts whose time has run out, each in its own transaction; return how many.  For the worker."""
    due = Contract.objects.filter(state=State.ACTIVE, ends_before__lte=by.today).values_list("id", flat=True)
    n = 0
    for contract_id in list(due[:limit]):
        with transaction.atomic():
            contract = Contract.objects.select_for_update().get(id=contract_id)
            if contract.state == State.ACTIVE:
                _close(contract, Step.END, by=by, because="expired", ends_before=contract.ends_before)
                n += 1
    return n


def _take(contract: Contract, step: Step, *, by: Actor) -> None:
    contract.state = CONTRACT.after(State(contract.state), step)
    contract.version += 1
    contract.save()


def _close(contract: Contract, step: Step, *, by: Actor, because: str, ends_before: date) -> None:
    contract.closed_at, contract.closed_by_id, contract.closed_because = by.now, by.user_id, because[:300]
    _take(contract, step, by=by)
    kind = because if because in {"expired", "renewed"} else "terminated"
    audit.record(
        events.ContractEnded(
            contract_id=contract.id, resident_id=contract.resident_id, ends_before=ends_before, because=kind
        ),
        by=by,
        subject_id=contract.id,
    )


def _end_if_expired(resident_id: UUID, *, by: Actor) -> None:
    over = Contract.objects.select_for_update().filter(
        resident_id=resident_id, state=State.ACTIVE, ends_before__lte=by.today
    )
    for contract in over:
        _close(contract, Step.END, by=by, because="expired", ends_before=contract.ends_before)


def _already_signed(resident_id: UUID) -> errors.AlreadySigned:
    active = Contract.objects.filter(resident_id=resident_id, state=State.ACTIVE).select_related("team").first()
    return errors.AlreadySigned(team=active.team.name if active else "", until=active.ends_before if active else "")


def _check_consent(consent: Consent, resident_id: UUID, on: date) -> None:
    if not consent.agreed_name.strip():
        raise InvalidInput(field="agreed_name", problem=N_("请填写签字人姓名"))
    if consent.agreed_how not in Contract.How.values:
        raise InvalidInput(field="agreed_how", problem=N_("请选择签署方式"))
    if consent.agreed_how != Contract.How.GUARDIAN and needs_guardian(resident_id, on):
        raise InvalidInput(field="agreed_how", problem=GUARDIAN_NEEDED)


def _set_consent(contract: Contract, consent: Consent, *, by: Actor) -> None:
    contract.agreed_name, contract.agreed_how = consent.agreed_name.strip(), consent.agreed_how
    contract.text_version = TEXT_VERSION
    contract.signed_at, contract.signed_by_id = by.now, by.user_id


def _tell_signed(contract: Contract, *, by: Actor) -> None:
    audit.record(events.ContractSigned(**_facts(contract)), by=by, subject_id=contract.id)


def _facts(contract: Contract) -> dict[str, Any]:
    return {
        "contract_id": contract.id, "resident_id": contract.resident_id, "org_id": contract.team.org_id,
        "team_id": contract.team_id, "team_name": contract.team.name, "doctor_id": contract.doctor_id,
        "starts_on": contract.starts_on, "ends_before": contract.ends_before,
    }  # fmt: skip


def _set_days(contract: Contract, starts_on: date, years: int | None, today: date) -> None:
    last = contract.ends_before
    if years is not None:
        last = _ends_before(starts_on, _years(years, team=contract.team, on=today), today)
    if (starts_on, last) == (contract.starts_on, contract.ends_before):
        return
    if contract.renews_id is not None:
        raise InvalidInput(field="starts_on", problem=N_("续签的协议期限接着上一份协议，不能更改"))
    if starts_on > max(today, contract.starts_on):
        raise InvalidInput(field="starts_on", problem=N_("已生效的协议不能改为今天以后开始"))
    contract.starts_on, contract.ends_before = starts_on, last


def _years(years: int | None, *, team: Team, on: date) -> int:
    if years is None:
        return value("family_doctors.contract_length", on=on, at=team.org).int
    if not 1 <= years <= value("family_doctors.contract_length_max", on=on, at=team.org).int:
        raise InvalidInput(field="years", problem=N_("签约年限超出规定"))
    return years


def _ends_before(first_day: date, years: int, today: date) -> date:
    last = rules.ends_before(first_day, years)
    if last <= today:
        raise InvalidInput(field="starts_on", problem=N_("这份协议已经到期"))
    return last


def _check_doctor(team: Team, doctor_id: UUID, on: date) -> None:
    if not TeamMember.objects.filter(valid_on(on), team=team, staff_id=doctor_id).exists():
        raise errors.NotInTeam(field="doctor")


def _person(staff_id: UUID, field: str) -> Staff:
    found = Staff.objects.filter(id=staff_id, is_active=True).first()
    if found is None:
        raise InvalidInput(field=field, problem=N_("没有这位人员"))
    return found


def _join(team: Team, staff_id: UUID, part: str, starts_on: date, *, by: Actor) -> TeamMember:
    membership = TeamMember.objects.create(team=team, staff_id=staff_id, part=part, starts_on=starts_on)
    _tell_membership(membership, by=by)
    return membership


def _tell_membership(membership: TeamMember, *, by: Actor) -> None:
    told = events.TeamMemberSet(
        membership_id=membership.id, team_id=membership.team_id, staff_id=membership.staff_id,
        starts_on=membership.starts_on, ends_before=membership.ends_before,
    )  # fmt: skip
    audit.record(told, by=by, subject_id=membership.team_id)
