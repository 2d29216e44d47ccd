"""Who reads a study and its pictures, what is logged of it, and which frames are picked out."""

import gzip
from dataclasses import replace
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pydicom import dcmread
from pydicom.dataset import Dataset

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


def beside(study, world, her, *, sop_class="1.2.840.10008.5.1.4.1.1.88.33", number="1", content=None, **values):
    """Keep a document with the study: what a viewer writes of its image, changed; return its instance."""
    made = dcmread(BytesIO(samples.findings(samples.measuring(factories.OF))))
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = sop_class
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.8.498.{number}"
    made.update(content or {})
    for keyword, value in values.items():
        setattr(made, keyword, value)
    factories.store(samples.written(made), world.lead.id, factories.of(her.id))
    return Instance.objects.get(sop_uid=made.SOPInstanceUID, series__study=study)


def test_a_structured_report_is_read_beside_the_picture_that_it_measured(study, reader, world, her):
    picture = Instance.objects.get()
    where = samples.content(
        "SCOORD", samples.code("111030", "DCM", "Image Region"), within=[samples.points_at(picture.sop_uid)]
    )
    length = samples.measure(
        samples.code("410668003", "SCT", "Length"), "54.5", "mm", within=[where, samples.points_at("1.2.3")]
    )
    comment = samples.content("TEXT", samples.code("121106", "DCM", "Comment"), TextValue="<script>示例</script>")
    report = samples.code("126000", "DCM", "Imaging Measurement Report")
    one = beside(study, world, her, content=samples.content("CONTAINER", report, within=[length, comment]))
    href = reverse("imaging:document", args=[study.id, one.id])
    assert href in opens(reader, "imaging:study", study.id).content.decode()
    said = reader.get(href).content.decode()
    for each in (
        "影像测量报告",
        "长度",
        "54.5 mm",
        "图像区域",
        "&lt;script&gt;示例",
        f"?image={picture.id}",
        "不在本检查中",
    ):
        assert each in said
    assert "<script>示例" not in said
    assert AccessLog.objects.filter(resident_id=her.id, what="study").count() == 2


def test_a_document_that_is_none_or_is_not_of_this_study_is_not_found(study, reader, world, her):
    broken = samples.content("NUM", samples.code("1", "99L", "x"), MeasuredValueSequence=[Dataset()])
    one = beside(
        study, world, her, content=samples.content("CONTAINER", samples.code("1", "99L", "x"), within=[broken])
    )
    assert opens(reader, "imaging:document", study.id, one.id).status_code == 422
    picture = Instance.objects.get(n_rows__gt=0)
    other = factories.store(
        factories.film(number="R9", order_number="340199A0009"), world.lead.id, factories.of(her.id)
    )
    elsewhere = Study.objects.get(uid=other.facts.study_uid)
    for of, named in ((study.id, picture.id), (elsewhere.id, one.id), (study.id, uuid4())):
        assert opens(reader, "imaging:document", of, named).status_code == 404


def test_an_enclosed_document_is_given_only_as_the_pdf_that_it_is(study, reader, world, her):
    pdf = {"sop_class": "1.2.840.10008.5.1.4.1.1.104.1", "MIMETypeOfEncapsulatedDocument": "application/pdf"}
    one = beside(study, world, her, EncapsulatedDocument=b"%PDF-1.7\n%", **pdf)
    answer = opens(reader, "imaging:document", study.id, one.id)
    assert answer.content == b"%PDF-1.7\n%"
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    page = beside(study, world, her, number="2", EncapsulatedDocument=b"<script>", **pdf)
    other = beside(
        study,
        world,
        her,
        number="3",
        EncapsulatedDocument=b"%PDF-1.7\n%",
        **(pdf | {"MIMETypeOfEncapsulatedDocument": "text/html"}),
    )
    for each in (page, other):
        assert opens(reader, "imaging:document", study.id, each.id).status_code == 404


def test_who_may_not_open_the_study_reads_none_of_its_documents(study, client, world, her):
    one = beside(study, world, her)
    orgs.sign_in_as(client, Role.SPECIALIST, org=world.stranger)
    assert opens(client, "imaging:document", study.id, one.id).status_code in (403, 404)
