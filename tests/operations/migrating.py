"""`python -m tests.operations.migrating`: takes all later migrations back and forward again; prints what was lost.

A table or column that only the newer state has comes back empty or with its default: that is no loss.  A row that is
gone is one, and so is a value in a column that both states have.
"""

import json
import sys

import django

django.setup()

from django.db import IntegrityError, connection  # noqa: E402
from django.db.migrations import Migration  # noqa: E402
from django.db.migrations.exceptions import IrreversibleError  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.state import ProjectState  # noqa: E402

from tongmai.config.memory import leave_what_is_loaded  # noqa: E402


def main() -> None:
    leave_what_is_loaded()  # thousands of models are made and dropped, and looking for them often takes long
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
    What a migration that stays was built on stays with it.  Django would work out the states between for each app anew;
    here they are kept as descriptions, and made into models when their turn comes.
    """
    executor = MigrationExecutor(connection)
    plan = _plan(executor)
    states, kept, stuck = _states_before(executor, plan), set(), {}
    for migration in plan:
        key = (migration.app_label, migration.name)
        if key in kept:
            stuck.setdefault(migration.app_label, "what cannot be taken back hangs on it")
            continue
        state = states.pop(migration)
        state.apps  # noqa: B018  (made once, and carried on from step to step)
        try:
            executor.unapply_migration(state, migration)
        except (IrreversibleError, IntegrityError) as error:
            stuck[migration.app_label] = str(error)
            kept.update(executor.loader.graph.forwards_plan(key))
    return stuck


def _plan(executor: MigrationExecutor) -> list[Migration]:
    """Return what comes after the beginning of each app, the newest first, and whatever of other apps hangs on it."""
    ways = (executor.migration_plan([beginning]) for beginning in _beginnings(executor))
    return list(dict.fromkeys(migration for way in ways for migration, _ in way))


def _states_before(executor: MigrationExecutor, plan: list[Migration]) -> dict[Migration, ProjectState]:
    states, state = {}, ProjectState()
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
        if migration in plan:
            states[migration] = state
        state = migration.mutate_state(state, preserve=migration in plan)
    return states


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
