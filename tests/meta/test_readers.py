"""Whoever returns something of a record takes the view of its reader, so that nothing sensitive is shown by forgetting."""

import ast

import pytest

from tests.meta.source import PACKAGE, name, python_files, tree

# What tells of a person's illness: rows and lines of the record.
OF_THE_RECORD = {
    "Document", "DocumentBody", "DocumentLine", "DocumentParticipant", "DocumentSection", "Encounter",
    "EncounterDiagnosis", "EncounterPage", "Entry", "KeyValue", "Measurement", "Medicine", "MedicationStatement",
    "NotePage", "Number", "Observation", "Problem", "Report", "ReportLine", "Request", "RequestLine", "Row",
    "TimelineGroup", "TimelineLine", "VersionLine", "VisitRow", "Vitals",
}  # fmt: skip
# The reader's view comes with one of these.
CARRIES = {"view", "opened"}
# Functions that need none, each with the reason.
NEEDS_NONE = {
    "commons/encounters/selectors/visits.py::encounter_page": "of an encounter that access.read has opened",
    "commons/encounters/selectors/visits.py::diagnoses_of": "of an encounter in hand, to work in it",
    "commons/encounters/selectors/visits.py::note_of": "of an encounter in hand, to write in it",
    "commons/encounters/selectors/visits.py::open_visits": "the work of the actor's own organisation",
    "commons/results/selectors.py::values_of": "of a report that access.read_report has opened",
    "commons/results/selectors.py::earlier_versions": "of a report that access.read_report has opened",
    "commons/results/documents.py::participants_of": "of a document that access.read_document has opened",
    "commons/results/documents.py::sections_of": "of a document that access.read_document has opened",
    "commons/results/documents.py::body_of": "of a document that access.read_document has opened",
}
APPS = ("commons/encounters", "commons/results")
READING_MODULES = ("/documents.py", "/numbers.py")  # beside the selectors


def _readers():
    for path in python_files():
        where = path.relative_to(PACKAGE).as_posix()
        if not where.startswith(APPS) or not ("selectors" in where or where.endswith(READING_MODULES)):
            continue
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _returns_record(node):
                yield pytest.param(f"{where}::{node.name}", node, id=f"{name(path)}::{node.name}")


def _returns_record(node):
    said = ast.unparse(node.returns) if node.returns else ""
    return bool({part.id for part in ast.walk(ast.parse(said)) if isinstance(part, ast.Name)} & OF_THE_RECORD)


READERS = list(_readers())


@pytest.mark.parametrize(("where", "node"), READERS)
def test_a_reader_of_the_record_takes_the_view(where, node):
    given = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
    assert given & CARRIES or where in NEEDS_NONE, f"{where} shows a record: take `view` and put it in the query"


def test_the_exceptions_are_still_there():
    assert not NEEDS_NONE.keys() - {reader.values[0] for reader in READERS}
    assert len(READERS) >= 8


def test_the_doors_to_one_entry_say_which_entry_they_open():
    """`open_record` answers for a single entry only if it is told its kinds."""
    missing = []
    for app in APPS:
        for path in [PACKAGE / app / "access.py"]:
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "open_record":
                    missing += [] if any(word.arg == "entry" for word in node.keywords) else [name(path)]
    assert not missing, f"{missing}: say entry=EntryWanted(…)"
