"""One encounter, and the encounters that a doctor has open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tongmai.commons.encounters.models import (
    Encounter,
    EncounterDiagnosis,
    EncounterTransition,
    Note,
    NoteVersion,
    Vitals,
)
from tongmai.commons.encounters.states import State
from tongmai.commons.residents import access as residents
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.errors import NotFound


@dataclass(frozen=True)
class NotePage:
    """A note in its current words, and what it said before (the latest first)."""

    id: UUID
    kind: str
    kind_text: str
    version: int
    text: str
    reason: str  # why the current words replaced the earlier ones
    at: datetime
    by_name: str
    versions: list[NoteVersion]


@dataclass(frozen=True)
class EncounterPage:
    """Everything that one encounter holds."""

    encounter: Encounter
    diagnoses: list[EncounterDiagnosis]
    earlier_diagnoses: list[EncounterDiagnosis]
    vitals: list[Vitals]
    notes: list[NotePage]
    transitions: list[EncounterTransition]


@dataclass(frozen=True)
class VisitRow:
    """An encounter in a list of work."""

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


def encounter_page(encounter: Encounter) -> EncounterPage:
    """Return all that an encounter holds, in five queries.  The caller has opened it through `access.read`."""
    diagnoses = list(EncounterDiagnosis.objects.filter(encounter=encounter).select_related("recorded_by"))
    return EncounterPage(
        encounter=encounter,
        diagnoses=[row for row in diagnoses if row.replaced_at is None],
        earlier_diagnoses=sorted(
            (row for row in diagnoses if row.replaced_at is not None), key=lambda row: row.replaced_at, reverse=True
        ),
        vitals=list(Vitals.objects.filter(encounter=encounter).select_related("recorded_by", "withdrawn_by")),
        notes=[_note(note) for note in Note.objects.filter(encounter=encounter).prefetch_related("versions")],
        transitions=list(encounter.transitions.all()),
    )


def open_visits(*, by: Actor, mine: bool = True, limit: int = 100) -> list[VisitRow]:
    """Return what is planned or in progress at the actor's organisation, the longest open first; `mine` only hers."""
    main = EncounterDiagnosis.objects.filter(encounter=OuterRef("id"), replaced_at=None, is_main=True).values("name")[
        :1
    ]
    rows = Encounter.objects.filter(
        residents.reach(by, "resident__"), org_id=by.org_id, state__in=[State.PLANNED, State.IN_PROGRESS]
    )
    if mine:
        rows = rows.filter(Q(staff_id=by.staff_id) | Q(staff=None, state=State.PLANNED))
    named = rows.annotate(
        diagnosis=Subquery(main),
        resident_name=F("resident__name"),
        department_name=F("department__name"),
        staff_name=Coalesce("staff__name", "doctor"),
    ).order_by(F("started_at").asc(nulls_last=True), "planned_for", "id")
    return [_row(row) for row in named.values(*_ROW_FIELDS)[:limit]]


def diagnoses_of(encounter_id: UUID) -> list[EncounterDiagnosis]:
    """Return the current diagnoses of an encounter, the main one first."""
    return list(EncounterDiagnosis.objects.filter(encounter_id=encounter_id, replaced_at=None))


def discharge_summary(encounter_id: UUID) -> str:
    """Return the current words of the discharge summary; "" while there is none."""
    return (
        NoteVersion.objects.filter(
            note__encounter_id=encounter_id, note__kind=Note.Kind.DISCHARGE, number=F("note__version")
        )
        .values_list("text", flat=True)
        .first()
        or ""
    )


def note_of(encounter_id: UUID, note_id: UUID) -> NotePage:
    """Return one note of an encounter, in its current and earlier words.

    Raises:
        NotFound: this encounter has no such note.
    """
    note = Note.objects.filter(id=note_id, encounter_id=encounter_id).prefetch_related("versions").first()
    if note is None:
        raise NotFound()
    return _note(note)


_ROW_FIELDS = (
    "id", "resident_id", "resident_name", "kind", "state", "complaint", "diagnosis", "department_name", "staff_name",
    "started_at", "planned_for",
)  # fmt: skip


def state_of(encounter_id: UUID) -> State | None:
    """Return where an encounter stands; None for an absent one.  For programs that report visits."""
    found = _STATE.rows(encounter_id=encounter_id)
    return State(found[0][0]) if found else None


def _state(by: None, *, encounter_id: UUID) -> QuerySet:
    return Encounter.objects.filter(id=encounter_id).order_by().values_list("state")


_STATE = Prepared(_state)


def open_reported(resident_id: UUID, *, org_id: UUID) -> list[UUID]:
    """Return the visits of the person there that the member's own system reported and that are not over."""
    rows = Encounter.objects.filter(resident_id=resident_id, org_id=org_id, source_kind="message")
    return list(rows.filter(state__in=[State.PLANNED, State.IN_PROGRESS]).values_list("id", flat=True))


def _row(row: dict) -> VisitRow:
    return VisitRow(
        id=row["id"],
        resident_id=row["resident_id"],
        resident_name=row["resident_name"],
        kind=row["kind"],
        state=row["state"],
        complaint=row["complaint"],
        diagnosis=row["diagnosis"] or "",
        department=row["department_name"] or "",
        staff_name=row["staff_name"] or "",
        at=row["started_at"] or row["planned_for"],
    )


def _note(note: Note) -> NotePage:
    versions = list(note.versions.all())
    return NotePage(
        id=note.id,
        kind=note.kind,
        kind_text=note.get_kind_display(),
        version=note.version,
        text=versions[0].text,
        reason=versions[0].reason,
        at=versions[0].at,
        by_name=versions[0].by_name,
        versions=versions[1:],
    )
