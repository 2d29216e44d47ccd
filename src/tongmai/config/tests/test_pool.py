"""A connection that died in the pool is noticed without asking the server."""

import time

import psycopg
import pytest
from django.db import connection, transaction

pytestmark = pytest.mark.postgres


@pytest.fixture
def params(db):
    given = connection.settings_dict
    return {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "dbname": given["NAME"]}


def test_a_quiet_connection_is_not_asked_and_an_ended_one_is_refused(params, monkeypatch):
    from tongmai.config.postgres import base

    asked = []
    real = base.ConnectionPool.check_connection
    monkeypatch.setattr(base.ConnectionPool, "check_connection", lambda one: asked.append(one) or real(one))
    with psycopg.connect(**params, autocommit=True) as killer:
        one = psycopg.connect(**params, autocommit=True)
        base.look_at(one)
        assert asked == []
        killer.execute("SELECT pg_terminate_backend(%s)", [one.info.backend_pid])
        until = time.monotonic() + 10
        while not asked and time.monotonic() < until:
            try:
                base.look_at(one)
            except psycopg.OperationalError:
                break
            time.sleep(0.02)
        assert asked == [one]
        assert one.broken
        one.close()


def test_a_connection_on_which_something_came_in_lives_on(params):
    from tongmai.config.postgres import base

    with psycopg.connect(**params, autocommit=True) as speaker, psycopg.connect(**params, autocommit=True) as one:
        one.execute("LISTEN somebody")
        speaker.execute("NOTIFY somebody")
        time.sleep(0.1)
        base.look_at(one)
        assert one.execute("SELECT 1").fetchone() == (1,)


def test_the_pool_looks_that_way(params):
    from tongmai.config.postgres import base

    pool = connection.pool
    assert pool is None or pool._check is base.look_at


def test_a_savepoint_is_not_prepared(transactional_db):
    def n_prepared():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            return cursor.fetchone()[0]

    n_prepared()
    before = n_prepared()
    with transaction.atomic():
        for _ in range(3):
            with transaction.atomic():
                pass
    assert n_prepared() == before
