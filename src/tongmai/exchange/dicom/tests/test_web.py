"""DICOMweb: another client of it as the peer, both ways; whose images are found and read; what is refused."""

import json
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from dicomweb_client.api import DICOMwebClient
from django.core.exceptions import RequestDataTooBig
from django.test import Client
from hypothesis import assume, given
from hypothesis import strategies as st
from pydicom import dcmread
from requests.exceptions import HTTPError

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.imaging import phantom
from tongmai.commons.imaging.models import Held, Instance, Study
from tongmai.commons.imaging.tests import factories, samples
from tongmai.commons.residents.tests import factories as residents
from tongmai.exchange.dicom.tests.bodies import packed, unpacked
from tongmai.exchange.dicom.web import accepting, asking, describing, multipart, searching
from tongmai.exchange.dicom.web.errors import NotAcceptable, NotMultipart, WrongParameter
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

J2K = "1.2.840.10008.1.2.4.90"
OF = replace(factories.OF, name="示例^甲", latin="Shili^Jia")


@pytest.fixture
def world(db):
    return orgs.county_world()


@pytest.fixture
def her(world):
    return residents.resident("示例甲")


@pytest.fixture(autouse=True)
def images(tmp_path, settings):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path, False


def kept(world, her, *contents, org=None):
    for content in contents:
        each = factories.store(content, (org or world.lead).id, factories.of(her.id))
    return Study.objects.get(uid=each.facts.study_uid)


def treated(person, org):
    Encounter.objects.create(resident=person, org=org, kind="inpatient", state="in_progress", started_at=orgs.NOW)


@pytest.fixture
def reader(client, world, her):
    """A browser of a doctor who treats her."""
    orgs.sign_in_as(client, Role.SPECIALIST, org=world.lead)
    treated(her, world.lead)
    return client


def asks(client, path, **given):
    return client.get(f"/dicom-web/{path}", **given)


def test_a_parameter_is_a_keyword_or_a_tag_and_nothing_else():
    found = asking.asked(
        [("00100010", "张*"), ("StudyDate", "20260101-"), ("limit", "5"), ("StudyID", "1"), ("includefield", "all")],
        known=searching.KNOWN,
    )
    assert (found.values, found.limit, found.not_matched) == (
        {"PatientName": "张*", "StudyDate": "20260101-"},
        5,
        ("StudyID",),
    )
    for query in ([("Nonsense", "1")], [("limit", "x")], [("offset", "-1")]):
        with pytest.raises(WrongParameter):
            asking.asked(query, known=searching.KNOWN)


@pytest.mark.parametrize(
    ("accept", "stored", "of", "wanted"),
    [
        ("", accepting.PLAIN, "application/dicom", ("application/dicom", accepting.PLAIN)),
        ('multipart/related; type="application/octet-stream"; transfer-syntax=*', J2K, accepting.OCTETS, ("image/jp2", J2K)),
        ('multipart/related; type="image/jp2"', J2K, accepting.OCTETS, ("image/jp2", J2K)),
        ('multipart/related; type="application/octet-stream"', J2K, accepting.OCTETS, (accepting.OCTETS, accepting.PLAIN)),
        ("application/dicom; transfer-syntax=*", "1.2.840.10008.1.2.5", accepting.DICOM, (accepting.DICOM, "1.2.840.10008.1.2.5")),
        ("text/html;q=0.9, */*;q=0.1", "1.2.840.10008.1.2.5", accepting.DICOM, (accepting.DICOM, accepting.PLAIN)),
    ],
)  # fmt: skip
def test_a_caller_gets_pixels_as_it_takes_them(accept, stored, of, wanted):
    assert accepting.syntax_for(accept, stored, of=of) == wanted


def test_a_caller_that_takes_nothing_of_ours_is_told_so():
    with pytest.raises(NotAcceptable):
        accepting.syntax_for("video/mp4", accepting.PLAIN, of=accepting.DICOM)


def test_parts_come_back_as_they_were_written():
    parts = [multipart.Part("application/dicom", b"a\r\n--x\r\nb"), multipart.Part("image/jp2", b"")]
    body = packed(*parts, boundary="limit")
    assert unpacked(body, 'multipart/related; type="application/dicom"; boundary=limit') == parts
    for wrong in (body[:-10], b"", b"--limit"):
        with pytest.raises(NotMultipart):
            unpacked(wrong, "multipart/related; boundary=limit")


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.sampled_from([b"", b"\r\n--x", b"\r\n", b"--limit", b"\r\n--limi"]))),
    st.binary(max_size=20).filter(lambda said: b"--limit" not in said),
    st.integers(1, 9),
)
def test_however_a_body_comes_its_parts_are_the_same(contents, before, step):
    """In pieces of a few bytes, with something before the first part, and what looks like a boundary and is none."""
    parts = [multipart.Part("application/dicom", one + other) for one, other in contents]
    assume(not any(b"\r\n--limit" in b"\r\n" + each.content for each in parts))  # whoever writes it chooses another
    body = BytesIO(before + b"\r\n" + packed(*parts, boundary="limit"))
    found = multipart.parts_of(lambda _n: body.read(step), "multipart/related; boundary=limit", most=1 << 20)
    assert list(found) == parts


