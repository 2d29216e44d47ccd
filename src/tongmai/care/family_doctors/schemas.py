"""What goes in and out of the JSON API of family doctors."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from tongmai.care.family_doctors.choices import How, Part
from tongmai.care.family_doctors.services import Consent
from tongmai.ui.api import Text

Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2101, 1, 1))]
Years = Annotated[int, Field(ge=1, le=10)]


class ContractsSoughtIn(Schema):
    """A name, pinyin, number, phone or contract number, and what narrows the list beside it."""

    q: Text(60) = ""
    tag: Text(20) = ""
    show: Text(12) = "active"
    cursor: Text(600) | None = None
    limit: int = 50


class TeamIn(Schema):
    name: Text(60, 1)
    leader_id: UUID
    phone: Text(20) = ""


class MemberIn(Schema):
    staff_id: UUID
    part: Part


class MemberOut(Schema):
    id: UUID
    staff_id: UUID
    name: str
    part: str
    starts_on: date
    ends_before: date | None


class TeamOut(Schema):
    id: UUID
    org_id: UUID
    name: str
    leader_id: UUID
    phone: str
    members: list[MemberOut]
    n_contracts: int
    n_expiring: int


class ConsentIn(Schema):
    agreed_name: Text(60, 1)
    agreed_how: How = How.SIGNATURE

    def consent(self) -> Consent:
        return Consent(agreed_name=self.agreed_name, agreed_how=self.agreed_how)


class PrepareIn(Schema):
    resident_id: UUID
    team_id: UUID
    doctor_id: UUID
    starts_on: Day | None = None
    years: Years | None = None


class RenewIn(ConsentIn):
    years: Years | None = None
    doctor_id: UUID | None = None


class ReasonIn(Schema):
    reason: Text(300, 1)


class AmendIn(ReasonIn):
    """What is not given stays; without `years` the end stays too."""

    doctor_id: UUID | None = None
    starts_on: date | None = None
    years: Years | None = None


class ContractOut(Schema):
    """A contract; `steps` are those that the caller may take now."""

    id: UUID
    number: str
    resident_id: UUID
    team_id: UUID
    doctor_id: UUID
    starts_on: date
    ends_before: date
    state: str
    agreed_name: str
    text_version: str
    signed_at: datetime | None
    closed_at: datetime | None
    closed_because: str
    renews_id: UUID | None
    version: int
    steps: list[str] = []


class RowOut(Schema):
    contract_id: UUID
    number: str
    resident_id: UUID
    name: str
    groups: list[str]
    is_priority: bool
    team: str
    doctor: str
    starts_on: date
    ends_before: date
    status: str
