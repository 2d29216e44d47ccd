"""Imports of lists: a file is read, every row's fate is told, and then done.

The dry run and the import are the same code: the dry run does everything inside a transaction and takes it back.  Both go
in steps of some hundred rows, so that a page can show how far it is, and an interrupted import goes on where it stood.
"""

import gc
import hashlib
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.db import transaction

from tongmai.exchange import access, events, fast_rows
from tongmai.exchange.models import ImportRun
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.services import mappings
from tongmai.exchange.services.rows import LONGEST_IDENTITY, settle
from tongmai.exchange.states import IMPORT, ImportState, ImportStep
from tongmai.exchange.tabular import columns, reading
from tongmai.exchange.tabular.verdicts import TAKEN, Verdict
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

ROWS_PER_STEP = 500
ROWS_OF_A_COMMAND = 2_000  # at a time, where nobody waits for a page
RUNNING = (ImportState.CHECKING, ImportState.APPLYING)


@transaction.atomic
def start(
    *,
    kind: str,
    source: str,
    file_name: str,
    content: bytes,
    by: Actor,
    choices: Mapping[str, str] | None = None,
    may_ask: bool = False,
) -> ImportRun:
    """Read a file and keep its rows; nothing is decided yet.  `choices`: field → heading, remembered for the source.

    With `may_ask` a file whose columns are not clear is kept too, and waits until `map_columns` says which is which.

    Raises:
        NotPermitted: this post does not import such files.
        InvalidInput: no source, or a choice for a field that there is not.
        UnusableFile: with what is wrong and what to do.
    """
    scope, source = access.scope_of(kind, by=by), source.strip()[:60]
    if not source:
        raise InvalidInput(field="source", problem=N_("请填写数据来源，例如“公卫系统”"))
    if choices:
        mappings.remember(kind=kind, source=source, choices=choices, by=by)
    saved = mappings.saved(kind, scope, source)
    sheet = reading.read(content, columns.headings(kind, saved), is_head_needed=not may_ask)
    fit = columns.fit(kind, sheet.head, saved)
    if not may_ask:
        columns.match(kind, sheet.head, saved)
    run = ImportRun.objects.create(
        kind=kind,
        source=source,
        file_name=file_name[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        head=list(sheet.head),
        places=fit.places,
        state=ImportState.CHECKING if fit.is_clear else ImportState.MAPPING,
        county_code=by.county_code,
        scope=scope,
        total_rows=len(sheet.rows),
        created_at=by.now,
        created_by_id=by.user_id,
    )
    fast_rows.keep_rows(run, sheet.rows)
    return run


@transaction.atomic
def map_columns(*, run_id: UUID, choices: Mapping[str, str], by: Actor) -> ImportRun:
    """Say which column is which field ("": none), and let the rows be checked; kept for the source's next file.

    Raises:
        NotFound: no such import in reach.
        StepNotAllowed: it was confirmed or given up.
        InvalidInput: a field that there is not, one column for two fields, a column that the file does not have, or a
            required field without one.
    """
    run = access.run(run_id, by=by, lock=True)
    absent = {heading for heading in choices.values() if heading} - set(columns.labels(run.head))
    if absent:
        raise InvalidInput(field="choices", problem=N_("文件里没有这一列"))
    mappings.remember(kind=run.kind, source=run.source, choices=_not_obvious(run, choices), by=by)
    fit = columns.fit(run.kind, run.head, mappings.saved(run.kind, run.scope, run.source))
    if not fit.is_clear:
        raise InvalidInput(field=(*fit.missing, *fit.several)[0], problem=N_("请选择对应的列"))
    run.places, run.done_rows, run.done_line = fit.places, 0, 0
    _step(run, ImportStep.MAP, by=by)
    run.rows.update(fate=Fate.UNKNOWN, identity="", number_key="", what="", facts={})
    return run


@transaction.atomic
def go_on(*, run_id: UUID, by: Actor, most: int | None = None) -> ImportRun:
    """Take the next rows (at most `most`) of the dry run or of the import; after the last one the phase ends.

    In a state where nothing runs, nothing happens.

    Raises:
        NotFound: no such import in reach.
    """
    run = access.run(run_id, by=by, lock=True)
    if run.state not in RUNNING:
        return run
    is_real = run.state == ImportState.APPLYING
    rows = fast_rows.rows_after(run, run.done_line, most or ROWS_PER_STEP)
    verdicts = settle(run, rows, by=by, is_real=is_real)
    fast_rows.write_fates([_told(row, verdict, is_real) for row, verdict in zip(rows, verdicts, strict=True)])
    run.done_rows += len(rows)
    run.done_line = rows[-1].line if rows else run.done_line
    if run.done_rows >= run.total_rows:
        _finish_phase(run, by=by)
    else:
        fast_rows.let_commit_lag()
        run.save(update_fields=["done_rows", "done_line"])
    return run


def through(*, run_id: UUID, by: Actor) -> Iterator[int]:
    """Take the dry run or the import to its end; yield how many rows are done after each step (errors as in `go_on`)."""
    run, usual = access.run(run_id, by=by), gc.get_threshold()
    gc.set_threshold(ROWS_OF_A_COMMAND * 100, *usual[1:])  # rows come and go by the thousand, and none in a circle
    try:
        while run.state in RUNNING:
            run = go_on(run_id=run_id, by=by, most=ROWS_OF_A_COMMAND)
            yield run.done_rows
    finally:
        gc.set_threshold(*usual)


@transaction.atomic
def confirm(*, run_id: UUID, by: Actor) -> ImportRun:
    """Let a checked import be done.

    Raises:
        NotFound: no such import in reach.
        StepNotAllowed: it is not checked, or was confirmed already.
    """
    run = access.run(run_id, by=by, lock=True)
    run.confirmed_at, run.confirmed_by_id, run.done_rows, run.done_line = by.now, by.user_id, 0, 0
    _step(run, ImportStep.CONFIRM, by=by)
    audit.record(events.ImportConfirmed(n_rows=run.total_rows, **_about(run)), by=by, subject_id=run.id)
    return run


@transaction.atomic
def abandon(*, run_id: UUID, by: Actor) -> ImportRun:
    """Give an import up before it was confirmed (errors as in `confirm`); its rows stay as evidence."""
    run = access.run(run_id, by=by, lock=True)
    _step(run, ImportStep.ABANDON, by=by)
    audit.record(events.ImportAbandoned(**_about(run)), by=by, subject_id=run.id)
    return run


def _told(row: fast_rows.FileRow, verdict: Verdict, is_real: bool) -> fast_rows.Told:
    is_applied = is_real and verdict.fate in TAKEN
    return fast_rows.Told(
        row.id, str(verdict.fate), verdict.identity[:LONGEST_IDENTITY], verdict.number_key, verdict.what, verdict.facts,
        verdict.target_id if is_applied else None, is_applied,
    )  # fmt: skip


def _not_obvious(run: ImportRun, choices: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would be so without being said: a field without a column today may have one in the next file."""
    labels, saved = columns.labels(run.head), mappings.saved(run.kind, run.scope, run.source)
    found = columns.fit(run.kind, run.head, {})
    obvious = {field: labels[at] for field, at in found.places.items()}
    return {
        field: heading
        for field, heading in choices.items()
        if field in saved or field in found.several or heading != obvious.get(field, "")
    }


def _finish_phase(run: ImportRun, *, by: Actor) -> None:
    if run.state == ImportState.CHECKING:
        _step(run, ImportStep.FINISH_CHECK, by=by)
        audit.record(events.ImportChecked(n_rows=run.total_rows, **_about(run)), by=by, subject_id=run.id)
        return
    _step(run, ImportStep.FINISH, by=by)
    counts = {f"n_{fate}": run.rows.filter(fate=fate).count() for fate in (*TAKEN, Fate.HELD, Fate.REJECTED)}
    audit.record(events.ImportFinished(**_about(run), **counts), by=by, subject_id=run.id)


def _step(run: ImportRun, step: ImportStep, *, by: Actor) -> None:
    """The one place where an import changes its state."""
    run.state = IMPORT.after(ImportState(run.state), step)
    run.version += 1
    run.save()
    run.transitions.create(step=step, to_state=run.state, at=by.now, by_user_id=by.user_id, by_name=by.name)


def _about(run: ImportRun) -> dict:
    return {"run_id": run.id, "kind": run.kind, "source": run.source}
