"""A database that is away, busy or full is told apart from our own mistakes, and answered in the caller's form."""

import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import RequestFactory

from tongmai.kernel.errors import DatabaseAway, DatabaseBusy, StorageFull
from tongmai.ui import databases, failures


def _failed(kind, cause):
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def _sqlite(statement: str, *before: str) -> OperationalError:
    """What the driver really raises."""
    connection = sqlite3.connect(":memory:")
    try:
        for each in before:
            connection.execute(each)
        connection.execute(statement)
    except sqlite3.OperationalError as error:
        return _failed(OperationalError, error)
    finally:
        connection.close()
    raise AssertionError("it worked")


def _postgres(state: str) -> OperationalError:
    return _failed(OperationalError, psycopg.errors.lookup(state)("…"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("57P01", DatabaseAway),
        ("57P03", DatabaseAway),
        ("53300", DatabaseAway),
        ("53100", StorageFull),
        ("57014", DatabaseBusy),
        ("40P01", DatabaseBusy),
        ("25006", DatabaseAway),
        ("22012", type(None)),
    ],
)
def test_a_state_of_postgresql_says_what_the_trouble_is(state, expected):
    assert type(databases.trouble(_postgres(state))) is expected


def test_a_full_sqlite_is_full_and_a_missing_table_is_our_mistake():
    full = _sqlite("INSERT INTO t SELECT zeroblob(100000)", "CREATE TABLE t (b)", "PRAGMA max_page_count = 3")
    assert isinstance(databases.trouble(full), StorageFull)
    assert databases.trouble(_sqlite("SELECT * FROM absent")) is None


def test_what_carries_no_code_is_a_lost_connection():
    assert isinstance(
        databases.trouble(OperationalError("the database could not be reached a moment ago")), DatabaseAway
    )
    assert isinstance(databases.trouble(InterfaceError("connection already closed")), DatabaseAway)
    assert isinstance(databases.trouble(OperationalError("database is locked: no turn")), DatabaseBusy)
    for mistake in (ProgrammingError("x"), InterfaceError("x"), ValueError("connection"), None):
        assert databases.trouble(mistake) is None


def test_a_page_a_fragment_and_a_problem_say_it_without_a_session():
    away = OperationalError("gone")
    page = failures.of_database(RequestFactory().get("/residents/"), away)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    text = page.content.decode()
    assert "暂时连不上数据库" in text and 'http-equiv="refresh"' in text
    fragment = failures.of_database(RequestFactory().post("/x/", headers={"HX-Request": "true"}), away)
    assert fragment["HX-Retarget"] == "#tm-notices" and "<html" not in fragment.content.decode()
    assert "可能没有保存" in fragment.content.decode()
    problem = failures.of_database(RequestFactory().post("/api/v1/residents/"), away)
    assert (problem["Content-Type"], problem["Retry-After"]) == ("application/problem+json", "5")
    assert failures.of_database(RequestFactory().get("/"), ValueError()) is None


def test_a_full_disk_is_said_with_its_own_status():
    full = _postgres("53100")
    page = failures.of_database(RequestFactory().post("/x/"), full)
    assert (page.status_code, page["Retry-After"]) == (507, "60")
    assert "刚才的操作没有保存" in page.content.decode() and "http-equiv" not in page.content.decode()
