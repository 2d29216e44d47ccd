"""What is decided about one row."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from tongmai.exchange import wording
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Problem
from tongmai.kernel.errors import TongmaiError


@dataclass(frozen=True)
class Verdict:
    """A row's fate.  `identity` recognises the row in its source system, `digest` its content; `what`: why not."""

    fate: Fate
    identity: str = ""
    digest: str = ""
    target_id: UUID | None = None
    what: str = ""
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


def digest_of(facts: Any) -> str:
    """Return what identifies the content of a row, whatever the order of its columns."""
    plain = json.dumps(asdict(facts), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()