def test_a_part_that_is_too_long_ends_it_and_what_came_before_was_given():
    parts = [multipart.Part("application/dicom", bytes(n)) for n in (100, 3 << 20, 100)]
    found = multipart.parts_of(BytesIO(packed(*parts)).read, "multipart/related; boundary=x", most=1 << 20)
    assert next(found) == parts[0]
    with pytest.raises(RequestDataTooBig):
        next(found)


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ("Zhang^San=张^三", {"Alphabetic": "Zhang^San", "Ideographic": "张^三"}),
        ("张三", {"Alphabetic": "Zhangsan", "Ideographic": "张三"}),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}),
    ],
)  # fmt: skip
def test_a_name_has_letters_and_characters(said, groups):
    assert describing.name(said) == groups


def test_studies_are_found_by_chinese_pinyin_dates_and_pages(world, her, reader):
    for n in range(3):
        kept(world, her, factories.film(order_number=f"340199A000{n}", at=OF.at.replace(day=20 + n)))
    for query, n in (
        ("PatientName=示例甲", 3), ("PatientName=示*", 3), ("PatientName=*例*", 3), ("PatientName=shili*", 3),
        ("PatientName=slj", 3), ("00100010=张三", 0), ("StudyDate=20261121", 1), ("StudyDate=20261121-", 2),
        ("StudyDate=-20261120", 1), ("StudyDate=20261120-20261121", 2), ("AccessionNumber=340199A0001", 1),
        ("ModalitiesInStudy=DX", 3), ("ModalitiesInStudy=CT", 0), ("PatientID=R1", 3), ("limit=2", 2), ("offset=2", 1),
        ("StudyDescription=*胸*", 3),
    ):  # fmt: skip
        answer = asks(reader, f"studies?{query}")
        assert (len(json.loads(answer.content)) if answer.content else 0) == n, query
        assert answer.status_code == (200 if n else 204)
    said = json.loads(asks(reader, "studies?limit=1").content)[0]
    assert said["00100010"]["Value"] == [{"Alphabetic": "Shilijia", "Ideographic": "示例甲"}]
    assert (said["00080020"]["Value"], said["00080061"]["Value"]) == (["20261122"], ["DX"])
    assert (said["00201206"]["Value"], said["00201208"]["Value"]) == ([1], [1])
    assert "299" in asks(reader, "studies?ReferringPhysicianName=x").headers["Warning"]
    assert asks(reader, "studies?limit=x").status_code == 422


def test_series_and_instances_are_found(world, her, reader):
    study = kept(world, her, *phantom.ct(OF, n_slices=3, size=16))
    series = json.loads(asks(reader, f"studies/{study.uid}/series").content)
    assert (series[0]["00080060"]["Value"], series[0]["00201209"]["Value"]) == (["CT"], [3])
    found = json.loads(asks(reader, f"studies/{study.uid}/instances?InstanceNumber=2").content)
    assert (len(found), found[0]["00280010"]["Value"]) == (1, [16])
    assert len(json.loads(asks(reader, "instances?SeriesNumber=1").content)) == 3
    assert len(json.loads(asks(reader, "series?Modality=CT").content)) == 1


def test_what_was_taken_elsewhere_is_found_only_by_name_and_with_a_reason(world, her, reader, client):
    study = kept(world, her, factories.film(), org=world.township)
    assert asks(reader, "studies").status_code == 204
    assert len(json.loads(asks(reader, f"studies?StudyInstanceUID={study.uid}").content)) == 1
    assert AccessLog.objects.filter(resident_id=her.id, what="studies").exists()
    other = Client()
    orgs.sign_in_as(other, Role.SPECIALIST, org=orgs.org("示例医院", division=f"{orgs.COUNTY}101"))
    assert asks(other, f"studies?StudyInstanceUID={study.uid}").status_code == 204
    assert asks(other, f"studies/{study.uid}/metadata").status_code == 403


def test_a_study_is_logged_once_however_many_frames_are_read(world, her, reader):
    study = kept(world, her, *phantom.ct(OF, n_slices=3, size=16))
    for each in Instance.objects.all():
        answer = asks(reader, f"studies/{study.uid}/series/{each.series.uid}/instances/{each.sop_uid}/frames/1")
        assert answer.status_code == 200
    assert AccessLog.objects.filter(resident_id=her.id, what="study").count() == 1


