"""The choices of forms, so that pages need no models."""

from tongmai.commons.encounters.models import Allergy, EncounterDiagnosis, Kind, Note

KINDS = [choice for choice in Kind.choices if choice[0] != Kind.INPATIENT]
ALL_KINDS = Kind.choices
CERTAINTIES = EncounterDiagnosis.Certainty.choices
NOTE_KINDS = [choice for choice in Note.Kind.choices if choice[0] != Note.Kind.DISCHARGE]
SEVERITIES = Allergy.Severity.choices
