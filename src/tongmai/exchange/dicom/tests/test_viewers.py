"""What viewers of others ask for otherwise than programs do, as OHIF does (tests/system/test_ohif.py drives it itself)."""

import json
from dataclasses import replace
from io import BytesIO

import pytest
from django.test import Client
from pydicom import dcmread
from pydicom.dataset import Dataset

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.imaging.models import Instance, Series, Study
from tongmai.commons.imaging.tests import factories, samples
from tongmai.commons.residents.tests import factories as residents
from tongmai.exchange.dicom.tests.bodies import unpacked
from tongmai.exchange.dicom.web import accepting, multipart
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

OF = replace(factories.OF, name="示例^甲", latin="Shili^Jia")
SENT = 'multipart/related; type="application/dicom"; boundary=x'


@pytest.fixture
def world(db):
    return orgs.county_world()


@pytest.fixture
def her(world):
    found = residents.resident("示例甲")
    Encounter.objects.create(resident=found, org=world.lead, kind="inpatient", state="in_progress", started_at=orgs.NOW)
    return found


@pytest.fixture(autouse=True)
def images(tmp_path, settings):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path, False


@pytest.fixture
def reader(world, her):
    """The browser of a doctor who reports at the hospital that treats her; forged requests are refused."""
    client = Client(enforce_csrf_checks=True)
    orgs.sign_in_as(client, Role.REPORTING_DOCTOR, org=world.lead)
    return client


def kept(her, org, content):
    each = factories.store(content, org.id, factories.of(her.id))
    return Study.objects.get(uid=each.facts.study_uid)


def n_found(client, query):
    answer = client.get(f"/dicom-web/studies?{query}")
    return len(json.loads(answer.content)) if answer.content else 0


def brings(client, content, **heads):
    body = b"".join(multipart.written([multipart.Sent("application/dicom", multipart.at_once(content))], "x"))
    return client.post("/dicom-web/studies", body, content_type=SENT, **heads)


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("PatientName=*示例*", 1), ("PatientName=*例甲*", 1), ("PatientName=*shili*", 1), ("PatientName=*slj*", 1),
        ("PatientName=*lijia*", 0), ("PatientName=*张*", 0), ("00100020=*R1*", 1), ("00100020=*R2*", 0),
    ],
)  # fmt: skip
def test_stars_around_what_was_typed(world, her, reader, query, n):
    kept(her, world.lead, factories.film())
    assert n_found(reader, query) == n


def test_a_number_between_stars_names_somebody_elsewhere_only_as_a_whole(world, her, reader):
    kept(her, world.township, factories.film(number="R12345"))
    assert [n_found(reader, f"00100020={value}") for value in ("*R12345*", "R12345", "*R1234*", "*R*", "**")] == [
        1,
        1,
        0,
        0,
        0,
    ]
    assert [n_found(reader, f"AccessionNumber=*{value}*") for value in ("340199A0001", "340199A000")] == [1, 0]


def test_a_study_of_which_no_modality_is_said_is_listed_as_other(world, her, reader):
    study = kept(her, world.lead, factories.film())
    Series.objects.update(modality="")
    [said] = json.loads(reader.get("/dicom-web/studies").content)
    assert said["00080061"]["Value"] == ["OT"]
    [series] = json.loads(reader.get(f"/dicom-web/studies/{study.uid}/series").content)
    assert series["00080060"]["Value"] == ["OT"]


@pytest.mark.parametrize("name", ["MR_small_bigendian.dcm", "MR_small_implicit.dcm", "image_dfl.dcm"])
def test_a_frame_says_in_which_order_its_bytes_are_given(world, her, reader, name):
    study = kept(her, world.lead, samples.shipped_as(name, OF))
    one = Instance.objects.get(series__study=study)
    path = f"/dicom-web/studies/{study.uid}/series/{one.series.uid}/instances/{one.sop_uid}/frames/1"
    answer = reader.get(path, HTTP_ACCEPT='multipart/related; type="application/octet-stream"; transfer-syntax=*')
    [part] = unpacked(answer.getvalue(), answer.headers["Content-Type"])
    assert part.media_type == f"application/octet-stream; transfer-syntax={accepting.PLAIN}"


