"""What the screens that ask for columns show: a file with its first rows, and what is kept for each source."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tongmai.exchange import access
from tongmai.exchange.services.mappings import saved
from tongmai.exchange.states import DESK, IMPORT, ImportState, ImportStep
from tongmai.exchange.tabular import columns
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound, StepNotAllowed

N_PREVIEW = 5


@dataclass(frozen=True)
class FieldLine:
    """One of our fields: the file's column that it is now, "" for none; `several`: more than one could be it."""

    field: str
    title: str
    is_required: bool
    example: str
    label: str
    is_missing: bool
    is_several: bool


@dataclass(frozen=True)
class Columns:
    """A file whose columns a person is asked for."""

    run_id: UUID
    kind: str
    source: str
    file_name: str
    labels: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True)
class Kept:
    """What is kept for a source's files of one kind: (our field or its title, heading), "" for none.

    `by_field`: by our field always.
    """

    kind: str
    source: str
    choices: tuple[tuple[str, str], ...]
    by_field: tuple[tuple[str, str], ...] = ()


def columns_of(run_id: UUID, *, by: Actor) -> Columns:
    """Return a file's columns with its first rows, and which field each is as far as is known.

    Raises:
        NotFound: absent, or not one that `by` may see.
        StepNotAllowed: its columns are settled.
    """
    run = access.run(run_id, by=by)
    if ImportStep.MAP not in IMPORT.open_to(ImportState(run.state), sides={DESK}, role=by.role):
        raise StepNotAllowed(state=run.state, step=ImportStep.MAP)
    fit = columns.fit(run.kind, run.head, saved(run.kind, run.scope, run.source))
    labels = tuple(columns.labels(run.head))
    rows = run.rows.order_by("line").values_list("cells", flat=True)[:N_PREVIEW]
    fields = tuple(
        FieldLine(
            field=column.field,
            title=column.headings[0],
            is_required=column.is_required,
            example=column.example,
            label=labels[fit.places[column.field]] if column.field in fit.places else "",
            is_missing=column.field in fit.missing,
            is_several=column.field in fit.several,
        )
        for column in columns.KINDS[run.kind]
    )
    return Columns(run.id, run.kind, run.source, run.file_name, labels, tuple(map(tuple, rows)), fields)


def kept_mappings(*, by: Actor) -> list[Kept]:
    """Return what is kept for the sources whose files `by` may import."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in access.visible_choices(by).order_by("kind", "source"):
        found.setdefault((row.kind, row.source), {})[row.field] = row.heading
    return [
        Kept(kind, source, _in_order(kind, choices.items()), tuple(sorted(choices.items())))
        for (kind, source), choices in found.items()
    ]


def kept_mapping(*, kind: str, source: str, by: Actor) -> Kept:
    """Return what is kept for one source, by our field.

    Raises:
        NotFound: nothing is kept, or it is not in reach.
    """
    rows = access.visible_choices(by).filter(kind=kind, source=source) if kind in columns.KINDS else ()
    said = {row.field: row.heading for row in rows}
    if not said:
        raise NotFound()
    return Kept(kind, source, tuple((each.field, said.get(each.field, "")) for each in columns.KINDS[kind]))


def _in_order(kind: str, choices: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    said = dict(choices)
    return tuple((each.headings[0], said[each.field]) for each in columns.KINDS[kind] if each.field in said)
