"""The parts of a record, and which of them a reason opens."""

from enum import StrEnum


class Section(StrEnum):
    """A part of the record."""

    ENCOUNTERS = "encounters"  # visits and stays with their notes and diagnoses
    PROBLEMS = "problems"
    ALLERGIES = "allergies"
    MEDICINES = "medicines"
    VALUES = "values"
    RESULTS = "results"  # what was ordered and reported
    DOCUMENTS = "documents"


ALL = frozenset(Section)
# Whoever examines or reports must know what endangers the person, and what was found before; not what she told a doctor.
FOR_AN_ORDER = frozenset({Section.PROBLEMS, Section.ALLERGIES, Section.MEDICINES, Section.VALUES, Section.RESULTS})
