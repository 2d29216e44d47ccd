"""What the JSON API takes and gives of the record.  Units are in the names, or as in `rules.VITAL_LIMITS`."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AwareDatetime, Field

from tongmai.commons.encounters import choices
from tongmai.commons.encounters.rules import Disposition
from tongmai.commons.residents import timeline
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.months import start_of_day
from tongmai.ui.api import Text

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2099, 12, 31))]
Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime.fromisoformat("2000-01-01T00:00:00+00:00"), le=datetime.fromisoformat("2099-12-31T00:00:00+00:00")
    ),
]
Reason = Text(200, least=1)
Version = Annotated[int, Field(ge=1, le=2_000_000_000)]
Whole = Annotated[int, Field(ge=0, le=600_000)]
Tenth = Annotated[Decimal, Field(ge=0, le=100, max_digits=4, decimal_places=1)]


def _enum(name: str, options: list[tuple[str, Any]]) -> type[StrEnum]:
    return StrEnum(name, {value.upper(): value for value, _label in options})


VisitKind = _enum("VisitKind", choices.KINDS)
NoteKind = _enum("NoteKind", choices.NOTE_KINDS)
Certainty = _enum("Certainty", choices.CERTAINTIES)
Severity = _enum("Severity", choices.SEVERITIES)


class VisitIn(Schema):
    encounter_id: UUID | None = None  # chosen by the caller: sent twice, begun once
    kind: VisitKind = VisitKind("outpatient")
    complaint: Text(200) = ""
    department_id: UUID | None = None
    episode_id: UUID | None = None


class PlanIn(Schema):
    planned_for: Instant
    kind: VisitKind = VisitKind("outpatient")
    complaint: Text(200) = ""
    department_id: UUID | None = None
    episode_id: UUID | None = None


class AdmitIn(Schema):
    encounter_id: UUID | None = None
    department_id: UUID | None = None
    bed: Text(20) = ""
    complaint: Text(200) = ""
    episode_id: UUID | None = None


class MadeOut(Schema):
    id: UUID


class EncounterOut(Schema):
    id: UUID
    resident_id: UUID
    episode_id: UUID | None
    kind: str
    state: str
    org_id: UUID
    department_id: UUID | None
    staff_id: UUID | None
    doctor: str
    complaint: str
    bed: str
    planned_for: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    disposition: str
    version: int


class DiagnosisOut(Schema):
    code: str
    name: str
    is_main: bool
    certainty: str
    is_chronic: bool
    recorded_at: datetime


class ToldDiagnosisOut(DiagnosisOut):
    """`standing`: how a code that a member's own system wrote stands to the unified list, "" for one that was chosen
    from it; `unified_code` and `unified_name` are what it means there today."""

    standing: str
    unified_code: str
    unified_name: str
    relation: str


class VitalsOut(Schema):
    id: UUID
    systolic: int | None
    diastolic: int | None
    pulse: int | None
    temperature: Decimal | None
    respiratory_rate: int | None
    spo2: int | None
    weight_g: int | None
    height_mm: int | None
    glucose: Decimal | None
    is_fasting: bool | None
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdraw_reason: str


class NoteVersionOut(Schema):
    number: int
    text: str
    reason: str
    at: datetime
    by_name: str


class NoteOut(Schema):
    """A note in its current words; `versions` are the earlier ones, the latest first."""

    id: UUID
    kind: str
    version: int
    text: str
    versions: list[NoteVersionOut]


class EncounterPageOut(Schema):
    """Everything that one encounter holds, and the steps that the caller may take now."""

    encounter: EncounterOut
    diagnoses: list[ToldDiagnosisOut]
    vitals: list[VitalsOut]
    notes: list[NoteOut]
    steps: list[str]


class DiagnosisIn(Schema):
    code: Text(20, least=1)
    certainty: Certainty = Certainty("confirmed")


class DiagnosesIn(Schema):
    """The first is the main one; the list replaces the earlier."""

    diagnoses: Annotated[list[DiagnosisIn], Field(min_length=1, max_length=20)]


class VitalsIn(Schema):
    systolic: Whole | None = None
    diastolic: Whole | None = None
    pulse: Whole | None = None
    temperature: Tenth | None = None
    respiratory_rate: Whole | None = None
    spo2: Whole | None = None
    weight_g: Whole | None = None
    height_mm: Whole | None = None
    glucose: Tenth | None = None
    is_fasting: bool | None = None


class NoteIn(Schema):
    kind: NoteKind = NoteKind("visit")
    text: Text(20_000, least=1)


class AmendNoteIn(Schema):
    """`version` is the number of the version that the caller saw."""

    version: Version
    text: Text(20_000, least=1)
    reason: Reason


class ReasonIn(Schema):
    reason: Reason


class FinishIn(Schema):
    disposition: Disposition = Disposition.HOME


class DischargeIn(FinishIn):
    summary: Text(20_000, least=1)


class AllergyIn(Schema):
    substance: Text(80, least=1)
    reaction: Text(120) = ""
    severity: Severity = Severity("unknown")
    encounter_id: UUID | None = None


class AllergyOut(Schema):
    id: UUID
    substance: str
    reaction: str
    severity: str


class MedicationIn(Schema):
    name: Text(120, least=1)
    dose: Text(60) = ""
    frequency: Text(60) = ""
    is_long_term: bool = False
    starts_on: Day | None = None
    ends_before: Day | None = None
    encounter_id: UUID | None = None


class MedicationOut(Schema):
    id: UUID
    name: str
    dose: str
    frequency: str
    is_long_term: bool
    starts_on: date
    ends_before: date | None


class ProblemOut(Schema):
    key: str
    code: str
    name: str
    since: date
    is_chronic: bool
    episode_id: UUID | None


class KeyValueOut(Schema):
    """A last measured value; a blood pressure has its lower value in `second`."""

    field: str
    value: Decimal
    second: Decimal | None
    recorded_at: datetime


class LineOut(Schema):
    encounter_id: UUID
    at: datetime
    ended_at: datetime | None
    kind: str
    state: str
    title: str
    who: str
    org: str
    department: str


class GroupOut(Schema):
    """The encounters of one episode; `episode_id` is null for one that belongs to none."""

    episode_id: UUID | None
    title: str
    opened_at: datetime
    closed_at: datetime | None
    lines: list[LineOut]


class RecordOut(Schema):
    """A person's record at a glance, and the basis on which the caller looks."""

    basis: str
    problems: list[ProblemOut]
    allergies: list[AllergyOut]
    medications: list[MedicationOut]
    key_values: list[KeyValueOut]
    timeline: list[GroupOut]


