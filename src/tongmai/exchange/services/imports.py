"""Imports of registers: a file is read, every row's fate is told, and then done.

The dry run and the import are the same code: the dry run does everything inside a transaction and takes it back.  Both go
in steps of some hundred rows, so that a page can show how far it is, and an interrupted import goes on where it stood.
"""

import hashlib
from collections.abc import Callable, Mapping
from uuid import UUID

from django.db import transaction

from tongmai.exchange import access, events
from tongmai.exchange.models import ColumnChoice, ImportRow, ImportRun, SourceRow
from tongmai.exchange.models.imports import Fate, Kind
from tongmai.exchange.states import IMPORT, ImportState, ImportStep
from tongmai.exchange.tabular import columns, reading, residents, staff
from tongmai.exchange.tabular.facts import identity_of
from tongmai.exchange.tabular.places import Villages
from tongmai.exchange.tabular.verdicts import Verdict
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

ROWS_PER_STEP = 200
_TAKEN = (Fate.NEW, Fate.UPDATED, Fate.SAME)
_Settle = Callable[[Mapping[str, str], tuple[UUID, str] | None], Verdict]


@transaction.atomic
def start(
    *, kind: str, source: str, file_name: str, content: bytes, by: Actor, choices: Mapping[str, str] | None = None
) -> ImportRun:
    """Read a file and keep its rows; nothing is decided yet.  `choices`: field → heading, remembered for the source.

    Raises:
        NotPermitted: this post does not import such files.
        InvalidInput: no source, or a choice for a field that there is not.
        UnusableFile: with what is wrong and what to do.
    """
    _require(kind, by)
    source = source.strip()[:60]
    if not source:
        raise InvalidInput(field="source", problem=N_("请填写数据来源，例如“公卫系统”"))
    saved = _saved(kind, source) | dict(choices or {})
    sheet = reading.read(content, columns.headings(kind, saved))
    places = columns.match(kind, sheet.head, saved)
    if choices:
        _remember(kind, source, choices, by)
    run = ImportRun.objects.create(
        kind=kind,
        source=source,
        file_name=file_name[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        head=list(sheet.head),
        county_code=by.county_code,
        total_rows=len(sheet.rows),
        created_at=by.now,
        created_by_id=by.user_id,
    )
    rows = (ImportRow(run=run, line=n, cells=columns.cells_by_field(row, places)) for n, row in sheet.rows)
    ImportRow.objects.bulk_create(rows, batch_size=500)
    return run


@transaction.atomic
def go_on(*, run_id: UUID, by: Actor, most: int | None = None) -> ImportRun:
    """Take the next rows (at most `most`) of the dry run or of the import; after the last one the phase ends.

    In a state where nothing runs, nothing happens.

    Raises:
        NotFound: no such import in reach.
    """
    run = access.run(run_id, by=by, lock=True)
    if run.state not in (ImportState.CHECKING, ImportState.APPLYING):
        return run
    is_real = run.state == ImportState.APPLYING
    rows = list(run.rows.all()[run.done_rows : run.done_rows + (most or ROWS_PER_STEP)])
    verdicts = _settle_all(run, rows, by=by, is_real=is_real)
    for row, verdict in zip(rows, verdicts, strict=True):
        row.fate, row.identity, row.target_id = (
            verdict.fate,
            verdict.identity[:80],
            verdict.target_id if is_real else None,
        )
        row.what, row.facts, row.is_applied = verdict.what, dict(verdict.facts), is_real and verdict.fate in _TAKEN
    ImportRow.objects.bulk_update(rows, ["fate", "identity", "target_id", "what", "facts", "is_applied"])
    run.done_rows += len(rows)
    if run.done_rows >= run.total_rows:
        _finish_phase(run, by=by)
    else:
        run.save(update_fields=["done_rows"])
    return run


@transaction.atomic
def confirm(*, run_id: UUID, by: Actor) -> ImportRun:
    """Let a checked import be done.

    Raises:
        NotFound: no such import in reach.
        StepNotAllowed: it is not checked, or was confirmed already.
    """
    run = access.run(run_id, by=by, lock=True)
    run.confirmed_at, run.confirmed_by_id, run.done_rows = by.now, by.user_id, 0
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


def _require(kind: str, by: Actor) -> None:
    if kind not in Kind.values:
        raise InvalidInput(field="kind", problem=N_("请选择要导入的名册"))
    orgs.require(by, access.ACTION_OF[Kind(kind)])


def _saved(kind: str, source: str) -> dict[str, str]:
    return dict(ColumnChoice.objects.filter(kind=kind, source=source).values_list("field", "heading"))


def _remember(kind: str, source: str, choices: Mapping[str, str], by: Actor) -> None:
    known = {column.field for column in columns.KINDS[kind]}
    for field, heading in choices.items():
        if field not in known:
            raise InvalidInput(field="choices", problem=N_("没有这个字段"))
        ColumnChoice.objects.update_or_create(
            kind=kind,
            source=source,
            field=field,
            defaults={"heading": heading[:120], "chosen_at": by.now, "chosen_by_id": by.user_id},
        )


def _settle_all(run: ImportRun, rows: list[ImportRow], *, by: Actor, is_real: bool) -> list[Verdict]:
    """Settle the rows one after the other; the dry run takes everything back at the end."""
    settle = _settler(run, by)
    seen: dict[str, int] = {}
    with transaction.atomic():
        verdicts = [_settle_one(run, row, settle, seen) for row in rows]
        if not is_real:
            transaction.set_rollback(True)
    return verdicts


def _settler(run: ImportRun, by: Actor) -> _Settle:
    if run.kind == Kind.STAFF:
        return lambda cells, known: staff.settle(cells, known=known, by=by)
    acting, villages = residents.acting(by), Villages(run.county_code, by.today)
    return lambda cells, known: residents.settle(cells, known=known, source=run.source, villages=villages, by=acting)


def _settle_one(run: ImportRun, row: ImportRow, settle: _Settle, seen: dict[str, int]) -> Verdict:
    """Each row has a savepoint of its own: what a refused one has begun is taken back, the others stay."""
    identity = identity_of(row.cells)[:80]
    if earlier := _earlier_line(run, row, identity, seen):
        return Verdict(Fate.REJECTED, identity, what="same-identity", facts={"line": str(earlier)})
    with transaction.atomic():
        verdict = settle(row.cells, _known(run, identity))
        if verdict.fate in _TAKEN:
            _note(run, verdict)
        else:
            transaction.set_rollback(True)
    return verdict


def _earlier_line(run: ImportRun, row: ImportRow, identity: str, seen: dict[str, int]) -> int | None:
    """Return the line that has this identity already: in this step (`seen`), or in one before."""
    if not identity:
        return None
    if seen.setdefault(identity, row.line) < row.line:
        return seen[identity]
    return run.rows.filter(identity=identity, line__lt=row.line).values_list("line", flat=True).first()


def _known(run: ImportRun, identity: str) -> tuple[UUID, str] | None:
    rows = SourceRow.objects.filter(kind=run.kind, source=run.source, identity=identity)
    return rows.values_list("target_id", "digest").first() if identity else None


def _note(run: ImportRun, verdict: Verdict) -> None:
    """Remember what the row became, to recognise it the next time."""
    SourceRow.objects.update_or_create(
        kind=run.kind,
        source=run.source,
        identity=verdict.identity[:80],
        defaults={"digest": verdict.digest, "target_id": verdict.target_id},
    )


def _finish_phase(run: ImportRun, *, by: Actor) -> None:
    if run.state == ImportState.CHECKING:
        _step(run, ImportStep.FINISH_CHECK, by=by)
        audit.record(events.ImportChecked(n_rows=run.total_rows, **_about(run)), by=by, subject_id=run.id)
        return
    _step(run, ImportStep.FINISH, by=by)
    counts = {f"n_{fate}": run.rows.filter(fate=fate).count() for fate in (*_TAKEN, Fate.HELD, Fate.REJECTED)}
    audit.record(events.ImportFinished(**_about(run), **counts), by=by, subject_id=run.id)


def _step(run: ImportRun, step: ImportStep, *, by: Actor) -> None:
    """The one place where an import changes its state."""
    run.state = IMPORT.after(ImportState(run.state), step)
    run.version += 1
    run.save()
    run.transitions.create(step=step, to_state=run.state, at=by.now, by_user_id=by.user_id, by_name=by.name)


def _about(run: ImportRun) -> dict:
    return {"run_id": run.id, "kind": run.kind, "source": run.source}
