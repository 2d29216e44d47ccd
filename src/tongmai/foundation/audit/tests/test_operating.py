"""The operators' page: backups, disks, slow pages; it shows no names."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tongmai.foundation.audit import machinery, measuring, operating, services
from tongmai.foundation.audit.models import Event, JobRun
from tongmai.foundation.audit.tests.factories import NOW, system
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as

pytestmark = pytest.mark.django_db


def test_a_backup_is_remembered_and_grows_old():
    assert operating.last_backup(now=NOW).is_overdue
    services.note_backup(file_name="a.backup", n_bytes=3_000_000, by=system(NOW))
    backup = operating.last_backup(now=NOW + timedelta(hours=24))
    assert (backup.at, backup.said, backup.is_overdue) == (NOW, "a.backup · 3.0 MB", False)
    assert operating.last_backup(now=NOW + timedelta(hours=24, seconds=1)).is_overdue
    assert Event.objects.get().name == "audit.BackupMade"


def test_a_failed_backup_keeps_the_last_good_one_in_mind():
    services.note_backup(file_name="a.backup", n_bytes=1, by=system(NOW))
    for _ in range(2):
        services.note_failed_backup(error="No space left on device", by=system(NOW))
    backup = operating.last_backup(now=NOW)
    assert (backup.at, backup.last_error) == (NOW, "No space left on device")
    assert JobRun.objects.get().n_failures == 2
    services.note_backup(file_name="b.backup", n_bytes=1, by=system(NOW))
    assert operating.last_backup(now=NOW).last_error == ""


def test_a_restored_database_says_so():
    services.note_restore(file_name="a.backup", made_at=NOW, by=system(NOW))
    assert Event.objects.get().payload["file_name"] == "a.backup"


@pytest.mark.parametrize(("n", "said"), [(0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (79_300_000_000, "79.3 GB")])
def test_room_is_said_in_its_unit(n, said):
    assert machinery.size(n) == said


def test_the_page_warns_of_missing_backups_and_shows_what_is_slow(client):
    sign_in_as(client, Role.SYSTEM_ADMIN, org=county_world().lead)
    recorder = measuring.Recorder()
    recorder.add(("referrals:list", "GET", 200), 3.0)
    recorder.flush(now=timezone.now())
    page = client.get("/operations/").content.decode()
    assert "从未备份过" in page and "referrals:list" in page and "≤ 10000 ms" in page
    services.note_backup(file_name="a.backup", n_bytes=1, by=system(timezone.now()))
    part = client.get("/operations/", headers={"HX-Request": "true"}).content.decode()
    assert "从未备份过" not in part and "a.backup" in part and "<html" not in part