def test_a_page_under_our_address_brings_what_its_reader_wrote(world, her, reader):
    study = kept(her, world.lead, factories.film())
    written = samples.findings(factories.film())
    for heads in ({}, {"HTTP_ORIGIN": "https://elsewhere.example"}, {"HTTP_ORIGIN": "null"}):
        assert brings(reader, written, **heads).status_code == 403
    assert not Series.objects.filter(modality="SR").exists()
    answer = brings(reader, written, HTTP_ORIGIN="http://testserver")
    assert (answer.status_code, Series.objects.get(modality="SR").study_id) == (200, study.id)


def test_a_reader_brings_no_images_and_nothing_for_studies_that_she_may_not_open(world, her, reader):
    own = kept(her, world.lead, factories.film())
    image = factories.film(order_number="340199A0002", study_uid=own.uid)
    other = kept(residents.resident("示例乙"), world.stranger, factories.film(order_number="340199B0001"))
    foreign = samples.findings(factories.film(order_number="340199B0001"))
    assert other.uid != own.uid
    for content in (image, foreign):
        answer = brings(reader, content, HTTP_ORIGIN="http://testserver")
        assert answer.status_code == 409
        failed = json.loads(answer.content)["00081198"]["Value"][0]
        assert failed["00081197"]["Value"] == [0x0124]
    assert Instance.objects.count() == 2


def with_bulk(**changed):
    """An image with a palette, and a document deep inside of it."""
    made = dcmread(BytesIO(factories.film(**changed)))
    made.add_new("RedPaletteColorLookupTableData", "OW", bytes(range(256)) * 8)
    item = Dataset()
    item.add_new("EncapsulatedDocument", "OB", b"%PDF-" + bytes(1500))
    item.MIMETypeOfEncapsulatedDocument = "application/pdf"
    other = Dataset()
    other.add_new("EncapsulatedDocument", "OB", b"<script>" + bytes(1500))
    other.MIMETypeOfEncapsulatedDocument = "text/html"
    made.ReferencedImageSequence = [item, other]
    return made


def test_long_values_have_an_address_in_the_metadata(world, her, reader):
    made = with_bulk()
    study = kept(her, world.lead, samples.written(made))
    [said] = json.loads(reader.get(f"/dicom-web/studies/{study.uid}/metadata").content)
    palette = said["00281201"]["BulkDataURI"]
    document, page = (each["00420011"]["BulkDataURI"] for each in said["00081140"]["Value"])
    assert palette.startswith("http://testserver/dicom-web/studies/") and document.endswith("/00081140.0.00420011")
    answer = reader.get(palette, HTTP_ACCEPT='multipart/related; type="application/octet-stream"')
    [part] = unpacked(answer.getvalue(), answer.headers["Content-Type"])
    assert part == multipart.Part("application/octet-stream", made.RedPaletteColorLookupTableData)
    for address, accept, kind, begins in (
        (document, "application/pdf", "application/pdf", b"%PDF-"),
        (document, "application/octet-stream", "application/octet-stream", b"%PDF-"),
        (page, "application/octet-stream", "application/octet-stream", b"<script>"),
    ):
        answer = reader.get(address, HTTP_ACCEPT=accept)
        assert (answer.headers["Content-Type"], answer.getvalue()[: len(begins)]) == (kind, begins)
    assert reader.get(page, HTTP_ACCEPT="text/html").status_code == 400
    at = palette.rpartition("/")[0]
    for wrong in ("00420011", "00100010", "00081140.9.00420011", "00081140.0", "x", "00281201.0.00420011", "FFFFFFFF"):
        assert reader.get(f"{at}/{wrong}").status_code == 404, wrong


def test_words_of_a_big_endian_file_are_given_with_the_least_byte_first(world, her, reader):
    study = kept(her, world.lead, samples.shipped_as("gdcm-US-ALOKA-16_big.dcm", OF))
    [said] = json.loads(reader.get(f"/dicom-web/studies/{study.uid}/metadata").content)
    answer = reader.get(said["00281221"]["BulkDataURI"], HTTP_ACCEPT="application/octet-stream")
    wanted = dcmread(samples.shipped("gdcm-US-ALOKA-16.dcm")).SegmentedRedPaletteColorLookupTableData
    assert answer.getvalue() == wanted


def test_a_long_value_of_somebody_else_is_refused(world, her, reader):
    other = kept(residents.resident("示例乙"), world.stranger, samples.written(with_bulk()))
    one = Instance.objects.get(series__study=other)
    path = f"/dicom-web/studies/{other.uid}/series/{one.series.uid}/instances/{one.sop_uid}/bulkdata/00281201"
    assert reader.get(path).status_code in (403, 404)
