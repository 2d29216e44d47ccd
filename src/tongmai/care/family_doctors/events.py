"""What happened to teams and contracts."""

from datetime import date
from uuid import UUID

from tongmai.foundation.audit.events import OfTheCase, event


@event
class TeamFounded:
    team_id: UUID
    org_id: UUID


@event
class TeamMemberSet:
    """Somebody joined a team, or her time in it was given an end."""

    membership_id: UUID
    team_id: UUID
    staff_id: UUID
    starts_on: date
    ends_before: date | None


@event
class ContractPrepared:
    contract_id: UUID
    resident_id: UUID


@event
class ContractSigned:
    contract_id: UUID
    resident_id: UUID
    org_id: UUID
    team_id: UUID
    team_name: str
    doctor_id: UUID
    starts_on: date
    ends_before: date


@event
class ContractAmended:
    """What was written down of an active contract was put right; `was_…`: what stood there."""

    contract_id: UUID
    resident_id: UUID
    org_id: UUID
    team_id: UUID
    team_name: str
    doctor_id: UUID
    starts_on: date
    ends_before: date
    was_doctor_id: UUID
    was_starts_on: date
    was_ends_before: date
    reason: OfTheCase


@event
class ContractEnded:
    """It does not bind from `ends_before` on: expired, renewed by another, or terminated."""

    contract_id: UUID
    resident_id: UUID
    ends_before: date
    because: str  # expired | renewed | terminated


@event
class ContractDiscarded:
    contract_id: UUID
    resident_id: UUID
