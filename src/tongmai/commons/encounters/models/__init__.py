"""The tables of the record.  What was written stays: it is replaced, refuted or amended by a further row."""

from tongmai.commons.encounters.models.encounter import (
    Encounter,
    EncounterDiagnosis,
    EncounterTransition,
    Episode,
    Kind,
)
from tongmai.commons.encounters.models.findings import Vitals
from tongmai.commons.encounters.models.notes import Note, NoteVersion
from tongmai.commons.encounters.models.patient import Allergy, MedicationStatement

__all__ = [
    "Allergy",
    "Encounter",
    "EncounterDiagnosis",
    "EncounterTransition",
    "Episode",
    "Kind",
    "MedicationStatement",
    "Note",
    "NoteVersion",
    "Vitals",
]
