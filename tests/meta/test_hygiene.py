"""Things that must not be in the repository, in any file."""

import ast
import re

import pytest

from tests.meta.source import name, python_files, repository_files, text, tree

HERE = "tests/meta/test_hygiene.py"
TEXTS = [p for p in repository_files() if p.suffix not in {".png", ".ico", ".woff2", ".jpg"} and name(p) != HERE]
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(work|home/\w+|Users/\w+|root|pyenv)/"),
    "a registry address": re.compile(r"\b(?:index[-]url|registry)\s*[=:]\s*[\"']?https?://|resolved\"?:\s*\"https?://"),
    "work left for later": re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"),
    "a conflict marker": re.compile(r"^(<{7}|>{7}) ", re.M),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what):
    guilty = [name(p) for p in TEXTS if FORBIDDEN[what].search(text(p))]
    assert not guilty, f"{what}: {guilty}"


def test_locks_pin_with_hashes_and_name_no_registry():
    for path in (p for p in repository_files() if p.suffix == ".lock"):
        assert "--hash=sha256:" in text(path)
        assert "://" not in text(path), f"{name(path)} names an address"


def test_no_test_is_skipped_or_expected_to_fail():
    marks = re.compile(r"mark\.(skip|skipif|xfail)\b|pytest\.xfail\(|importorskip")
    guilty = [name(p) for p in python_files(tests=True) if name(p) != HERE and marks.search(text(p))]
    assert not guilty


def test_broad_except_is_only_where_the_house_allows_it():
    """Request middleware, worker loop, import row."""
    allowed = re.compile(r"(middleware|worker|importing|rows)\.py$")
    guilty = [
        f"{name(p)}:{node.lineno}"
        for p in python_files()
        for node in ast.walk(tree(p))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and not allowed.search(p.name)
        and not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
    ]
    assert not guilty, f"{guilty}: name the errors you expect"


def test_nothing_raises_not_implemented():
    guilty = [
        f"{name(p)}:{node.lineno}"
        for p in python_files()
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Raise) and node.exc and "NotImplementedError" in ast.unparse(node.exc)
    ]
    assert not guilty


def test_no_float_on_money():
    guilty = [
        f"{name(p)}:{node.lineno}"
        for p in python_files()
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "float"
        and re.search(r"fen|yuan|amount", ast.unparse(node))
    ]
    assert not guilty, f"{guilty}: money is integer fen"


def test_tests_go_by_the_clock_of_the_run():
    """Else they pass today and fail on another day.  Only certificates go by that of the machine: so does who checks them."""
    of_the_machine = re.compile(r"\bdatetime\.now\(|\bdate\.today\(|TOTP\([^()]*\)\.now\(|\btotp\.now\(")
    guilty = [
        f"{name(p)}:{node.lineno}"
        for p in python_files(tests=True)
        if name(p) != HERE
        for node in ast.walk(tree(p))
        if isinstance(node, ast.FunctionDef)
        and "certificate" not in node.name
        and of_the_machine.search(ast.unparse(node))
    ]
    assert not guilty, f"{guilty}: timezone.now()"
