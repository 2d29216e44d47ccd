"""Every public service has a test that names it, a docstring, and an actor."""

import ast
import re

import pytest

from tests.meta import tables
from tests.meta.source import PACKAGE, name, python_files, text, tree


def _services():
    for path in python_files():
        parts = path.relative_to(PACKAGE).parts
        if path.name == "services.py" or "services" in parts[:-1]:
            for node in tree(path).body:
                if isinstance(node, ast.FunctionDef) and _is_service(node):
                    yield pytest.param(path, node, id=f"{name(path).removeprefix('src/tongmai/')}::{node.name}")


def _is_service(node):
    """An intent of an actor: public, by keyword `by`, about ids.  What works on rows in hand is a part of one."""
    arguments = node.args
    about_ids = all(ast.unparse(a.annotation or ast.Constant("")) == "UUID" for a in arguments.args)
    return not node.name.startswith("_") and about_ids and "by" in {a.arg for a in arguments.kwonlyargs}


SERVICES = list(_services())


@pytest.mark.parametrize(("path", "service"), SERVICES)
def test_service_is_named_by_a_test(path, service):
    where = f"{name(path).removeprefix('src/tongmai/')}::{service.name}"
    if where in tables.SERVICES_TESTED_ELSEWHERE:
        return
    app = path.relative_to(PACKAGE).parts
    tests = [p for p in python_files(tests=True) if "meta" not in p.parts]
    own = [p for p in tests if PACKAGE.joinpath(*app[:2]) in p.parents]
    assert any(re.search(rf"\b{service.name}\b", text(p)) for p in own or tests), f"no test of its app names {where}"


@pytest.mark.parametrize(("path", "service"), SERVICES)
def test_service_says_what_it_does(path, service):
    assert ast.get_docstring(service), f"{service.name} needs a docstring: intent, errors"


def test_services_do_not_ask_the_clock():
    asking = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|localdate\(\)|utcnow\(")
    pure = {"services.py", "rules.py", "states.py", "events.py", "models.py", "access.py"}
    guilty = [name(p) for p in python_files() if p.name in pure and asking.search(text(p))]
    assert not guilty, f"{guilty}: time comes from the actor (by.now)"
