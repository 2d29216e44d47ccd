"""Reads of the record.  The caller has opened the record (`residents.access.open_record`) before asking."""

from tongmai.commons.encounters.selectors.chart import (
    AllergyLine,
    KeyValue,
    Medicine,
    Problem,
    allergies_of,
    allergies_of_all,
    key_values,
    long_term_medicines,
    medicines_of,
    problems,
)
from tongmai.commons.encounters.selectors.timeline import TimelineGroup, TimelineLine, timeline
from tongmai.commons.encounters.selectors.visits import (
    EncounterPage,
    NotePage,
    VisitRow,
    diagnoses_of,
    discharge_summary,
    encounter_page,
    note_of,
    open_reported,
    open_visits,
    state_of,
)

__all__ = [
    "AllergyLine",
    "EncounterPage",
    "KeyValue",
    "Medicine",
    "NotePage",
    "Problem",
    "TimelineGroup",
    "TimelineLine",
    "VisitRow",
    "allergies_of",
    "allergies_of_all",
    "diagnoses_of",
    "discharge_summary",
    "encounter_page",
    "key_values",
    "long_term_medicines",
    "medicines_of",
    "note_of",
    "open_reported",
    "open_visits",
    "problems",
    "state_of",
    "timeline",
]
