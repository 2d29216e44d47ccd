"""What an app says is waiting stands on somebody's home page."""

from importlib import import_module
from pathlib import Path

from tongmai.portal import home

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "tongmai"


def test_every_worklist_is_part_of_home():
    written = {
        ".".join(("tongmai", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in PACKAGE.glob("*/**/worklists.py")
        if hasattr(import_module(".".join(("tongmai", *path.relative_to(PACKAGE).with_suffix("").parts))), "waiting")
    }
    assert written == {module.__name__ for module in home.SOURCES}
