"""What can be done in the record: one function per intent, each in one transaction."""

from tongmai.commons.encounters.services.episodes import close_episode, open_episode
from tongmai.commons.encounters.services.findings import (
    MOST_DIAGNOSES,
    DiagnosisEntry,
    carry_diagnosis,
    record_diagnoses,
    record_vitals,
    withdraw_vitals,
)
from tongmai.commons.encounters.services.notes import amend_note, write_note
from tongmai.commons.encounters.services.patient import (
    add_allergy,
    record_medication,
    refute_allergy,
    stop_medication,
)
from tongmai.commons.encounters.services.reported import (
    Reported,
    ReportedDiagnosis,
    held_visit,
    report_allergies,
    report_beginning,
    report_diagnoses,
    report_visit,
)
from tongmai.commons.encounters.services.visits import (
    admit,
    cancel,
    discharge,
    finish,
    plan_visit,
    reopen,
    start,
    start_visit,
)

__all__ = [
    "DiagnosisEntry",
    "MOST_DIAGNOSES",
    "Reported",
    "ReportedDiagnosis",
    "add_allergy",
    "admit",
    "amend_note",
    "cancel",
    "carry_diagnosis",
    "close_episode",
    "discharge",
    "finish",
    "held_visit",
    "open_episode",
    "plan_visit",
    "record_diagnoses",
    "record_medication",
    "record_vitals",
    "refute_allergy",
    "reopen",
    "report_allergies",
    "report_beginning",
    "report_diagnoses",
    "report_visit",
    "start",
    "start_visit",
    "stop_medication",
    "withdraw_vitals",
    "write_note",
]
