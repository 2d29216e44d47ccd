"""The conditions of the settings as Python: a small, closed part of SQL, and anything else is refused.

"" is Python's NULL here: a comparison with it holds never, as in SQL.
"""

from collections.abc import Callable
from math import log2
from typing import Any

import sqlglot
from rapidfuzz.distance import DamerauLevenshtein
from sqlglot import expressions as sql

from tongmai.commons.residents.matching.facts import Facts

Weigh = Callable[[Facts, Facts], tuple[float, tuple[int, ...]]]
_SIDES = {"l": "a", "r": "b"}


class CannotCompile(Exception):
    """The settings hold a condition outside of the part of SQL that is understood here."""


def compiled(settings: dict[str, Any]) -> Weigh:
    """Return a function of two people: the log2 of the odds that they are one, and the level of each comparison.

    The levels are positions in the settings.  Two times the same condition is asked once only where it decides.

    Raises:
        CannotCompile: naming the condition.
    """
    prior = settings["probability_two_random_records_match"]
    lines = ["def weigh(a, b):", f"    total = {log2(prior / (1 - prior))!r}"]
    names = []
    for number, comparison in enumerate(settings["comparisons"]):
        lines += _comparison(f"level_{number}", comparison["comparison_levels"])
        names.append(f"level_{number}")
    lines.append(f"    return total, ({', '.join(names)},)")
    scope: dict[str, Any] = {"near": DamerauLevenshtein.distance}
    exec("\n".join(lines), scope)  # nosec B102  (made here from our own file, of the closed part above)
    weigh: Weigh = scope["weigh"]
    return weigh


def worth(level: dict[str, Any]) -> float:
    """Return what a level adds to the log2 of the odds."""
    if level.get("is_null_level"):
        return 0.0
    return log2(level["m_probability"] / level["u_probability"])


def _comparison(name: str, levels: list[dict[str, Any]]) -> list[str]:
    lines = []
    for number, level in enumerate(levels):
        condition = level["sql_condition"]
        if condition.strip().upper() == "ELSE":
            lines.append("    else:")
        else:
            lines.append(f"    {'elif' if number else 'if'} {_python(sqlglot.parse_one(condition, read='duckdb'))}:")
        lines += [f"        {name} = {number}", f"        total += {worth(level)!r}"]
    return lines


def _python(node: Any) -> str:
    make = _FORMS.get(type(node))
    if make is None:
        raise CannotCompile(f"{type(node).__name__}: {node.sql()}")
    return make(node)


def _column(node: sql.Column) -> str:
    field, _, side = node.name.rpartition("_")
    if field not in Facts._fields or side not in _SIDES:
        raise CannotCompile(node.sql())
    return f"{_SIDES[side]}.{field}"


def _equal(node: sql.EQ) -> str:
    left, right = _python(node.this), _python(node.expression)
    return f"({left} == {right} != '')"


def _is_null(node: sql.Is) -> str:
    if not isinstance(node.expression, sql.Null):
        raise CannotCompile(node.sql())
    return f"({_python(node.this)} == '')"


def _distance_at_most(node: sql.LTE) -> str:
    call = node.this
    name = call.name.lower() if isinstance(call, sql.Anonymous) else type(call).__name__.lower()
    arguments = call.expressions if isinstance(call, sql.Anonymous) else [call.this, call.expression]
    if name not in {"damerau_levenshtein", "dameraulevenshtein"} or not isinstance(node.expression, sql.Literal):
        raise CannotCompile(node.sql())
    most = int(node.expression.name)
    left, right = map(_python, arguments)
    return f"({left} != '' != {right} and near({left}, {right}, score_cutoff={most}) <= {most})"


def _part(node: sql.Substring) -> str:
    start, length = int(node.args["start"].name), int(node.args["length"].name)
    return f"{_python(node.this)}[{start - 1}:{start - 1 + length}]"


_FORMS: dict[type, Callable[[Any], str]] = {
    sql.Paren: lambda node: f"({_python(node.this)})",
    sql.Or: lambda node: f"({_python(node.this)} or {_python(node.expression)})",
    sql.And: lambda node: f"({_python(node.this)} and {_python(node.expression)})",
    sql.EQ: _equal,
    sql.Is: _is_null,
    sql.LTE: _distance_at_most,
    sql.Substring: _part,
    sql.Column: _column,
}
