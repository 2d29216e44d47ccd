"""What happens in the record.  Ids and codes only: words stay in the tables."""

from uuid import UUID

from tongmai.foundation.audit.events import OfTheCase, event


@event
class EpisodeOpened:
    resident_id: UUID
    episode_id: UUID
    problem_key: OfTheCase


@event
class EpisodeClosed:
    resident_id: UUID
    episode_id: UUID


@event
class EncounterPlanned:
    resident_id: UUID
    encounter_id: UUID
    kind: str


@event
class EncounterStarted:
    resident_id: UUID
    encounter_id: UUID
    kind: str
    org_id: UUID
    source_kind: str
    source_id: UUID | None


@event
class EncounterFinished:
    resident_id: UUID
    encounter_id: UUID
    kind: str
    org_id: UUID
    disposition: str
    source_kind: str
    source_id: UUID | None


@event
class EncounterCancelled:
    resident_id: UUID
    encounter_id: UUID


@event
class EncounterReopened:
    resident_id: UUID
    encounter_id: UUID


@event
class DiagnosesRecorded:
    resident_id: UUID
    encounter_id: UUID
    main_code: OfTheCase
    codes: OfTheCase  # all codes, separated by blanks, the main one first


@event
class DiagnosisCarried:
    """The diagnosis of a referral stands in the encounter that it led to, for its doctor to confirm or change."""

    resident_id: UUID
    encounter_id: UUID
    code: OfTheCase


@event
class VitalsRecorded:
    resident_id: UUID
    encounter_id: UUID
    vitals_id: UUID


@event
class VitalsWithdrawn:
    resident_id: UUID
    encounter_id: UUID
    vitals_id: UUID


@event
class NoteWritten:
    resident_id: UUID
    encounter_id: UUID
    note_id: UUID
    kind: str


@event
class NoteAmended:
    resident_id: UUID
    encounter_id: UUID
    note_id: UUID
    version: int


@event
class AllergyRecorded:
    resident_id: UUID
    allergy_id: UUID


@event
class AllergyRefuted:
    resident_id: UUID
    allergy_id: UUID


@event
class MedicationRecorded:
    resident_id: UUID
    medication_id: UUID


@event
class MedicationStopped:
    resident_id: UUID
    medication_id: UUID
