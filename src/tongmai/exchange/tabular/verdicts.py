"""What is decided about one row."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Problem


@dataclass(frozen=True)
class Verdict:
    """A row's fate.  `identity` recognises the row in its source system, `digest` its content."""

    fate: Fate
    identity: str = ""
    digest: str = ""
    target_id: UUID | None = None
    reason: str = ""
    remedy: str = ""


def refused(problem: Problem, identity: str = "") -> Verdict:
    """Return the verdict on a row with a problem: held where a person could decide for it, else rejected."""
    fate = Fate.HELD if problem.is_held else Fate.REJECTED
    return Verdict(
        fate, identity, reason=_filled(problem.reason, problem.facts), remedy=_filled(problem.remedy, problem.facts)
    )


def held(identity: str, reason: str, remedy: str) -> Verdict:
    """Return the verdict on a row that a person has to look at."""
    return Verdict(Fate.HELD, identity, reason=reason[:300], remedy=remedy[:300])


def digest_of(facts: Any) -> str:
    """Return what identifies the content of a row, whatever the order of its columns."""
    plain = json.dumps(asdict(facts), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def _filled(template: str, facts: Mapping[str, str]) -> str:
    text = template
    for name, value in facts.items():
        text = text.replace("{" + name + "}", value)
    return text[:300]
