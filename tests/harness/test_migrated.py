"""The kept tables are those of the migrations as they are now."""

from tests.harness.migrated import SOURCE, _inputs


def test_kept_tables_depend_on_every_migration_and_on_what_migrations_name():
    found = {path.relative_to(SOURCE).as_posix() for path in _inputs()}
    assert found >= {path.relative_to(SOURCE).as_posix() for path in SOURCE.glob("tongmai/**/migrations/0*.py")}
    assert found >= {"tongmai/kernel/ids.py", "tongmai/care/referrals/states.py"}
