"""Writes docs/generated/ from tests/spec/: what a domain expert can check, in the words that the tests check.

`python -m tools.specs` writes; `--check` only says what is stale, and fails then.
One page per folder of tests/spec; one section per module (its `title`); one paragraph per test.
"""

import argparse
import ast
import sys
from pathlib import Path

from tests.harness.tables import rows

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "tests" / "spec"
PAGES = ROOT / "docs" / "generated"


def pages() -> dict[Path, str]:
    """Return the text of every generated page by its path."""
    folders = sorted(f for f in SPECS.iterdir() if f.is_dir() and any(f.glob("test_*.py")))
    return {PAGES / f"{folder.name}.md": _page(folder) for folder in folders}


def _page(folder: Path) -> str:
    head = folder / "__init__.py"
    introduction = (ast.get_docstring(ast.parse(head.read_text(encoding="utf-8"))) or "") if head.is_file() else ""
    name = folder.name.replace("_", " ").capitalize()
    note = f"<!-- Generated from tests/spec/{folder.name} by `make spec`: edit the tests, not this page. -->"
    sections = [_section(path) for path in sorted(folder.glob("test_*.py"))]
    return "\n\n".join(part for part in (f"# {name}", note, introduction, *sections) if part).rstrip() + "\n"


def _section(path: Path) -> str:
    module = ast.parse(path.read_text(encoding="utf-8"))
    parts = [f"## {_title(module, path)}", ast.get_docstring(module) or ""]
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            parts += [
                f"### {node.name.removeprefix('test_').replace('_', ' ').capitalize()}",
                ast.get_docstring(node) or "",
            ]
            parts += [_markdown(text) for text in _drawn(node)]
    return "\n\n".join(part for part in parts if part)


def _title(module: ast.Module, path: Path) -> str:
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="title")], value=ast.Constant(value=str(title))):
                return title
    raise SystemExit(f'{path}: a spec module needs a line `title = "…"`')


def _drawn(test: ast.FunctionDef) -> list[str]:
    """The tables drawn inside a test and in its decorators, in order."""
    texts = [n.value for n in ast.walk(test) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [text for text in texts if "\n" in text and sum("|" in line for line in text.splitlines()) > 1]


def _markdown(text: str) -> str:
    body = rows(text)
    head = list(body[0])
    lines = [head, ["---"] * len(head), *[[row[key] for key in head] for row in body]]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    check = arguments.parse_args().check
    wanted = pages()
    stale = [p for p, text in wanted.items() if not p.is_file() or p.read_text(encoding="utf-8") != text]
    stale += [p for p in PAGES.glob("*.md") if p not in wanted]
    if check:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run `make spec`")
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in stale:
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    print(f"{len(wanted)} pages, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
