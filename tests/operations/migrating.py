"""`python -m tests.operations.migrating`: takes all later migrations back and forward again; prints what was lost.

A table or column that only the newer state has comes back empty or with its default: that is no loss.  A row that is
gone is one, and so is a value in a column that both states have.
"""

import json
import sys
from collections.abc import Collection

import django

django.setup()

from django.db import IntegrityError, connection  # noqa: E402
from django.db.migrations import Migration  # noqa: E402
from django.db.migrations.exceptions import IrreversibleError  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402


def main() -> None:
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        connection.connection.prepare_threshold = None  # a prepared SELECT * does not outlive a change of its table
    before = _content()
    stuck = _back()
    between = _content()
    _forward()
    json.dump({"stuck": stuck, "lost": _lost(before, between, _content())}, sys.stdout)


def _back() -> dict[str, str]:
    """Take each app back to its beginning, one migration after the other; return where that could not be done, and why.

    What is written since may be more than the older state can say: the way back is a courtesy, the way forward is not.
    All go together as far as they can, because to work out the states between takes the most time.
    """
    stuck: dict[str, str] = {}
    while ways := _ways_back(besides=stuck):
        executor = MigrationExecutor(connection)
        plan = [(migration, True) for migration in dict.fromkeys(each for way in ways.values() for each in way)]
        try:
            executor.migrate([], plan=plan)
        except (IrreversibleError, IntegrityError) as error:
            applied = executor.recorder.applied_migrations()
            at = next(each for each, _ in plan if (each.app_label, each.name) in applied)
            stuck |= {app: str(error) for app, way in ways.items() if at in way}
    return stuck


def _ways_back(*, besides: Collection[str]) -> dict[str, list[Migration]]:
    """Return what is to be taken back of each app that is not at its beginning, nor before it with another one."""
    executor = MigrationExecutor(connection)
    ways = {
        app: [migration for migration, _ in executor.migration_plan([(app, name)])]
        for app, name in _beginnings(executor)
        if app not in besides and (app, name) in executor.loader.applied_migrations
    }
    return {app: way for app, way in ways.items() if way}


def _forward() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _beginnings(executor: MigrationExecutor) -> list[tuple[str, str]]:
    """Return the first migration of each of our apps."""
    ours = [each for each in executor.loader.disk_migrations.values() if type(each).__module__.startswith("tongmai.")]
    return sorted((each.app_label, each.name) for each in ours if each.name.startswith("0001"))


def _content() -> dict[str, dict[str, list[str]]]:
    """Return every value of every table, by column and in order."""
    found: dict[str, dict[str, list[str]]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in {"django_migrations", "sqlite_sequence"}:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [each[0] for each in cursor.description]
            rows = cursor.fetchall()
            found[table] = {name: sorted(repr(row[i]) for row in rows) for i, name in enumerate(columns)}
    return found


def _lost(before: dict, between: dict, after: dict) -> list[str]:
    lost = []
    for table, columns in before.items():
        for column, values in columns.items():
            if column not in between.get(table, {}):
                continue  # only the newer state has it
            if after[table].get(column) != values:
                lost.append(f"{table}.{column}")
    return lost


if __name__ == "__main__":
    main()
