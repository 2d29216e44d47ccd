"""Images beside a backup: copied once, compared, gone on with, and brought back."""

from time import sleep

import pytest

from tongmai.commons.imaging import archive, checks, services
from tongmai.commons.imaging.tests.factories import SYSTEM, film, store
from tongmai.config.backups import images
from tongmai.config.backups.archive import Unusable
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.errors import StorageFull


@pytest.fixture(autouse=True)
def _images(tmp_path, settings, monkeypatch):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path / "images", False
    monkeypatch.setattr(images, "_WAITS", ())


@pytest.fixture
def two(db):
    """Two films and a file of the quarantine."""
    world = orgs.county_world()
    for number in ("340199A0001", "340199A0002"):
        store(film(order_number=number), world.lead.id)
    services.hold((b"broken",), reason="not-dicom", by=SYSTEM)


def files_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def counts(copied):
    return copied.n_new, copied.n_there, len(copied.wrong)


@pytest.mark.usefixtures("each_archive", "two")
def test_what_is_there_already_is_not_copied_again_and_all_comes_back(tmp_path, settings):
    kept = tmp_path / "kept"
    assert counts(images.copy_out(kept)) == (3, 0, 0)
    assert counts(images.copy_out(kept)) == (0, 3, 0)
    first = files_in(kept / "studies")[0]
    first.unlink()
    assert counts(images.copy_out(kept)) == (1, 2, 0), "a run that was broken off goes on where it was"
    if settings.PACS:
        archive.store().caller.close()
    settings.IMAGES, settings.PACS = tmp_path / "elsewhere", ""
    assert counts(images.copy_back(kept)) == (3, 0, 0) and not list(checks.files())
    assert counts(images.copy_back(kept)) == (0, 3, 0)


@pytest.mark.usefixtures("two")
def test_a_file_that_is_not_what_was_received_is_named_and_the_others_are_copied(tmp_path, settings):
    changed, gone = files_in(settings.IMAGES / "studies")
    changed.write_bytes(changed.read_bytes()[:-2] + b"xx")
    gone.unlink()
    copied = images.copy_out(tmp_path / "kept")
    assert counts(copied) == (1, 0, 2)
    assert sorted(each.partition(": ")[2] for each in copied.wrong) == ["missing", "not what was received"]


@pytest.mark.usefixtures("two")
def test_a_kept_file_that_was_damaged_is_not_brought_back(tmp_path, settings):
    kept = tmp_path / "kept"
    images.copy_out(kept)
    files_in(kept / "studies")[0].write_bytes(b"damaged")
    settings.IMAGES = tmp_path / "elsewhere"
    assert counts(images.copy_back(kept)) == (2, 0, 1)
    assert "its file is missing" in str(*checks.files())


@pytest.mark.usefixtures("two")
def test_a_full_disk_and_wrong_folders_are_said(tmp_path, settings, monkeypatch):
    with pytest.raises(Unusable, match="images itself"):
        images.copy_out(settings.IMAGES)
    with pytest.raises(Unusable, match="no folder"):
        images.copy_back(tmp_path / "missing")

    def full(*_a, **_k):
        raise StorageFull()

    monkeypatch.setattr(archive.Archive, "_write", full)
    copied = images.copy_out(tmp_path / "kept")
    assert (copied.n_left, copied.stopped, copied.is_whole) == (3, "there is no room left", False)
    assert str(copied) == "0 copied (0.0 MB), 0 there already, 3 NOT YET: there is no room left"


@pytest.mark.usefixtures("orthanc", "two")
def test_with_the_pacs_away_nothing_is_taken_for_copied(tmp_path, settings):
    archive.store().caller.close()
    settings.PACS, settings.IMAGES = "http://127.0.0.1:1/dicom-web", tmp_path / "without-copies"
    copied = images.copy_out(tmp_path / "kept")
    assert (copied.n_left, copied.is_whole) == (3, False) and "cannot be asked" in copied.stopped


@pytest.fixture
def ends_after_one(settings, monkeypatch, orthanc, two):
    """The PACS ends, once, when one image was copied."""
    for copy in files_in(settings.IMAGES / "copies"):  # else what was just received need not be asked for
        copy.unlink()
    files, ends = images._all, [orthanc.kill]

    def until_the_second(*given):
        for n, each in enumerate(files(*given)):
            if n == 1 and ends:
                ends.pop()()
            yield each

    monkeypatch.setattr(images, "_all", until_the_second)
    return orthanc


def test_a_pacs_that_goes_away_in_the_middle_says_how_far_it_came_and_it_goes_on_there(
    tmp_path, monkeypatch, ends_after_one
):
    kept = tmp_path / "kept"
    copied = images.copy_out(kept)
    assert (copied.n_new, copied.n_left) == (1, 2) and "cannot be asked" in copied.stopped
    assert len(files_in(kept)) == 1, "and nothing half written"
    ends_after_one.start()
    monkeypatch.setattr(images, "_WAITS", (2,))  # after a failure the PACS is left in peace for a second
    assert counts(images.copy_out(kept)) == (2, 1, 0)


def test_a_pacs_that_is_started_anew_is_waited_for(tmp_path, monkeypatch, ends_after_one):
    monkeypatch.setattr(images, "_WAITS", (3,))
    monkeypatch.setattr(images, "sleep", lambda seconds: (ends_after_one.start(), sleep(seconds)))
    assert counts(images.copy_out(tmp_path / "kept")) == (3, 0, 0)
