"""The drill: back up while people write, restore elsewhere, prove; and what a restore refuses."""

import json
import subprocess
import zipfile
from pathlib import Path

import psycopg
import pytest

from tests.harness.environment import ON_POSTGRES
from tests.operations import installation
from tongmai.config.backups import archive, facts, postgres
from tongmai.config.backups.archive import Unusable

pytestmark = pytest.mark.database
KEYS = {"TONGMAI_SEAL_KEY": "the seal key of the drill, long enough"}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return installation.seeded(tmp_path_factory.mktemp("drill"), "here", **KEYS)


@pytest.fixture(scope="module")
def written_beside(here):
    """The answer of `tongmai backup` while others wrote, and how much they wrote."""
    with _writer(here) as writer:
        done = here.run("backup", "--json", "--images", str(here.var / "kept"))
        n_written = int(writer.communicate("stop\n", timeout=60)[0])
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), n_written


@pytest.fixture(scope="module")
def backup(written_beside) -> Path:
    return Path(written_beside[0]["file"])


@pytest.fixture
def elsewhere(tmp_path):
    """Another machine."""
    made = installation.new(tmp_path, "elsewhere")
    made.more |= KEYS
    return made


def _writer(here) -> subprocess.Popen:
    process = subprocess.Popen(
        [installation.sys.executable, "-m", "tests.operations.writing"],
        cwd=installation.ROOT, env=here.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "writing\n"
    return process


def _restore(elsewhere, file: Path, *more: str, **environment: str) -> subprocess.CompletedProcess:
    return elsewhere.run("restore", str(file), "--into", elsewhere.url, *more, **environment)


def test_a_backup_taken_while_people_write_is_restored_elsewhere_and_whole(here, backup, written_beside, elsewhere):
    done = _restore(elsewhere, backup, "--images", str(here.var / "kept"))
    assert done.returncode == 0, done.stdout + done.stderr
    images = written_beside[0]["images"]
    assert images["n_new"] > 0 and not images["wrong"]
    assert f"images: {images['n_new']} copied" in done.stdout
    found = json.loads(elsewhere.run("check", "all", "--json").stdout)["findings"]
    assert found == {name: [] for name in found} and "seals" in found
    assert written_beside[1] > 5
    manifest = archive.read(backup)
    assert manifest.seal.partition(":")[0].isdigit(), "the drill had nothing sealed"
    link = elsewhere.run("check", "seals", "--link", manifest.seal)
    assert link.returncode == 0, link.stdout
    assert manifest.rows["residents_resident"] > 3 and len(manifest.migrations) > 10


def test_where_the_images_cannot_go_the_finished_database_is_named_and_the_rest_is_said(here, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    nowhere, kept = str(tmp_path / "file" / "kept"), str(tmp_path / "kept")
    done = here.run("backup", "--to", str(tmp_path / "backups"), "--images", nowhere)
    [made] = (tmp_path / "backups").glob("tongmai-*")
    assert done.returncode == 3 and f"{made}: " in done.stdout and "written, read back and proved" in done.stdout
    assert " NOT YET: " in done.stdout and f"tongmai backup --only-images --images {nowhere}" in done.stderr
    said = here.run("backup", "--to", str(tmp_path / "backups"), "--images", nowhere, "--only-images", "--json")
    found = json.loads(said.stdout)
    assert said.returncode == 3 and "file" not in found and found["images"]["n_left"] > 0
    again = here.run("backup", "--only-images", "--images", kept, "--to", str(tmp_path / "backups"))
    assert again.returncode == 0 and " copied (" in again.stdout
    assert list((tmp_path / "backups").glob("tongmai-*")) == [made], "the database was not copied again"
    assert here.run("backup", "--only-images").returncode == 1


def test_where_the_images_cannot_come_back_the_restored_database_stays_and_they_follow(
    here, backup, elsewhere, tmp_path
):
    (tmp_path / "file").write_bytes(b"")
    kept = ("--images", str(here.var / "kept"))
    follow = ("restore", "--only-images", "--into", elsewhere.url, *kept)
    early = elsewhere.run(*follow)
    assert early.returncode == 1 and "restore the database first" in early.stderr
    done = _restore(elsewhere, backup, *kept, TONGMAI_IMAGES=str(tmp_path / "file" / "images"))
    assert done.returncode == 3, done.stdout + done.stderr
    assert "restored: " in done.stdout and " NOT YET: " in done.stdout and "restore --only-images" in done.stderr
    again = elsewhere.run(*follow)
    assert again.returncode == 0, again.stdout + again.stderr
    assert " copied (" in again.stdout and "is whole" in again.stdout
    for misused in ((), (str(backup), "--only-images"), ("--only-images",)):
        assert elsewhere.run("restore", *misused, "--into", elsewhere.url).returncode == 1


def test_the_restored_database_tells_where_it_comes_from(backup, elsewhere):
    _restore(elsewhere, backup)
    said = elsewhere.python(
        "-c",
        "import django; django.setup(); from tongmai.foundation.audit.models import Event;"
        "print(Event.objects.get(name='audit.BackupRestored').payload['file_name'])",
    )
    assert said.strip() == backup.name


def test_a_database_that_is_not_empty_is_left_alone(here, backup):
    done = _restore(here, backup)
    assert done.returncode == 1 and ("not empty" in done.stderr or "exists" in done.stderr)
    assert here.run("check").returncode == 0


@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.98, 1.0])
def test_a_changed_byte_anywhere_is_refused(backup, elsewhere, tmp_path, place):
    broken = tmp_path / "broken.backup"
    content = bytearray(backup.read_bytes())
    content[min(len(content) - 1, int(len(content) * place))] ^= 1
    broken.write_bytes(content)
    done = _restore(elsewhere, broken)
    assert done.returncode == 1 and "damaged or was changed" in done.stderr
    assert _is_empty(elsewhere)


