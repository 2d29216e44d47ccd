"""The choices of forms, so that pages need no models."""

from tongmai.commons.encounters.models import Allergy, EncounterDiagnosis, Kind, Note

KINDS = [choice for choice in Kind.choices if choice[0] != Kind.INPATIENT]
ALL_KINDS = Kind.choices
# What a doctor says of a diagnosis; that it came with a referral is not hers to say.
CERTAINTIES = [
    each for each in EncounterDiagnosis.Certainty.choices if each[0] != EncounterDiagnosis.Certainty.REFERRED
]
NOTE_KINDS = [choice for choice in Note.Kind.choices if choice[0] != Note.Kind.DISCHARGE]
SEVERITIES = Allergy.Severity.choices
