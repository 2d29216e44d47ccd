"""A full disk: said clearly, nothing half-written, and all goes on once there is room again."""

import contextlib
import ctypes
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tests import living
from tests.api import callers
from tests.faults import proving
from tests.faults.database import Database
from tests.faults.installation import Installation
from tests.faults.journeys import Browser, Journeys
from tests.harness.environment import ON_POSTGRES
from tests.harness.needing import need
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.tests.factories import citizen_id
from tongmai.foundation.audit.models import Event

MEGABYTE = 1024 * 1024
SIZE = 400 * MEGABYTE if ON_POSTGRES else 96 * MEGABYTE

PERSON = {"name": "示例甲", "id_number": citizen_id(order=402), "village_code": "340199101201"}
UNNAMED = {
    "name": "示例无名",
    "is_unnamed": True,
    "sex": "female",
    "address": "组" * 190,
    "village_code": "340199101201",
}


@pytest.fixture
def full(transactional_db):
    """`full(True)` lets this database grow no further; `full(False)` gives it room again.  SQLite only."""

    def set_full(is_full: bool) -> None:
        with connection.cursor() as cursor:
            if is_full:
                cursor.execute("CREATE TABLE ballast (b BLOB)")
                cursor.execute("VACUUM")  # no free pages inside the file
                pages = cursor.execute("PRAGMA page_count").fetchone()[0]
                cursor.execute(f"PRAGMA max_page_count = {pages}")
                with contextlib.suppress(Exception):  # what room the last pages still have
                    for size in (4000, 400, 40, 4, 1):
                        _fill(cursor, size)
            else:
                cursor.execute("PRAGMA max_page_count = 1073741823")

    yield set_full
    set_full(False)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS ballast")


def _fill(cursor, size: int) -> None:
    for _ in range(10_000):
        try:
            cursor.execute(f"INSERT INTO ballast VALUES (zeroblob({size}))")
        except Exception:
            return


if not ON_POSTGRES:

    def test_a_file_that_may_not_grow_refuses_the_write_as_a_whole(full):
        county = living.county()
        secret = callers.token(county.world, "general_practitioner")
        client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
        before = (Resident.objects.count(), Event.objects.count())
        full(True)
        told = [_registered(client, n) for n in range(30)]
        refused = [each for each in told if each.status_code != 201]
        assert refused, "there was room for all of them"
        assert {each.status_code for each in refused} == {507}
        assert refused[0].json()["code"] == "storage-full" and refused[0]["Retry-After"] == "60"
        made = len(told) - len(refused)
        assert (Resident.objects.count() - before[0], Event.objects.count() - before[1]) == (made, made)
        full(False)
        assert _registered(client, 99).status_code == 201


def _registered(client, n: int):
    headers = {"Idempotency-Key": f"k{n}"}
    return client.post("/api/v1/residents/", UNNAMED, content_type="application/json", headers=headers)


@pytest.fixture
def folder():
    """A folder that the account of PostgreSQL reaches, too."""
    made = Path(tempfile.mkdtemp(prefix="tongmai-disk-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def disk(folder):
    """A small disk of its own.  Only the administrator of the machine may make one."""
    need(os.geteuid() == 0, "a small disk can be made by root only")
    small = folder / "disk"
    small.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    failed = libc.mount(b"tmpfs", str(small).encode(), b"tmpfs", 0, f"size={SIZE}".encode())
    need(not failed, f"no small disk here: {os.strerror(ctypes.get_errno())}")
    small.chmod(0o755)
    yield small
    libc.umount2(str(small).encode(), 2)


@pytest.fixture
def on_small_disk(disk, folder):
    """An installation whose data lie on the small disk.  PostgreSQL keeps its log on another, as is advised."""
    database = Database(home=disk) if ON_POSTGRES else None
    url = database.url if database else f"sqlite:{disk / 'tongmai.sqlite3'}"
    made = Installation(folder, url)
    made.seed()
    if database:
        database.stop()
        elsewhere = folder / "wal"
        elsewhere.mkdir()
        database.move_log_to(elsewhere)
        database.start()
    made.serve()
    made.work()
    yield made
    made.remove()
    if database:
        database.stop()


def _fill_up(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (MEGABYTE, 4096):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return ballast


@pytest.mark.long
@pytest.mark.database
def test_a_full_disk_is_said_and_room_on_it_ends_the_trouble(on_small_disk, disk):
    at = on_small_disk
    reader = Browser(at)
    assert reader.sign_in().status == 302
    journeys = Journeys(at)
    journeys.begin()
    time.sleep(2)
    ballast = _fill_up(disk)
    deadline = time.monotonic() + 180
    while (told := at.call("general_practitioner", "POST", "residents/", UNNAMED)).status == 201:
        assert time.monotonic() < deadline, "it never became full"
    assert (told.status, told.json["code"]) == (507, "storage-full"), told
    shown = {
        reader.send("/").status,
        at.ask("GET", "/sign-in/").status,
        at.ask("GET", "/static/vendor/tongmai.css").status,
    }
    assert shown <= {200, 507}, "what needs no room is shown, the rest is said"
    ballast.unlink()
    while at.call("general_practitioner", "POST", "residents/", PERSON).status != 201:
        assert time.monotonic() < deadline + 60, "it does not recover by itself"
        time.sleep(0.5)
    journeys.end()
    proving.wait_until_delivered(at)
    proving.check(at, journeys)
