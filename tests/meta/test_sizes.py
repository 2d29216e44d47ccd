"""Ratchets: what we wish to lose may only become less."""

from tests.meta import tables
from tests.meta.source import functions, name, python_files, text, tree


def test_files_are_short():
    long = {name(p): len(text(p).splitlines()) for p in (*python_files(), *python_files(tests=True))}
    long = {n: lines for n, lines in long.items() if lines > tables.MOST_FILE_LINES and n not in tables.LONG_FILES}
    assert not long, f"split by noun of the domain: {long}"


def test_functions_are_short():
    long = [
        f"{name(p)}::{f.name} ({f.end_lineno - f.lineno + 1})"
        for p in python_files()
        for f in functions(tree(p))
        if f.end_lineno - f.lineno + 1 > tables.MOST_FUNCTION_LINES
    ]
    assert len(long) <= tables.N_LONG_FUNCTIONS, long
