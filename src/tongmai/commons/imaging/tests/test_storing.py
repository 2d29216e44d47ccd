"""Instances: stored once, never changed, in a record only when it is sure whose they are."""

import errno
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import Count, Sum
from django.test import TestCase

from tongmai.commons.imaging import access, archive, checks, phantom, selectors, services
from tongmai.commons.imaging.models import Held, Instance, Series, Study
from tongmai.commons.imaging.tests.factories import OF, SYSTEM, arriving, film, nobodys, of, store
from tongmai.commons.residents import timeline as record
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.timeline import Window
from tongmai.foundation.audit.models import Event
from tongmai.kernel.errors import NotFound, StorageFull


def events(name):
    return list(Event.objects.filter(name=f"imaging.{name}").values_list("payload", flat=True))


@pytest.mark.usefixtures("each_archive")
def test_a_film_is_stored_whole_and_stands_in_the_record(world, her):
    content = film()
    each = store(content, world.lead.id, of(her.id))
    study = Study.objects.get()
    assert (each.outcome, study.resident_id, study.said_name, study.charset) == ("stored", her.id, "示例甲", "GB18030")
    kept = archive.store().read(selectors.place_of(study, Instance.objects.get()))
    assert kept.endswith(content[-64 * 64 * 2 :])
    [arrived] = events("StudyArrived")
    assert (arrived["order_number"], arrived["study_uid"]) == ("340199A0001", study.uid)
    assert [entry.title for entry in _record(her)] == ["胸部正位"]
    assert not list(checks.files()) + list(checks.orphans()) + list(checks.counters())


def _record(her):
    return [
        e for e in record.page(OpenedRecord(her, Basis.SELF), by=SYSTEM, window=Window()).entries if e.kind == "study"
    ]


@pytest.mark.usefixtures("each_archive")
def test_the_same_image_again_is_kept_once(world, each_archive):
    store(film(), world.lead.id)
    assert store(film(), world.lead.id).outcome == "same"
    n_files = len(each_archive.ask("GET", "/instances") if each_archive else list(archive.archive().files()))
    assert (Instance.objects.count(), n_files, Held.objects.count()) == (1, 1, 0)


@pytest.mark.usefixtures("each_archive")
def test_other_content_under_the_same_number_goes_into_quarantine_and_the_first_stays(world):
    store(film(), world.lead.id)
    each = store(film(description="改过"), world.lead.id)
    assert (each.outcome, each.reason) == ("held", "other-content")
    held = Held.objects.get()
    assert archive.archive().held(held.id)[128:132] == b"DICM"
    assert Study.objects.get().description == "胸部正位"
    assert store(film(description="改过"), world.lead.id).outcome == "held"
    held.refresh_from_db()
    assert held.n_times == 2 and not list(checks.files())


@pytest.mark.usefixtures("each_archive")
def test_another_person_in_the_same_study_goes_into_quarantine(world):
    slices = list(phantom.ct(OF, n_slices=2, size=32))
    store(slices[0], world.lead.id)
    [_first, other] = phantom.ct(
        replace(OF, name="示例乙", number="R2", study_uid=Study.objects.get().uid), n_slices=2, size=32
    )
    assert store(other, world.lead.id).reason == "other-person"
    assert Instance.objects.count() == 1


@pytest.mark.usefixtures("each_archive")
def test_a_series_of_another_study_goes_into_quarantine(world):
    store(film(), world.lead.id)
    Series.objects.create(uid=phantom.uid("1.2.5", "DX"), study=Study.objects.get(), received_at=SYSTEM.now)
    assert store(film(study_uid="1.2.5"), world.lead.id).reason == "other-study"


@pytest.mark.usefixtures("each_archive")
def test_a_study_of_which_nobody_is_sure_waits_and_is_in_no_record(world, her):
    store(film(), world.lead.id)
    study = Study.objects.get()
    assert (study.resident_id, study.doubts) == (None, "no-accession")
    assert not events("StudyArrived") and len(events("StudyHeld")) == 1
    with pytest.raises(NotFound):
        access.read_study(study.id, by=SYSTEM)


