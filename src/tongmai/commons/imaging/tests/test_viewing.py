"""Who reads a study and its pictures, what is logged of it, and which frames are picked out."""

import gzip
from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.imaging import access, key_images, opened, services
from tongmai.commons.imaging.models import Instance, KeyImage, Study
from tongmai.commons.imaging.tests import factories, samples
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.errors import NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_archive")]


@pytest.fixture
def study(world, her):
    Encounter.objects.create(resident=her, org=world.lead, kind="inpatient", state="in_progress", started_at=orgs.NOW)
    each = factories.store(samples.measuring(factories.OF), world.lead.id, factories.of(her.id))
    return Study.objects.get(uid=each.facts.study_uid)


@pytest.fixture
def doctor(world):
    return orgs.actor(Role.SPECIALIST, org=world.lead)


@pytest.fixture
def reader(client, world):
    orgs.sign_in_as(client, Role.SPECIALIST, org=world.lead)
    return client


def opens(client, name, *args, query=""):
    return client.get(reverse(name, args=args) + query)


def test_the_page_lists_the_series_and_each_frame_comes_without_another_opening(study, reader, her):
    page = opens(reader, "imaging:study", study.id)
    assert page.status_code == 200
    one = Instance.objects.get()
    data = page.content.decode()
    assert str(one.id) in data
    pass_ = data.split("frame_href")[1].split("pass=")[1].split('"')[0]
    answer = opens(reader, "imaging:frame", one.id, 1, query=f"?pass={pass_}")
    assert (answer.status_code, answer.headers["Content-Encoding"], answer.headers["Cache-Control"]) == (
        200,
        "gzip",
        "no-store",
    )
    assert b'"kind": "u16"' in gzip.decompress(answer.content)
    assert opens(reader, "imaging:thumbnail", one.id, query=f"?pass={pass_}").content[:2] == b"\xff\xd8"
    assert AccessLog.objects.filter(resident_id=her.id, what="study").count() == 1


def test_a_pass_of_somebody_else_opens_nothing(study, reader, world, doctor, her):
    one = Instance.objects.get()
    pass_ = opened.pass_for(study.id, her.id, by=doctor)
    stranger = Client()
    orgs.sign_in_as(stranger, Role.SPECIALIST, org=orgs.org("示例医院", division="340299101"))
    assert opens(stranger, "imaging:frame", one.id, 1, query=f"?pass={pass_}").status_code == 404
    neighbour = Client()
    orgs.sign_in_as(neighbour, Role.SPECIALIST, org=orgs.org("示例二院"))
    assert opens(neighbour, "imaging:frame", one.id, 1, query=f"?pass={pass_}").status_code == 403
    assert opens(reader, "imaging:frame", one.id, 9).status_code == 404


def test_a_study_taken_out_of_a_record_is_closed_at_once(study, reader, doctor, her):
    one = Instance.objects.get()
    query = f"?pass={opened.pass_for(study.id, her.id, by=doctor)}"
    assert opens(reader, "imaging:frame", one.id, 1, query=query).status_code == 200
    Study.objects.update(resident=None, linked_at=None, doubts="unlinked")
    assert opens(reader, "imaging:frame", one.id, 1, query=query).status_code == 404


def test_two_studies_are_compared_only_of_one_person(study, reader, world, her):
    other = residents.resident("示例乙")
    each = factories.store(
        factories.film(number="R2", order_number="340199A0009"), world.lead.id, factories.of(other.id, "340199A0009")
    )
    theirs = Study.objects.get(uid=each.facts.study_uid)
    assert opens(reader, "imaging:study", study.id, query=f"?with={theirs.id}").status_code in (403, 404)
    assert opens(reader, "imaging:study", study.id, query="?with=x").status_code == 404
    again = factories.store(
        samples.measuring(replace(factories.OF, order_number="340199A0008")), world.lead.id, factories.of(her.id)
    )
    hers = Study.objects.get(uid=again.facts.study_uid)
    assert opens(reader, "imaging:study", study.id, query=f"?with={hers.id}").status_code == 200
    assert opens(reader, "imaging:studies", her.id).content.decode().count("/imaging/studies/") == 2


def test_a_key_image_is_kept_once_and_taken_back(study, doctor):
    one = Instance.objects.get()
    named = {"instance_id": one.id, "frame": 1, "by": doctor}
    kept = services.mark_key_image(study.id, **named)
    assert services.mark_key_image(study.id, **named).id == kept.id
    [key] = key_images.key_images_of([study.id])
    assert (key.frame, key.marked_name) == (1, doctor.name)
    services.unmark_key_image(study.id, **named)
    services.unmark_key_image(study.id, **named)
    assert key_images.key_images_of([study.id]) == []
    names = list(
        Event.objects.filter(name__startswith="imaging.KeyImage").order_by("id").values_list("name", flat=True)
    )
    assert names == ["imaging.KeyImageMarked", "imaging.KeyImageUnmarked"]


def test_only_a_frame_that_is_there_is_marked(study, doctor, her):
    one = Instance.objects.get()
    for wrong in ({"instance_id": uuid4(), "frame": 1}, {"instance_id": one.id, "frame": 2}):
        with pytest.raises(NotFound):
            services.mark_key_image(study.id, **wrong, by=doctor)
    assert not KeyImage.objects.exists()
    assert access.read_study(study.id, by=doctor)[0] == study


def test_the_viewer_marks_and_shows_the_list(study, reader):
    one = Instance.objects.get()
    said = {"instance": one.id, "frame": 1, "is_marked": "1", "center": "40.5", "width": "400"}
    answer = reader.post(reverse("imaging:key-image", args=[study.id]), said)
    assert "关键图像 1" in answer.content.decode()
    assert (KeyImage.objects.get().center, KeyImage.objects.get().width) == (40.5, 400)
    answer = reader.post(reverse("imaging:key-image", args=[study.id]), said | {"is_marked": ""})
    assert "还没有标记" in answer.content.decode()
    assert reader.post(reverse("imaging:key-image", args=[study.id]), {"frame": "x"}).status_code == 422
