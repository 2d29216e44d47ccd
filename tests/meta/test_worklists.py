"""What an app says is waiting stands on somebody's home page."""

from importlib import import_module
from pathlib import Path

from tongmai.portal import home

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "tongmai"


def test_every_worklist_is_part_of_home():
    paths = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.glob("*/**/worklists.py"))
    written = [import_module(".".join(("tongmai", *path.parts))) for path in paths]
    assert {module for module in written if hasattr(module, "waiting")} == set(home.SOURCES)