@pytest.mark.usefixtures("each_archive")
def test_many_instances_are_one_transaction_and_one_arrival(world, her):
    arrivals = [arriving(each, world.lead.id) for each in phantom.ct(OF, n_slices=7, size=32)]
    for each in arrivals:
        services.keep(each)
    services.store_many(arrivals, resolve=of(her.id), by=SYSTEM)
    assert (Instance.objects.count(), Series.objects.count(), len(events("StudyArrived"))) == (7, 1, 1)
    [series] = Series.objects.annotate(n_instances=Count("instances"), n_frames=Sum("instances__n_frames"))
    assert (series.n_instances, series.n_frames) == (7, 7)


def test_what_comes_later_is_told_now_and_then(world, her):
    """Within the first minute it is the study itself; after that at most once a minute."""
    first, *more = phantom.ct(OF, n_slices=6, size=32)
    remembered = services.Remembered()

    def comes(content, seconds):
        each = arriving(content, world.lead.id)
        services.keep(each)
        by = replace(SYSTEM, now=SYSTEM.now + timedelta(seconds=seconds))
        services.store_many([each], resolve=of(her.id), by=by, remembered=remembered)
        return len(events("StudyGrew"))

    comes(first, 0)
    told = []
    for content, seconds in zip(more, (30, 70, 90, 140, 150), strict=True):
        with TestCase.captureOnCommitCallbacks(execute=True):
            told.append(comes(content, seconds))
    assert told == [0, 1, 1, 2, 2]
    assert comes(first, 300) == 2, "it is there already"


def test_a_file_that_was_begun_is_whole_and_its_name_is_brought_to_the_disk_afterwards(world, monkeypatch):
    synced = []
    archive.archive()._is_synced = True
    each = arriving(film(), world.lead.id)
    monkeypatch.setattr(archive, "_sync", synced.append)
    finish = services.begin(each)
    folder = archive.archive().path(each.place).parent
    assert archive.archive().has(each.place) and folder not in synced
    finish()
    assert folder in synced and services.begin(each)() is None


def test_a_full_disk_leaves_nothing(world, monkeypatch):
    def full(*_a, **_k):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("os.fdatasync", full)
    archive.archive()._is_synced = True
    with pytest.raises(StorageFull):
        store(film(), world.lead.id)
    left = [*archive.archive().files(), *archive.archive().unfinished(before=float("inf"))]
    assert not Instance.objects.exists() and not left


def test_check_images_names_what_was_never_finished_once_nobody_can_be_writing_it(world, images):
    store(film(), world.lead.id)
    [file] = images.glob("studies/*/*/*.dcm")
    begun = file.with_name(".begun.part")
    begun.write_bytes(b"half")
    assert not list(checks.files())
    os.utime(begun, (0, 0))
    assert "was being written" in str(*checks.files())


def test_check_images_names_what_is_missing_changed_or_without_a_row(world, images):
    store(film(), world.lead.id)
    study, row = Study.objects.get(), Instance.objects.get()
    path = archive.archive().path(selectors.place_of(study, row))
    path.write_bytes(path.read_bytes()[:-2] + b"xx")
    assert "not the one that was received" in str(*checks.files())
    path.rename(path.with_name(f"1.2.3-{'0' * 12}.dcm"))
    said = sorted(str(each) for each in checks.files())
    assert len(said) == 2 and any("a file without a row" in each for each in said)
    services.keep(arriving(film(number="R9", study_uid="1.2.9"), world.lead.id))
    assert len(list(checks.files())) == 3, "killed between the file and its row"
    assert store(film(number="R9", study_uid="1.2.9"), world.lead.id, nobodys).outcome == "stored"
    assert len(list(checks.files())) == 2, "sent again, it has its row"
