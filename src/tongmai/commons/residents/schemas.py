"""What the JSON API takes and gives about people.  Full numbers are given only where a person's identity was opened."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from tongmai.commons.residents import choices, log_marks
from tongmai.ui.api import Text

Day = Annotated[date, Field(ge=date(1850, 1, 1), le=date(2099, 12, 31))]
Village = Annotated[str, StringConstraints(pattern=r"^([0-9]{12})?$")]
Area = Annotated[str, StringConstraints(pattern=r"^([0-9]{6})?$")]
Limit = Annotated[int, Field(ge=1, le=50)]
PageLimit = Annotated[int, Field(ge=1, le=200)]
Cursor = Text(400)
Reason = Text(200, least=1)
Version = Annotated[int, Field(ge=1, le=2_000_000_000)]


def _enum(name: str, options: list[tuple[str, Any]], *, blank: bool = False) -> type[StrEnum]:
    members = {value.upper(): value for value, _label in options}
    return StrEnum(name, ({"NOT_GIVEN": ""} if blank else {}) | members)


class SearchIn(Schema):
    """Anything one knows of a person: name, pinyin, initials, phone, document or card number."""

    q: Text(60, least=1)
    limit: Limit = 20


SexIn = _enum("SexIn", choices.SEXES)
SexOrNone = _enum("SexOrNone", choices.SEXES, blank=True)
IdKind = _enum("IdKind", choices.ALL_ID_KINDS)
MediumKind = _enum("MediumKind", choices.MEDIUM_KINDS)
Relation = _enum("Relation", choices.RELATIONS)
GuardianRelation = _enum("GuardianRelation", choices.GUARDIAN_RELATIONS)
Scheme = _enum("Scheme", choices.SCHEMES)
SchemeOrNone = _enum("SchemeOrNone", choices.SCHEMES, blank=True)
Group = _enum("Group", choices.GROUPS)
GroupSource = _enum("GroupSource", choices.GROUP_SOURCES)
Verdict = _enum("Verdict", choices.VERDICTS)


class FoundOut(Schema):
    """One line of a search."""

    id: UUID
    name: str
    sex: str
    age_text: str
    town: str
    village: str
    id_masked: str
    is_dead: bool
    matched: str


class FamilyDoctorOut(Schema):
    org_id: UUID
    org_name: str
    staff_id: UUID | None
    staff_name: str
    team_id: UUID | None
    team_name: str
    starts_on: date
    ends_before: date | None


class SummaryOut(Schema):
    """The head of a person's page; `groups` are the stored and the derived ones."""

    id: UUID
    name: str
    sex: str
    born_on: date | None
    age_text: str
    id_masked: str
    village_code: str
    town: str
    village: str
    address: str
    phone: str
    insurance_scheme: str
    family_doctor: FamilyDoctorOut | None
    groups: list[str]
    died_on: date | None
    is_unnamed: bool
    version: int


class OpenedOut(Schema):
    """An opened record: the person, and the basis on which the caller looks."""

    basis: str
    reason: str
    resident: SummaryOut
    n_merged: int  # entries of the same person that were merged into this one


class RegisterIn(Schema):
    resident_id: UUID | None = None  # chosen by the caller: sent twice, registered once
    name: Text(60) = ""
    sex: SexOrNone = SexOrNone("")
    born_on: Day | None = None
    id_kind: IdKind = IdKind("citizen_id")
    id_number: Text(40) = ""
    id_issuer: Text(32) = ""
    village_code: Village = ""
    address: Text(200) = ""
    phone: Text(24) = ""
    phone_whose: Relation = Relation("self")
    scheme: SchemeOrNone = SchemeOrNone("")
    insurance_area: Area = ""
    is_unnamed: bool = False
    is_born_on_estimated: bool = False


class NumberIn(Schema):
    kind: IdKind
    value: Text(40, least=1)
    issuer: Text(32) = ""


