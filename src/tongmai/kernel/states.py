"""Life-cycles as tables: (state, step) → state, and for each step who may take it and whether it wants a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from tongmai.kernel.errors import StepNotAllowed

S = TypeVar("S", bound=StrEnum)
P = TypeVar("P", bound=StrEnum)


@dataclass(frozen=True)
class StepRule:
    """Who takes a step: the `side` of the matter, the roles on that side, and whether a reason is due."""

    side: str
    roles: frozenset[str]
    needs_reason: bool = False


@dataclass(frozen=True)
class Table(Generic[S, P]):
    """A life-cycle.  `rows` says where a step leads; `rules` who may take it."""

    rows: Mapping[tuple[S, P], S]
    rules: Mapping[P, StepRule] = field(default_factory=dict)

    def after(self, state: S, step: P) -> S:
        """Return the state that `step` leads to from `state`.

        Raises:
            StepNotAllowed: the table has no such row.
        """
        try:
            return self.rows[state, step]
        except KeyError:
            raise StepNotAllowed(state=state, step=step) from None

    def steps_from(self, state: S) -> list[P]:
        """Return the steps that lead on from `state`, in the order of the table."""
        return [step for (at, step) in self.rows if at == state]

    def may(self, step: P, *, sides: Iterable[str], role: str) -> bool:
        """Whether an actor standing on `sides` in `role` is one who takes `step`."""
        rule = self.rules[step]
        return rule.side in set(sides) and role in rule.roles

    def open_to(self, state: S, *, sides: Iterable[str], role: str) -> list[P]:
        """Return the steps that an actor standing on `sides` in `role` may take from `state`."""
        sides = set(sides)
        return [step for step in self.steps_from(state) if self.may(step, sides=sides, role=role)]

    def final(self, states: Iterable[S]) -> set[S]:
        """Return those of `states` that nothing leads on from."""
        return {state for state in states if not self.steps_from(state)}
