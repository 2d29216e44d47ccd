"""Whatever is changed, removed, swapped or linked anew by somebody with the database's password is found."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from tongmai.config.checking import prove
from tongmai.foundation.audit import noting, retention, seals
from tongmai.foundation.audit.models import AccessLog, Event, Retirement, Seal
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.audit.tests.factories import NOW, system
from tongmai.kernel import policy
from tongmai.kernel.ids import new_id

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
TABLES = {"event": Event, "access_log": AccessLog}
EVERY_COLUMN = [(table, column) for table, columns in seals.COLUMNS[seals.FORM].items() for column in columns]
SEAL_COLUMNS = [field.attname for field in Seal._meta.concrete_fields]


@pytest.fixture
def notes(settings, tmp_path):
    """The notes of one test lie in a folder of its own."""
    settings.VAR = tmp_path
    return tmp_path


@pytest.fixture
def sealed(monkeypatch, notes):
    """Events and openings of several people, under several seals, the end noted down after each."""
    monkeypatch.setattr(seals, "CHUNK", 3)
    for hour in range(3):
        at = NOW + timedelta(hours=hour)
        for i in range(4):
            factories.happened(f"示例{hour}{i}", now=at)
            factories.opened(now=at, reason=f"示例{hour}{i}", basis="emergency")
        assert seals.seal_due(system(at + timedelta(hours=3))) > 0
        assert noting.note(now=at + timedelta(hours=3))
    return {"event": list(Event.objects.order_by("id")), "access_log": list(AccessLog.objects.order_by("id"))}


def found():
    return {f.kind for f in [*seals.check(now=LATER), *noting.check()]}


def run_sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def named(table):
    return TABLES[table]._meta.db_table


def test_the_untouched_chain_is_whole(sealed):
    assert found() == set() and len(list(noting._lines())) == 3


@pytest.mark.parametrize("which", [0, 5, -1], ids=["first", "middle", "last"])
@pytest.mark.parametrize(("table", "column"), EVERY_COLUMN, ids=lambda value: value)
def test_any_column_of_any_row(sealed, table, column, which):
    row = sealed[table][which]
    field = TABLES[table]._meta.get_field(column)
    other = {
        "BigAutoField": row.pk + 1_000, "DateTimeField": row.at - timedelta(seconds=1), "UUIDField": new_id(),
        "CharField": "x", "JSONField": "{}",
    }[field.get_internal_type()]  # fmt: skip
    value = other if column == "payload" else field.get_db_prep_save(other, connection)
    placeholder = "CAST(%s AS jsonb)" if column == "payload" and connection.vendor == "postgresql" else "%s"
    assert run_sql(f"UPDATE {named(table)} SET {column} = {placeholder} WHERE id = %s", value, row.pk) == 1
    assert found() & {"changed", "removed"}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_that_is_removed(sealed, table):
    for row in sealed[table]:
        with transaction.atomic():
            run_sql(f"DELETE FROM {named(table)} WHERE id = %s", row.pk)
            assert "removed" in found()
            transaction.set_rollback(True)


@pytest.mark.parametrize("table", TABLES)
def test_two_rows_in_each_others_place(sealed, table):
    one, two = sealed[table][1].pk, sealed[table][6].pk
    for old, new in ((one, -1), (two, one), (-1, two)):
        run_sql(f"UPDATE {named(table)} SET id = %s WHERE id = %s", new, old)
    assert "changed" in found()


@pytest.mark.parametrize("column", SEAL_COLUMNS)
@pytest.mark.parametrize("number", [1, 3])
def test_any_column_of_a_seal(sealed, column, number):
    other = Seal.objects.get(number=number + 1)
    value = {
        "number": number + 1_000,
        "sealed_table": "moved",
        "form": 9,
        "first_id": 0,
        "last_id": 10**6,
        "n_rows": 1_000,
    }.get(column)
    if value is None:
        value = b"\x01" * 32 if column in ("mac", "previous_mac") else getattr(other, column)
    if column in ("newest_row_at", "horizon", "sealed_at"):
        value = getattr(other, column) + timedelta(days=9)
    given = Seal._meta.get_field(column).get_db_prep_save(value, connection)
    run_sql(f"UPDATE audit_seal SET {column} = %s WHERE number = %s", given, number)
    assert found() & {"seal-changed", "seal-missing"}


def test_seals_in_each_others_place(sealed):
    for old, new in ((2, 10**6), (3, 2), (10**6, 3)):
        run_sql("UPDATE audit_seal SET number = %s WHERE number = %s", new, old)
    assert "seal-changed" in found()


def test_a_chain_without_a_link_that_is_closed_again(sealed):
    """The row and its seal go, the followers are numbered and linked anew; but who has no key makes no mac."""
    gone = Seal.objects.get(number=2)
    run_sql(f"DELETE FROM {named(gone.sealed_table)} WHERE id BETWEEN %s AND %s", gone.first_id, gone.last_id)
    run_sql("DELETE FROM audit_seal WHERE number = 2")
    run_sql("UPDATE audit_seal SET number = number - 1 WHERE number = 3")
    previous = bytes(gone.previous_mac)
    run_sql("UPDATE audit_seal SET previous_mac = %s WHERE number = 2", previous)
    assert found() & {"seal-changed", "seal-missing"}


@pytest.mark.parametrize("n_gone", [1, 2, "all"])
def test_the_newest_seals_with_their_rows(sealed, n_gone):
    """Found by the notes that are made by default; the chain alone would say that all is well."""
    newest = list(Seal.objects.order_by("-number"))
    for seal in newest if n_gone == "all" else newest[:n_gone]:
        run_sql(f"DELETE FROM {named(seal.sealed_table)} WHERE id BETWEEN %s AND %s", seal.first_id, seal.last_id)
        run_sql("DELETE FROM audit_seal WHERE number = %s", seal.number)
    assert not seals.check(now=LATER)
    assert {f.kind for f in noting.check()} == {"end-missing"}
    assert prove("seals")["seals"], "tongmai check seals reads the notes by default"


def test_a_changed_note_is_found_and_the_same_end_is_noted_once(sealed, notes):
    assert not noting.note(now=LATER)
    path = next((notes / "seals").glob("*.txt"))
    path.write_text(path.read_text().replace(" 2:", " 1:", 1) if " 2:" in path.read_text() else "x y z\n")
    assert "note-changed" in {f.kind for f in noting.check()}


def test_a_folder_that_cannot_be_written_keeps_nobody_from_sealing(sealed, settings, notes):
    (notes / "file").write_text("")
    settings.VAR = notes / "file"
    factories.happened(now=LATER)
    assert seals.seal_due(system(LATER + timedelta(hours=3))) == 1
    assert not noting.note(now=LATER + timedelta(hours=3))


def test_the_youngest_rows_are_under_no_seal_for_two_hours_at_most(notes):
    """What remains: a row of the running hour and of the hour before it may be changed unseen by SQL."""
    factories.happened(now=NOW)
    assert seals.seal_due(system(NOW + timedelta(hours=1, minutes=59))) == 0
    assert seals.seal_due(system(NOW + timedelta(hours=2))) == 1


@pytest.mark.parametrize("months", [0, 1, 5, 6, 12, 35, 36])
def test_nothing_is_retired_before_its_time_and_what_is_leaves_a_sealed_statement(sealed, months):
    floor = policy.shipped().value("audit.retention.floor", on=NOW.date()).int
    assert floor == 6
    year, month = divmod(NOW.month - 1 + months, 12)
    after = NOW.replace(year=NOW.year + year, month=month + 1, day=20)
    retention.retire_old(system(after))
    assert Event.objects.count() == 12 and AccessLog.objects.count() == 12, "kept for three years"
    long_after = NOW.replace(year=NOW.year + 3) + timedelta(days=2)
    retention.retire_old(system(long_after))
    assert not Event.objects.exists() and Retirement.objects.count() == Seal.objects.count()
    assert not seals.check(now=long_after)
    run_sql("UPDATE audit_retirement SET n_rows = n_rows + 1 WHERE seal_id = 1")
    assert {f.kind for f in seals.check(now=long_after)} == {"retired-early"}


def test_a_retention_shorter_than_the_law_is_not_obeyed(sealed, monkeypatch):
    """Thirty days are some other policy's; rows younger than the floor stay all the same."""
    monkeypatch.setattr(retention, "_KEPT", {"event": "family_doctors.renewal_notice"})
    retention.retire_old(system(NOW + timedelta(days=150)))
    assert Event.objects.count() == 12
    retention.retire_old(system(NOW + timedelta(days=200)))
    assert not Event.objects.exists()
