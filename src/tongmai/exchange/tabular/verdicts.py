"""What is decided about one row."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from tongmai.exchange import wording
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Problem
from tongmai.kernel.errors import TongmaiError

_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)
TAKEN = (Fate.NEW, Fate.UPDATED, Fate.SAME)


@dataclass(frozen=True)
class Row:
    """A row to be settled.  `known`: what an earlier file's row of this identity became, and its digest."""

    line: int
    cells: Mapping[str, str]
    identity: str
    known: tuple[UUID, str] | None = None

    def is_same(self, digest: str) -> bool:
        """Whether the source has said exactly this before."""
        return self.known is not None and self.known[1] == digest


@dataclass(frozen=True)
class Verdict:
    """A row's fate.  `identity` recognises the row in its source system, `digest` its content; `what`: why not."""

    fate: Fate
    identity: str = ""
    digest: str = ""
    target_id: UUID | None = None
    what: str = ""
    number_key: str = ""  # digest of the citizen's number: rows of one file meet by it
    facts: Mapping[str, str] = field(default_factory=dict)


def refused(problem: Problem, identity: str = "") -> Verdict:
    """Return the verdict on a row with a problem: held where a person could decide for it, else rejected."""
    fate = Fate.HELD if problem.is_held else Fate.REJECTED
    return Verdict(fate, identity, what=problem.what, facts=problem.facts)


def held(identity: str, what: str, **facts: str) -> Verdict:
    """Return the verdict on a row that a person has to look at."""
    return Verdict(Fate.HELD, identity, what=what, facts=facts)


def held_by(error: TongmaiError, identity: str) -> Verdict:
    """Return the verdict on a row that a service has refused."""
    return Verdict(Fate.HELD, identity, what="refused", facts=wording.of_error(error))


def settled(row: Row, facts: Any, settle: Callable[[Any, str], Verdict]) -> Verdict:
    """Settle a row whose facts were read: a problem refuses it, what was said before changes nothing."""
    if isinstance(facts, Problem):
        return refused(facts, row.identity)
    digest = digest_of(facts)
    if row.known is not None and row.is_same(digest):
        return Verdict(Fate.SAME, row.identity, digest, row.known[0])
    try:
        return settle(facts, digest)
    except TongmaiError as error:
        return held_by(error, row.identity)


def one_by_one(rows: Sequence[Row], settle: Callable[[Row], Verdict]) -> list[Verdict]:
    """Settle rows each in a savepoint of its own: what a refused one has begun is taken back, the others stay."""
    verdicts = []
    for row in rows:
        with transaction.atomic():
            verdict = settle(row)
            if verdict.fate not in TAKEN:
                transaction.set_rollback(True)
        verdicts.append(verdict)
    return verdicts


def digest_of(facts: Any) -> str:
    """Return what identifies the content of a row, whatever the order of its columns."""
    return hashlib.sha256(_PLAIN.encode(vars(facts)).encode()).hexdigest()
