"""Which encounters, diagnoses, problems and medicines are sensitive: what is stored, and what policy says."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

from tongmai.commons.encounters import models
from tongmai.commons.residents.sensitive import marking, policies, rules
from tongmai.commons.residents.sensitive.marking import Stale

LABELS = ("Encounter", "EncounterDiagnosis", "Episode", "MedicationStatement", "NoteVersion")


def of_entry(code: str, name: str, *, on: date) -> str:
    """Return the kinds of a diagnosis or problem, as they are stored."""
    return policies.kinds_of([code], [name], on=on)


def of_words(name: str, *, on: date) -> str:
    """Return the kinds of a medicine or a complaint, as they are stored."""
    return policies.kinds_of((), [name], on=on)


def of_text(text: str, *, on: date) -> str:
    """Return the kinds of a note, as they are stored."""
    return policies.kinds_of((), (), on=on, notes=[text])


def stale(on: date, tables: Any = models) -> Iterator[Stale]:
    """Yield the rows whose stored kinds are not what policy says on that day.  `tables`: the models of a migration."""
    yield from marking.by_text(
        tables.EncounterDiagnosis.objects.all(), ("code", "name"), lambda code, name: of_entry(code, name, on=on)
    )
    yield from marking.by_text(
        tables.Episode.objects.all(), ("problem_code", "problem_name"), lambda code, name: of_entry(code, name, on=on)
    )
    yield from marking.by_text(
        tables.MedicationStatement.objects.all(), ("name",), lambda name: of_words(name, on=on)
    )  # fmt: skip
    yield from _encounters(on, tables)


def mark(on: date, tables: Any = models) -> int:
    """Write what policy says of every row; return how many were changed.  Safe to repeat."""
    return marking.write(stale(on, tables))


def of_migration(apps: Any) -> SimpleNamespace:
    """Return the tables as a migration knows them."""
    return SimpleNamespace(**{label: apps.get_model("encounters", label) for label in LABELS})


def _encounters(on: date, tables: Any) -> Iterator[Stale]:
    """An encounter has the kinds of every diagnosis that ever stood in it, of its complaint, and of all its notes."""
    wanted: dict[Any, frozenset[str]] = {}
    words = [word for each in policies.definitions(on) for word in each.words]
    said = tables.Encounter.objects.filter(marking.has_word("complaint", words)).values_list("id", "complaint")
    written = tables.NoteVersion.objects.order_by().filter(marking.has_word("text", words))
    found = [
        *((row_id, of_text(text, on=on)) for row_id, text in written.values_list("note__encounter_id", "text")),
        *tables.EncounterDiagnosis.objects.exclude(sensitivity="").values_list("encounter_id", "sensitivity"),
        *((row_id, of_words(complaint, on=on)) for row_id, complaint in said),
    ]
    for row_id, text in found:
        wanted[row_id] = wanted.get(row_id, frozenset()) | rules.kinds_in(text)
    yield from marking.by_row(tables.Encounter.objects.all(), wanted, rules.stored)