EntryKind = StrEnum("EntryKind", {kind.name: kind.value for kind in timeline.Kind})


class TimelineIn(Schema):
    """What of a record is asked for; what is left out narrows nothing.  `since` and `until` are days, both count.

    `cursor` is the `next` of the page before.
    """

    kind: list[EntryKind] = []
    org_id: UUID | None = None
    since: Day | None = None
    until: Day | None = None
    cursor: Text(64) = ""
    limit: Annotated[int, Field(ge=1, le=timeline.MOST)] = timeline.PAGE

    def window(self, words: str = "") -> timeline.Window:
        """Return the window that is asked for.  Raises InvalidInput: the cursor is none."""
        after = timeline.Cursor.read(self.cursor)
        if self.cursor and after is None:
            raise InvalidInput(field="cursor", problem=_("不是上一页给出的游标"))
        return timeline.Window(
            kinds=tuple(timeline.Kind(kind) for kind in self.kind),
            org_id=self.org_id,
            since=start_of_day(self.since) if self.since else None,
            until=start_of_day(self.until + timedelta(days=1)) if self.until else None,
            words=words,
            after=after,
            limit=self.limit,
        )


class TimelineSearchIn(TimelineIn):
    """The same with words that stand in the title: in a body, since addresses are written down in many places."""

    q: Text(60, least=1)


class EntryOut(Schema):
    """One entry of a record.  `href` is its page, "" where the caller has none."""

    kind: str
    id: UUID
    at: datetime
    title: str
    detail: str
    org_id: UUID | None
    org: str
    state: str
    n_abnormal: int
    is_critical: bool
    href: str

    @staticmethod
    def resolve_state(entry: Any) -> str:
        return entry.tag.text if entry.tag else ""


class PlaceCountOut(Schema):
    org_id: UUID
    org: str
    n: int


class TimelineOut(Schema):
    """A page of a record, from the latest; `next` is the cursor of the next page, null on the last.

    `kinds` counts at the chosen facility, `orgs` in the chosen kinds, `n` under all filters.
    """

    basis: str
    n: int
    kinds: dict[str, int]
    orgs: list[PlaceCountOut]
    entries: list[EntryOut]
    next: str | None


class OpenVisitOut(Schema):
    id: UUID
    resident_id: UUID
    resident_name: str
    kind: str
    state: str
    complaint: str
    diagnosis: str
    department: str
    staff_name: str
    at: datetime
