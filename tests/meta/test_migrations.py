"""Migrations are linear: each app's `max_migration.txt` names its last one, so that two at once collide in git."""

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.meta.source import PACKAGE, name, text

FOLDERS = sorted(PACKAGE.glob("**/migrations"))


def _label(folder):
    module = ".".join(("tongmai", *folder.parent.relative_to(PACKAGE).parts))
    return next(config.label for config in apps.get_app_configs() if config.name == module)


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_the_last_migration_is_written_down(folder):
    last = sorted(path.stem for path in folder.glob("[0-9]*.py"))[-1]
    noted = folder / "max_migration.txt"
    assert noted.is_file() and text(noted).strip() == last, f"write {last} into {name(noted)}"


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_each_migration_follows_the_one_before(folder):
    label = _label(folder)
    graph = MigrationLoader(None).graph
    assert len(graph.leaf_nodes(label)) == 1, "two migrations follow the same one: rename and re-point the later"
    numbers = sorted(path.stem[:4] for path in folder.glob("[0-9]*.py"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
