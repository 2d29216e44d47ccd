"""Every policy value that the code asks for exists, and every one that exists is asked for."""

import ast
import re

import yaml

from tests.meta.source import PACKAGE, name, python_files, text, tree

ID = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")


def _defined():
    files = sorted((PACKAGE / "policies").rglob("*.yaml"))
    return {entry["id"] for path in files for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or []}


def _used():
    """Ids are written as literals: the first argument of a call of `value`."""
    found = {}
    for path in python_files():
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == "value"
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and ID.fullmatch(first.value):
                    found.setdefault(first.value, name(path))
    return found


def test_every_policy_id_in_the_code_exists():
    defined = _defined()
    missing = {used: where for used, where in _used().items() if used not in defined}
    assert not missing, f"no such entry in policies/*.yaml: {missing}"


def test_every_policy_value_is_used():
    product = "\n".join(text(path) for path in python_files())
    unused = sorted(i for i in _defined() if f'"{i}"' not in product and not _is_built(i, product))
    assert not unused, f"nothing asks for {unused}"


def _is_built(policy_id, product):
    """An id whose last part is chosen by a kind: f"referral.reply.{urgency}"."""
    stem = policy_id.rpartition(".")[0]
    return f'f"{stem}.{{' in product
