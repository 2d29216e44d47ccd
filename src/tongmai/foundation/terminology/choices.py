"""The words that are stored, as slugs."""

from enum import StrEnum


class CodeSet(StrEnum):
    """The four unified sets, as `catalog.CodeList.System` names them."""

    DIAGNOSES = "icd10"
    DRUGS = "drugs"
    CONSUMABLES = "consumables"
    CHARGES = "charges"


class Relation(StrEnum):
    """What a person decided: how the unified code stands to the local one (FHIR ConceptMap), or that there is none."""

    EQUIVALENT = "equivalent"
    WIDER = "wider"  # the unified code means more than the local one
    NARROWER = "narrower"  # the unified code means less
    NONE = "none"


class Standing(StrEnum):
    """Where a local code stands today; it follows from the decision and from the editions in force."""

    MAPPED = "mapped"  # a person has said it
    AUTOMATIC = "automatic"  # the same code with the same name is in force
    CHECK = "check"  # the same code is in force under another name
    NONE = "none"  # a person has said that there is no counterpart
    GONE = "gone"  # mapped, but the unified code is not in force any more
    UNMAPPED = "unmapped"


MEANT = (Standing.MAPPED, Standing.AUTOMATIC, Standing.CHECK)  # a unified code can be shown
WAITING = (Standing.UNMAPPED, Standing.CHECK, Standing.GONE)  # a person should look
