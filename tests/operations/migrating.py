"""`python -m tests.operations.migrating`: takes every later migration back and forward again; prints what was lost.

A table or column that only the newer state has comes back empty or with its default: that is no loss.  A row that is
gone is one, and so is a value in a column that both states have.
"""

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.exceptions import IrreversibleError  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402


def main() -> None:
    found = {}
    for app, name in reversed(_later_migrations()):
        found[f"{app}.{name}"] = _there_and_back(app, name)
    json.dump(found, sys.stdout)


def _later_migrations() -> list[tuple[str, str]]:
    """Return the migrations of our apps after the first, in the order in which they are applied."""
    loader = MigrationExecutor(connection).loader
    plan = MigrationExecutor(connection).migration_plan(loader.graph.leaf_nodes(), clean_start=True)
    ours = [migration for migration, _ in plan if type(migration).__module__.startswith("tongmai.")]
    return [(each.app_label, each.name) for each in ours if not each.initial]


def _there_and_back(app: str, name: str) -> dict:
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    before = _content()
    parents = [key for key in executor.loader.graph.node_map[(app, name)].parents]
    target = next(key.key for key in parents if key.key[0] == app)
    try:
        executor.migrate([target])
    except IrreversibleError as error:
        MigrationExecutor(connection).migrate(leaves)
        return {"irreversible": str(error)}
    between = _content()
    MigrationExecutor(connection).migrate(leaves)
    after = _content()
    return {"lost": _lost(before, between, after)}


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