class LookupOut(Schema):
    """The resident in reach who holds the number; null when there is none."""

    resident_id: UUID | None


class IntroduceIn(Schema):
    name: Text(60, least=1)
    id_kind: IdKind
    id_number: Text(40, least=1)
    id_issuer: Text(32) = ""


class MadeOut(Schema):
    id: UUID


class AmendIn(Schema):
    """Only the given fields change; `reason` is kept with the old values."""

    reason: Reason
    name: Text(60, least=1) | None = None
    sex: SexIn | None = None
    born_on: Day | None = None
    is_born_on_estimated: bool | None = None
    is_unnamed: bool | None = None
    village_code: Village | None = None
    address: Text(200) | None = None


class IdentifierOut(Schema):
    id: UUID
    kind: str
    issuer: str
    value: str
    is_current: bool
    close_reason: str


class MediumOut(Schema):
    id: UUID
    kind: str
    number: str
    state: str
    valid_before: date | None
    version: int


class PhoneOut(Schema):
    id: UUID
    number: str
    whose: str
    holder_name: str
    is_main: bool


class GuardianOut(Schema):
    id: UUID
    name: str
    relation: str
    phone: str
    guardian_resident_id: UUID | None
    starts_on: date
    ends_before: date | None


class CoverageOut(Schema):
    id: UUID
    scheme: str
    area_code: str
    starts_on: date
    ends_before: date | None


class ChangeOut(Schema):
    field: str
    old_value: str
    new_value: str
    reason: str
    at: datetime
    by_name: str
    by_org_name: str


class IdentityOut(Schema):
    """Everything that identifies one person, current and past."""

    resident_id: UUID
    version: int
    identifiers: list[IdentifierOut]
    media: list[MediumOut]
    phones: list[PhoneOut]
    guardians: list[GuardianOut]
    coverages: list[CoverageOut]
    changes: list[ChangeOut]


class MediumIn(Schema):
    kind: MediumKind
    number: Text(64, least=4)
    valid_before: Day | None = None


class PhoneIn(Schema):
    number: Text(24, least=5)
    whose: Relation = Relation("self")
    holder_name: Text(60) = ""
    is_main: bool = True


class GuardianIn(Schema):
    name: Text(60, least=1)
    relation: GuardianRelation
    phone: Text(24) = ""
    guardian_resident_id: UUID | None = None
    starts_on: Day | None = None


class CoverageIn(Schema):
    scheme: Scheme
    area_code: Area = ""
    starts_on: Day | None = None


class DeathIn(Schema):
    died_on: Day
    reason: Reason


class TagIn(Schema):
    kind: Group
    source: GroupSource = GroupSource("doctor")
    starts_on: Day | None = None
    ends_before: Day | None = None
    note: Text(200) = ""


class TagOut(Schema):
    id: UUID
    kind: str
    source: str
    note: str
    starts_on: date
    ends_before: date | None


class ReasonIn(Schema):
    reason: Reason


class EndTagIn(ReasonIn):
    ends_before: Day | None = None


class BreakGlassIn(Schema):
    reason: Text(500, least=10)


class EmergencyOut(Schema):
    """Until when the record may be opened."""

    id: UUID
    until: datetime


class WaitingOut(Schema):
    """An emergency access that waits for the judgement of the caller's side."""

    id: UUID
    resident_id: UUID
    resident_name: str
    reason: str
    opened_at: datetime
    opened_by: str
    opened_org: str
    side: str


class ReviewIn(Schema):
    verdict: Verdict
    note: Text(200) = ""


class AccessOut(Schema):
    """One time that somebody opened the record.  `mark` names it where it is disputed, and says nothing else."""

    mark: str
    at: datetime
    by_name: str
    by_org_name: str
    by_role: str
    basis: str
    reason: str
    what: str

    @staticmethod
    def resolve_mark(row: Any) -> str:
        return log_marks.mark_of(row.id)