def test_a_study_that_waits_is_nobodys(world, reader):
    each = factories.store(factories.film(), world.lead.id)
    assert asks(reader, f"studies/{each.facts.study_uid}").status_code == 404
    assert asks(reader, "studies").status_code == 204


@pytest.mark.usefixtures("each_archive")
def test_frames_are_the_very_values_whatever_they_are_stored_in(world, her, reader):
    for n, name in enumerate(
        ("RG3_J2KR.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "image_dfl.dcm", "OBXXXX1A_2frame.dcm")
    ):
        study = kept(world, her, samples.shipped_as(name, replace(OF, order_number=f"340199B000{n}")))
        one = Instance.objects.get(series__study=study)
        path = f"studies/{study.uid}/series/{one.series.uid}/instances/{one.sop_uid}"
        answer = asks(
            reader, f"{path}/frames/{one.n_frames}", HTTP_ACCEPT='multipart/related; type="application/octet-stream"'
        )
        [part] = unpacked(answer.getvalue(), answer.headers["Content-Type"])
        wanted = dcmread(samples.shipped(name)).pixel_array
        wanted = wanted[-1] if one.n_frames > 1 else wanted
        assert np.array_equal(
            np.frombuffer(part.content, wanted.dtype.newbyteorder("<")).reshape(wanted.shape), wanted
        ), name
        assert asks(reader, f"{path}/frames/99").status_code == 404
        assert asks(reader, f"{path}/frames/x").status_code == 422


def test_a_frame_is_rendered_in_the_window_that_is_asked_for(world, her, reader):
    study = kept(world, her, samples.measuring(OF))
    one = Instance.objects.get(series__study=study)
    path = f"studies/{study.uid}/series/{one.series.uid}/instances/{one.sop_uid}/rendered"
    usual = asks(reader, path, HTTP_ACCEPT="image/png")
    assert (usual.headers["Content-Type"], usual.content[:4]) == ("image/png", b"\x89PNG")
    assert asks(reader, f"{path}?window=100,10,linear", HTTP_ACCEPT="image/png").content != usual.content
    assert asks(reader, f"{path}?viewport=50,50").content[:2] == b"\xff\xd8"
    for wrong in ("window=1", "window=1,0,linear", "window=1,2,cubic", "viewport=x", "quality=0"):
        assert asks(reader, f"{path}?{wrong}").status_code == 422, wrong
    assert asks(reader, path, HTTP_ACCEPT="text/html").status_code == 400


@pytest.mark.usefixtures("each_archive")
class TestPeer:
    """dicomweb-client as another program that speaks DICOMweb."""

    def peer(self, server, role, org):
        who = orgs.actor(role, org=org)
        issued = services.issue_token(
            by=orgs.actor(Role.SECURITY_ADMIN, org=org), post_id=who.post_id, name="PACS", days=30
        )
        return DICOMwebClient(f"{server.url}/dicom-web", headers={"Authorization": f"Bearer {issued.secret}"})

    def test_it_finds_and_reads_what_is_kept(self, world, her, live_server):
        treated(her, world.lead)
        made = [*phantom.ct(OF, n_slices=4, size=32)]
        study = kept(world, her, *made)
        peer = self.peer(live_server, Role.SPECIALIST, world.lead)
        [found] = peer.search_for_studies(search_filters={"PatientName": "示例*"}, fuzzymatching=True)
        assert found["0020000D"]["Value"] == [study.uid]
        [series] = peer.search_for_series(study.uid)
        uid = series["0020000E"]["Value"][0]
        assert [
            len(each)
            for each in (
                peer.search_for_instances(study.uid, uid),
                peer.retrieve_study(study.uid),
                peer.retrieve_series(study.uid, uid),
            )
        ] == [4, 4, 4]
        said = peer.retrieve_series_metadata(study.uid, uid)
        assert said[0]["00100010"]["Value"] == [{"Alphabetic": "Shili^Jia", "Ideographic": "示例^甲"}]
        assert "7FE00010" not in said[0]
        one = dcmread(BytesIO(made[0]))
        got = peer.retrieve_instance(study.uid, uid, one.SOPInstanceUID)
        assert np.array_equal(got.pixel_array, one.pixel_array)
        [frame] = peer.retrieve_instance_frames(study.uid, uid, one.SOPInstanceUID, [1])
        assert frame == one.PixelData
        [frame] = peer.retrieve_instance_frames(
            study.uid, uid, one.SOPInstanceUID, [1], media_types=(("application/octet-stream", accepting.PLAIN),)
        )
        assert frame == one.PixelData
        assert (
            peer.retrieve_instance_rendered(study.uid, uid, one.SOPInstanceUID, media_types=("image/png",))[:4]
            == b"\x89PNG"
        )

    def test_what_is_compressed_is_given_as_it_is_or_unpacked(self, world, her, live_server):
        treated(her, world.lead)
        study = kept(world, her, samples.shipped_as("MR_small_RLE.dcm", OF))
        one = Instance.objects.get(series__study=study)
        peer = self.peer(live_server, Role.SPECIALIST, world.lead)
        named = (study.uid, one.series.uid, one.sop_uid)
        plain = peer.retrieve_instance(*named, media_types=(("application/dicom", accepting.PLAIN),))
        assert plain.file_meta.TransferSyntaxUID == accepting.PLAIN
        stored = peer.retrieve_instance(*named, media_types=(("application/dicom", "*"),))
        assert stored.file_meta.TransferSyntaxUID == one.transfer_syntax
        assert np.array_equal(plain.pixel_array, stored.pixel_array)

    def test_what_it_brings_waits_until_somebody_knows_whose_it_is(self, world, her, live_server):
        peer = self.peer(live_server, Role.TECHNICIAN, world.lead)
        sent = dcmread(BytesIO(factories.film()))
        answer = peer.store_instances([sent])
        assert len(answer.ReferencedSOPSequence) == 1
        study = Study.objects.get(uid=sent.StudyInstanceUID)
        assert (study.resident_id, study.org_id) == (None, world.lead.id)
        assert study.doubts
        assert len(peer.store_instances([sent]).ReferencedSOPSequence) == 1  # the same again is the same
        assert Instance.objects.count() == 1

    def test_other_content_under_the_same_number_is_held(self, world, live_server):
        peer = self.peer(live_server, Role.TECHNICIAN, world.lead)
        sent = dcmread(BytesIO(factories.film()))
        peer.store_instances([sent])
        sent.WindowCenter = "1"
        with pytest.raises(HTTPError, match="409"):
            peer.store_instances([sent])
        assert Held.objects.get().reason == "other-content"


def test_images_are_brought_only_by_those_who_bring_them(world, her, client):
    body = packed(multipart.Part("application/dicom", factories.film()))
    kind = 'multipart/related; type="application/dicom"; boundary=x'
    assert client.post("/dicom-web/studies", body, content_type=kind).status_code == 401
    orgs.sign_in_as(client, Role.SPECIALIST, org=world.lead)
    assert client.post("/dicom-web/studies", body, content_type=kind).status_code == 403
    orgs.sign_in_as(client, Role.TECHNICIAN, org=world.lead)
    assert client.post("/dicom-web/studies", b"nothing", content_type=kind).status_code == 422
    assert client.post("/dicom-web/studies", body, content_type="application/json").status_code == 422
    assert client.post("/dicom-web/studies/1.2.3", body, content_type=kind).status_code == 409
    forged = Client(enforce_csrf_checks=True)
    orgs.sign_in_as(forged, Role.TECHNICIAN, org=world.lead)
    assert forged.post("/dicom-web/studies", body, content_type=kind).status_code == 403
    assert not Instance.objects.exists()
    broken = packed(multipart.Part("application/dicom", factories.film()[:900]), multipart.Part("x", b"y"))
    assert client.post("/dicom-web/studies", broken, content_type=kind).status_code == 409
    assert Held.objects.count() == 2
    assert client.post("/dicom-web/studies", body, content_type=kind).status_code == 200


def test_a_body_may_be_long_but_not_one_instance_in_it(world, her, client, settings):
    """What came whole before one that is too long is kept; the same again changes nothing."""
    orgs.sign_in_as(client, Role.TECHNICIAN, org=world.lead)
    few, many = (
        multipart.Part("application/dicom", phantom.ultrasound(replace(factories.OF, order_number=number), n_frames=n))
        for number, n in (("340199A0001", 2), ("340199A0002", 40))
    )
    settings.BODY_MAX_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    settings.STOW_MOST_BYTES = 2 << 20
    kind = 'multipart/related; type="application/dicom"; boundary=x'
    answer = client.post("/dicom-web/studies", packed(few, many), content_type=kind)
    assert (answer.status_code, Instance.objects.count()) == (413, 1)
    settings.STOW_MOST_BYTES = 1 << 30
    answer = client.post("/dicom-web/studies", packed(few, many), content_type=kind)
    assert (answer.status_code, Instance.objects.count()) == (200, 2)
    for other, status in (("multipart/form-data; boundary=x", 413), ("application/json", 413)):
        assert client.post("/dicom-web/studies", packed(few), content_type=other).status_code == status
