"""The repository as text and as syntax trees, read once."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tongmai"


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that belongs to the repository, new ones included; without git, all that is not ignored by name."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode == 0:
        paths = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        ignored = {".venv", "node_modules", "build", "var", "vendor", "static_root", "__pycache__"}
        paths = [p for p in ROOT.rglob("*") if not ignored & set(p.parts)]
    return tuple(sorted(p for p in paths if p.is_file()))


def python_files(*, tests: bool = False) -> Iterator[Path]:
    """The product's Python files; with `tests`, those of the tests instead.  Migrations are neither."""
    for path in repository_files():
        if path.suffix != ".py" or "migrations" in path.parts:
            continue
        is_test = "tests" in path.relative_to(ROOT).parts or path.name == "conftest.py"
        if is_test == tests and (tests or PACKAGE in path.parents):
            yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    return (n for n in ast.walk(module) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
