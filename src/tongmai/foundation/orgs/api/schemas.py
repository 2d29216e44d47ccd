"""What goes in and out.  Every text has a length, every list of words is closed."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from tongmai.ui.api import Text

Level = Literal["village", "township", "county", "outside"]
Kind = Literal["facility", "commission", "insurer", "cdc"]
Form = Literal["urban_group", "county_community", "specialty_alliance", "telemedicine_network"]
Tightness = Literal["tight", "loose"]
AgreementKind = Literal["trusteeship", "support", "posting"]
Grade = Literal["none", "junior", "intermediate", "deputy_senior", "senior"]
Posting = Literal["", "long_term", "short_term", "rounds"]
GrantableRole = Literal[
    "village_doctor", "general_practitioner", "nurse", "registrar", "technician", "specialist", "reporting_doctor",
    "pharmacist", "referral_coordinator", "resource_manager", "insurance_officer", "manager", "health_commission",
    "cdc_officer", "system_admin", "security_admin", "audit_admin",
]  # fmt: skip
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,12}$")]
Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Text(600)


class OrgOut(Schema):
    id: UUID
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    class_code: str
    grade: str
    credit_code: str
    county_code: str
    division_code: str
    parent_id: UUID | None
    phone: str
    address: str
    is_active: bool
    version: int


class OrgBriefOut(Schema):
    id: UUID
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    grade: str
    county_code: str
    division_code: str


class OrgIn(Schema):
    """What may be changed of an organisation; `division_code` has 9 digits down to a town, 12 to a village."""

    name: Text(120, 2)
    division_code: Digits
    short_name: Text(40) = ""
    credit_code: Text(24) = ""
    class_code: Text(8) = ""
    grade: Text(16) = ""
    parent_id: UUID | None = None
    phone: Text(40) = ""
    address: Text(200) = ""


class NewOrgIn(OrgIn):
    code: Text(32, 1)
    level: Level
    kind: Kind = "facility"


class ReasonIn(Schema):
    reason: Text(200, 1)


class EndIn(Schema):
    """The first day on which it no longer holds."""

    ends_before: date


class DestinationOut(Schema):
    """Where a referral may go; `nearness` is alliance, county or outside."""

    org: OrgBriefOut
    nearness: str


class DepartmentOut(Schema):
    id: UUID
    org_id: UUID
    code: str
    name: str
    is_active: bool


class DepartmentIn(Schema):
    code: Text(16, 1)
    name: Text(60) = ""


class DepartmentChangeIn(DepartmentIn):
    is_active: bool = True


class CatchmentOut(Schema):
    id: UUID
    org_id: UUID
    division_code: str
    starts_on: date
    ends_before: date | None


class CatchmentIn(Schema):
    division_code: Digits
    starts_on: date


class AllianceOut(Schema):
    id: UUID
    code: str
    name: str
    form: str
    tightness: str
    county_code: str
    specialty_code: str
    starts_on: date
    ends_before: date | None
    version: int


class AllianceChangeIn(Schema):
    name: Text(120, 2)
    tightness: Tightness
    specialty_code: Text(16) = ""


class AllianceIn(AllianceChangeIn):
    """`is_across_counties`: its members come from several counties, and none of them owns it."""

    code: Text(32, 1)
    form: Form
    lead_id: UUID
    starts_on: date
    is_across_counties: bool = False


class MemberOut(Schema):
    """`through_id` names the township through which a village clinic comes in; it then has no membership of its own."""

    org: OrgBriefOut
    part: str
    starts_on: date
    ends_before: date | None
    membership_id: UUID | None
    through_id: UUID | None


class MembershipOut(Schema):
    id: UUID
    alliance_id: UUID
    org_id: UUID
    part: str
    starts_on: date
    ends_before: date | None


class MemberIn(Schema):
    org_id: UUID
    starts_on: date


class AgreementOut(Schema):
    id: UUID
    kind: str
    from_org_id: UUID
    to_org_id: UUID
    alliance_id: UUID | None
    number: str
    subject: str
    starts_on: date
    ends_before: date | None
    version: int


class AgreementIn(Schema):
    """Staff of `from_org_id` may work at `to_org_id` without registering there anew."""

    kind: AgreementKind
    from_org_id: UUID
    to_org_id: UUID
    starts_on: date
    ends_before: date | None = None
    alliance_id: UUID | None = None
    number: Text(60) = ""
    subject: Text(200) = ""


class StaffOut(Schema):
    id: UUID
    number: str
    name: str
    grade: str
    licence_number: str
    practice_org_id: UUID
    is_active: bool
    version: int


class StaffIn(Schema):
    name: Text(60, 1)
    practice_org_id: UUID
    grade: Grade = "none"
    licence_number: Text(32) = ""
    phone: Text(20) = ""


class NewStaffIn(StaffIn):
    number: Text(32, 1)


class PostOut(Schema):
    id: UUID
    staff_id: UUID
    staff_name: str
    role: str
    org_id: UUID
    org_name: str
    department_id: UUID | None
    department_name: str
    agreement_id: UUID | None
    posting: str
    is_main: bool
    starts_on: date
    ends_before: date | None


class PostIn(Schema):
    """`agreement_id` and `posting` are due where a licensed person works away from where she is registered."""

    org_id: UUID
    role: GrantableRole
    starts_on: date
    ends_before: date | None = None
    department_id: UUID | None = None
    agreement_id: UUID | None = None
    posting: Posting = ""
    is_main: bool = False


class AccountIn(Schema):
    username: Text(60) = ""


class AccountOut(Schema):
    username: str
    is_active: bool
    must_change_password: bool


class InitialPasswordOut(Schema):
    """Shown this once; it must be changed at the first sign-in."""

    user_id: UUID
    username: str
    password: str


class PasswordIn(Schema):
    current: Text(200, 1)
    new: Text(200, 1)


class TokenIn(Schema):
    post_id: UUID
    name: Text(60, 1)
    days: Annotated[int, Field(ge=1, le=3650)]


class IssuedTokenOut(Schema):
    """`secret` is shown this once."""

    id: UUID
    secret: str
    name: str
    expires_at: datetime


class TokenOut(Schema):
    id: UUID
    post_id: UUID
    name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
