"""Ratchets: what we wish to lose may only become less."""

import ast

from tests.meta import tables
from tests.meta.source import functions, name, python_files, text, tree


def test_files_are_short():
    long = {name(p): len(text(p).splitlines()) for p in (*python_files(), *python_files(tests=True))}
    long = {n: lines for n, lines in long.items() if lines > tables.MOST_FILE_LINES and n not in tables.LONG_FILES}
    assert not long, f"split by noun of the domain: {long}"


def test_functions_are_short():
    long = [
        f"{name(p)}::{f.name} ({_lines(f)})"
        for p in python_files()
        for f in functions(tree(p))
        if _lines(f) > tables.MOST_FUNCTION_LINES
    ]
    assert len(long) <= tables.N_LONG_FUNCTIONS, long


def _lines(function):
    """The lines of a function without its docstring."""
    said = ast.get_docstring(function, clean=False)
    return function.end_lineno - function.lineno + 1 - (len(said.splitlines()) if said else 0)
