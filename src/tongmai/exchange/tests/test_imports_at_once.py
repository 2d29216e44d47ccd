"""Imports and several people: one confirms, rows are done once, the same person is entered once, a kill loses nothing."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from django.db import connection

from tongmai.commons.residents.models import IndexEntry, Phone, Resident, SearchKey
from tongmai.exchange.models import ImportRun, SourceRow
from tongmai.exchange.services import imports
from tongmai.exchange.tests.test_imports import HEAD, fates, number, through
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.errors import StepNotAllowed

N = 40
LINES = [f"A{n},示例,{number(2 * n)},,,139{n:08},,,,," for n in range(1, N + 1)]


@pytest.fixture
def admin(transactional_db):
    return county_world().actor(Role.SYSTEM_ADMIN)


def start(by, source="公卫系统", lines=LINES):
    content = "\n".join((HEAD, *lines)).encode()
    return imports.start(kind="residents", source=source, file_name="a.csv", content=content, by=by)


def everything_is_there_once():
    assert Resident.objects.count() == Phone.objects.count() == N
    assert IndexEntry.objects.values("resident").distinct().count() == N
    assert SearchKey.objects.filter(kind="phone").count() == N
    assert Event.objects.filter(name="residents.ResidentRegistered").count() == N


def test_two_confirm_at_once_and_the_import_is_done_once(threads, admin):
    run = through(start(admin), admin)
    outcomes = threads(2, lambda i: imports.confirm(run_id=run.id, by=admin)).only_errors_of(StepNotAllowed)
    assert len(outcomes.results) == len(outcomes.errors) == 1
    threads(2, lambda i: through(ImportRun.objects.get(id=run.id), admin, most=7)).only_errors_of()
    run.refresh_from_db()
    assert (run.state, run.done_rows, fates(run)) == ("applied", N, ["new"] * N)
    everything_is_there_once()


def test_two_files_of_the_same_people_at_once_make_each_of_them_once(threads, admin):
    runs = [through(start(admin, source=name), admin) for name in ("公卫系统", "医保系统")]
    for run in runs:
        imports.confirm(run_id=run.id, by=admin)
    threads(2, lambda i: through(ImportRun.objects.get(id=runs[i].id), admin, most=13)).only_errors_of()
    told = [fates(run) for run in runs]
    assert [sorted(pair) for pair in zip(*told, strict=True)] == [["new", "same"]] * N
    assert SourceRow.objects.count() == 2 * N
    everything_is_there_once()


def test_a_step_that_dies_in_the_middle_leaves_nothing_and_is_done_again(admin, monkeypatch):
    run = imports.confirm(run_id=through(start(admin), admin).id, by=admin)
    run = imports.go_on(run_id=run.id, by=admin, most=15)

    def dies(rows):
        raise KeyboardInterrupt

    monkeypatch.setattr(imports.fast_rows, "write_fates", dies)
    with pytest.raises(KeyboardInterrupt):
        imports.go_on(run_id=run.id, by=admin, most=15)
    monkeypatch.undo()
    assert Resident.objects.count() == SourceRow.objects.count() == 15
    assert through(ImportRun.objects.get(id=run.id), admin).state == "applied"
    everything_is_there_once()


@pytest.mark.postgres  # the process that is killed needs a server
def test_a_killed_process_loses_nothing_and_the_import_goes_on(admin):
    run = imports.confirm(run_id=through(start(admin), admin).id, by=admin)
    database = connection.settings_dict
    program = textwrap.dedent(f"""
        import os, signal
        from django.conf import settings
        import django
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")
        django.setup()
        from django.db import connection
        connection.settings_dict["NAME"] = {database["NAME"]!r}
        from dataclasses import replace
        from django.utils import timezone
        from tongmai.exchange.services import imports
        from tongmai.foundation.orgs.actors import Actor
        by = replace(Actor.system(now=timezone.now()), county_code="340199")
        imports.go_on(run_id={str(run.id)!r}, by=by, most=10)
        write = imports.fast_rows.write_fates
        def killed(rows):
            write(rows)
            os.kill(os.getpid(), signal.SIGKILL)
        imports.fast_rows.write_fates = killed
        imports.go_on(run_id={str(run.id)!r}, by=by, most=10)
    """)
    ended = subprocess.run([sys.executable, "-c", program], env=dict(os.environ), check=False)
    assert ended.returncode == -signal.SIGKILL
    assert Resident.objects.count() == 10
    assert through(ImportRun.objects.get(id=run.id), admin, most=7).state == "applied"
    everything_is_there_once()
