"""The rows of a step: recognised by their identity in the source, settled by their kind, and remembered."""

from collections.abc import Callable, Iterable, Sequence

from django.db import transaction

from tongmai.exchange import fast_rows
from tongmai.exchange.models import ImportRun
from tongmai.exchange.models.imports import Fate, Kind
from tongmai.exchange.tabular import capacity, codes, columns, contracts, limits, prices, residents, staff
from tongmai.exchange.tabular.facts import Cells, identity_of
from tongmai.exchange.tabular.verdicts import TAKEN, Row, Verdict, one_by_one
from tongmai.foundation.orgs.actors import Actor

Settle = Callable[[Sequence[Row]], list[Verdict]]
LONGEST_IDENTITY = 80
_IDENTITIES: dict[str, Callable[[Cells], str]] = {
    Kind.RESIDENTS: identity_of,
    Kind.STAFF: identity_of,
    Kind.CONTRACTS: identity_of,
    Kind.CAPACITY: capacity.identity_of,
    Kind.PRICES: prices.identity_of,
    Kind.CODES: codes.identity_of,
    Kind.LIMITS: limits.identity_of,
}


def settle(run: ImportRun, rows: Sequence[fast_rows.FileRow], *, by: Actor, is_real: bool) -> list[Verdict]:
    """Return what becomes of these rows of a run; the dry run takes everything back at the end."""
    asked = _recognised(run, rows)
    earlier = _earlier_lines(run, asked)
    twice = {
        line: earlier[row.identity] for row in asked if (line := row.line) and earlier.get(row.identity, line) < line
    }
    told = {row.line: _once_only(row, twice[row.line]) for row in asked if row.line in twice}
    open_rows = [row for row in asked if row.line not in told]
    with transaction.atomic():
        verdicts = _settler(run, by, is_real, asked[0].line if asked else 0)(open_rows)
        told |= {row.line: verdict for row, verdict in zip(open_rows, verdicts, strict=True)}
        if is_real:
            _note(run, open_rows, verdicts)
        else:
            transaction.set_rollback(True)
    return [told[row.line] for row in rows]


def _settler(run: ImportRun, by: Actor, is_real: bool, first_line: int) -> Settle:
    if run.kind == Kind.RESIDENTS:
        step = residents.Step(run.county_code, run.source, by=by, is_real=is_real)
        return lambda rows: step.settle(rows, lambda keys: _new_before(run, keys, first_line))
    modules = {
        Kind.STAFF: staff,
        Kind.CONTRACTS: contracts,
        Kind.CAPACITY: capacity,
        Kind.PRICES: prices,
        Kind.CODES: codes,
        Kind.LIMITS: limits,
    }
    each = modules[Kind(run.kind)].settler(by)
    return lambda rows: one_by_one(rows, each)


def _recognised(run: ImportRun, rows: Sequence[fast_rows.FileRow]) -> list[Row]:
    identity_of_kind = _IDENTITIES[run.kind]
    cells = [columns.cells_by_field(row.cells, run.places) for row in rows]
    identities = [identity_of_kind(each)[:LONGEST_IDENTITY] for each in cells]
    known = fast_rows.known_rows(run, set(identities))
    return [
        Row(row.line, said, identity, known.get(identity))
        for row, said, identity in zip(rows, cells, identities, strict=True)
    ]


def _earlier_lines(run: ImportRun, rows: Sequence[Row]) -> dict[str, int]:
    """Return the first line of the file that has each identity: one before this step, else one of it."""
    first: dict[str, int] = {}
    for row in rows:
        if row.identity:
            first.setdefault(row.identity, row.line)
    return first | (fast_rows.first_lines(run, first.keys(), rows[0].line) if rows else {})


def _new_before(run: ImportRun, number_keys: Iterable[str], line: int) -> list[Row]:
    """Return the rows before `line` that are to make an entry for one of these numbers: a dry run repeats them."""
    return _recognised(run, fast_rows.new_before(run, set(number_keys), line))


def _once_only(row: Row, line: int) -> Verdict:
    return Verdict(Fate.REJECTED, row.identity, what="same-identity", facts={"line": str(line)})


def _note(run: ImportRun, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Remember what the rows became, to recognise them the next time."""
    fast_rows.note(
        run,
        (
            (row.identity, verdict.digest, verdict.target_id)
            for row, verdict in zip(rows, verdicts, strict=True)
            if verdict.fate in TAKEN and verdict.target_id and row.identity
            and row.known != (verdict.target_id, verdict.digest)
        ),
    )  # fmt: skip