def _is_empty(elsewhere) -> bool:
    if not ON_POSTGRES:
        return not list(Path(elsewhere.url.removeprefix("sqlite:")).parent.glob("*.sqlite3*"))
    with psycopg.connect(elsewhere.url) as connection:
        return connection.execute("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()[0] == 0


def test_a_file_cut_short_or_of_something_else_is_refused(backup, elsewhere, tmp_path):
    for name, content in (("cut", backup.read_bytes()[:-5_000]), ("other", b"x" * 999), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
        assert _restore(elsewhere, tmp_path / name).returncode == 1
    done = _restore(elsewhere, tmp_path / "missing")
    assert done.returncode == 1 and "cannot be read" in done.stderr


def test_another_seal_key_is_asked_for_before_anything_is_written(backup, elsewhere):
    other = {"TONGMAI_SEAL_KEY": "a key of another house, also long enough"}
    done = _restore(elsewhere, backup, **other)
    assert done.returncode == 1 and "--other-seal-key" in done.stderr and _is_empty(elsewhere)
    despite = _restore(elsewhere, backup, "--other-seal-key", **other)
    assert despite.returncode == 1 and "seal-changed" in despite.stdout  # restored, and not proved


def test_a_backup_of_a_newer_version_or_of_the_other_database_is_refused(backup, elsewhere, tmp_path):
    newer = _rewritten(backup, tmp_path / "newer", lambda said: said["migrations"].append("orgs.0999_of_tomorrow"))
    done = _restore(elsewhere, newer)
    assert done.returncode == 1 and "orgs.0999_of_tomorrow" in done.stderr
    kind = "sqlite" if ON_POSTGRES else "postgresql"
    other = _rewritten(backup, tmp_path / "other", lambda said: said.update(database=kind))
    assert f"a backup of {kind}" in _restore(elsewhere, other).stderr
    assert _is_empty(elsewhere)


def test_rows_that_are_not_those_of_the_manifest_are_refused(backup, elsewhere, tmp_path):
    fewer = _rewritten(backup, tmp_path / "fewer", lambda said: said["rows"].update(residents_resident=1))
    done = _restore(elsewhere, fewer)
    assert done.returncode == 1 and "residents_resident: 1 rows were backed up" in done.stderr


def _rewritten(backup: Path, to: Path, change) -> Path:
    """A backup whose manifest says something else, with a digest that fits: made by a program, not by damage."""
    manifest = archive.read(backup)
    said = archive.asdict(manifest)
    change(said)
    writer = archive.Writer(to)
    with zipfile.ZipFile(backup) as book:
        writer.write([book.read(manifest.member)], member=manifest.member, is_compressed=True)
    writer.finish(archive.Manifest(**said))
    return to


def test_only_the_last_few_are_kept_and_only_our_own_files_go(here, backup, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    stem = backup.name[: -len("20261122T000000Z.backup")]
    old = [folder / f"{stem}2025010{day}T000000Z.backup" for day in (1, 2, 3)]
    others = [folder / "tongmai-other-20250101T000000Z.backup", folder / f"{stem}notes.backup"]
    for path in (*old, *others):
        path.touch()
    done = here.run("backup", "--to", str(folder), "--keep", "2")
    assert done.returncode == 0, done.stderr
    assert [path.exists() for path in (*old, *others)] == [False, False, True, True, True]
    assert f"removed {old[0]}" in done.stdout
    assert not list(folder.glob(".*")), "nothing half-written is left"
    made = next(path for path in folder.glob(f"{stem}*Z.backup") if path not in old)
    assert made.stat().st_mode & 0o077 == 0, "only its owner may read it"


@pytest.mark.usefixtures("backup")
def test_a_backup_that_cannot_be_written_is_remembered_as_failed_beside_the_last_good_one(here, tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    done = here.run("backup", "--to", str(in_the_way))
    assert done.returncode == 1 and "file" in done.stderr.lower()
    said = here.python(
        "-c",
        "import django; django.setup(); from tongmai.foundation.audit import operating; from django.utils import timezone;"
        "b = operating.last_backup(now=timezone.now()); print(bool(b.last_error), b.at is not None)",
    )
    assert said.split() == ["True", "True"]


@pytest.mark.parametrize(
    ("installed", "says"),
    [
        ({}, "is not installed here"),
        ({"/old/pg_dump": "13.1"}, "13.1 is older than PostgreSQL 15"),
        ({"/new/pg_dump": "16.2"}, ""),
    ],
)
def test_the_programs_of_postgresql_must_be_there_and_not_older_than_the_server(monkeypatch, installed, says):
    monkeypatch.setattr(postgres, "_installed", lambda name: iter(installed))
    monkeypatch.setattr(postgres, "_version", installed.get)
    if not says:
        assert postgres.find("pg_dump", at_least=15) == ("/new/pg_dump", "16.2")
        return
    with pytest.raises(Unusable, match=says):
        postgres.find("pg_dump", at_least=15)


def test_differences_are_said_by_table():
    assert facts.differences({"a": 1, "b": 2}, {"a": 1, "c": 3}) == [
        "b: 2 rows were backed up, 0 are here",
        "c: 0 rows were backed up, 3 are here",
    ]
