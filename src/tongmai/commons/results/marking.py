"""Which orders, reports and documents are sensitive: what is stored, and what policy says."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from tongmai.commons.residents.sensitive import marking, policies, rules
from tongmai.commons.residents.sensitive.marking import Stale
from tongmai.commons.results import models

LABELS = ("Document", "Observation", "Report", "Request")
_NORMAL = ("", "normal")
_WRITTEN = ("text", "note")  # of a value


def of_report(facts: Mapping[str, Any], values: Iterable[Mapping[str, Any]], *, on: date) -> str:
    """Return the kinds of a report with its values: of what it is called, what was measured, and what is written of it."""
    values = list(values)
    names = [facts.get("name", ""), *(value.get("name", "") for value in values)]
    texts = [facts.get("conclusion", ""), *(value.get(name, "") for value in values for name in _WRITTEN)]
    return policies.kinds_of([], names, on=on, texts=texts)


def of_request(facts: Mapping[str, Any], *, on: date) -> str:
    """Return the kinds of an order, as they are stored."""
    return policies.kinds_of([], [facts.get("name", ""), facts.get("reason", "")], on=on)


def of_document(facts: Mapping[str, Any], *, on: date) -> str:
    """Return the kinds of a document: of its title, and as its author marked it."""
    is_restricted = str(facts.get("confidentiality", "")) not in _NORMAL
    return policies.kinds_of([], [facts.get("title", "")], on=on, is_restricted=is_restricted)


def stale(on: date, tables: Any = models) -> Iterator[Stale]:
    """Yield the rows whose stored kinds are not what policy says on that day.  `tables`: the models of a migration."""
    yield from marking.by_text(
        tables.Request.objects.all(), ("name", "reason"), lambda *said: policies.kinds_of([], said, on=on)
    )
    yield from marking.by_text(
        tables.Document.objects.all(),
        ("title", "confidentiality"),
        lambda title, mark: of_document({"title": title, "confidentiality": mark}, on=on),
    )
    yield from _reports(on, tables)


def mark(on: date, tables: Any = models) -> int:
    """Write what policy says of every row; return how many were changed.  Safe to repeat."""
    return marking.write(stale(on, tables))


def of_migration(apps: Any) -> SimpleNamespace:
    """Return the tables as a migration knows them."""
    return SimpleNamespace(**{label: apps.get_model("results", label) for label in LABELS})


def _reports(on: date, tables: Any) -> Iterator[Stale]:
    """A report has the kinds of everything that any version of it measured: the earlier ones stay readable."""
    wanted: dict[Any, frozenset[str]] = {}
    words = [word for each in policies.definitions(on) for word in each.words]
    measured = tables.Observation.objects.order_by().values_list("name", flat=True).distinct()
    kinds = {name: policies.kinds_of([], [name], on=on) for name in measured}
    names = [name for name, text in kinds.items() if text]
    found = [
        (row_id, kinds[name])
        for row_id, name in tables.Observation.objects.filter(name__in=names).values_list("report_id", "name")
    ]
    said = tables.Report.objects.filter(marking.has_word("name", words) | marking.has_word("conclusion", words))
    found += [
        (row_id, policies.kinds_of([], [name], on=on, texts=[text]))
        for row_id, name, text in said.values_list("id", "name", "conclusion")
    ]
    written = tables.Observation.objects.order_by().filter(
        marking.has_word("text", words) | marking.has_word("note", words)
    )
    found += [
        (row_id, policies.kinds_of([], [], on=on, texts=texts))
        for row_id, *texts in written.values_list("report_id", *_WRITTEN)
    ]
    for row_id, text in found:
        wanted[row_id] = wanted.get(row_id, frozenset()) | rules.kinds_in(text)
    yield from marking.by_row(tables.Report.objects.all(), wanted, rules.stored)
