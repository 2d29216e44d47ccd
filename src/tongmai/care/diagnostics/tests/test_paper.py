"""What goes onto paper: key images, the electrocardiogram, the mark; and the codes on the order."""

import re
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from tongmai.care.diagnostics import access, barcode, enclosures, paper, rules, selectors, services
from tongmai.commons.ecg import services as ecg
from tongmai.commons.ecg import synthetic, writing
from tongmai.commons.ecg.tracing import Subject
from tongmai.commons.imaging import phantom
from tongmai.commons.imaging import services as imaging
from tongmai.commons.imaging.models import Instance
from tongmai.commons.imaging.tests import factories as images
from tongmai.commons.recognition.tests import factories as recognition
from tongmai.commons.residents import selectors as people
from tongmai.foundation.orgs.tests.factories import sign_in_as
from tongmai.kernel.errors import NotFound
from tongmai.kernel.months import local_day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archive(tmp_path, settings):
    settings.IMAGES, settings.IMAGES_SYNC, settings.PACS = tmp_path / "images", False, ""


def of(county, order) -> phantom.Of:
    return phantom.Of(
        name=county.resident.name,
        latin="Shili",
        number="R1",
        sex="F",
        order_number=order.number,
        study_uid=order.study_uid,
    )


def filmed(county, order) -> None:
    """Let a film stand with the order, marked as a key image."""
    film = phantom.chest(of(county, order), n_rows=600, n_columns=600, nodule=True)
    images.store(film, county.world.township.id, images.of(county.resident.id, order.number))
    each = Instance.objects.select_related("series").get()
    imaging.mark_key_image(each.series.study_id, instance_id=each.id, frame=1, by=county.reader)


def printed(county, order, **asked) -> bytes:
    found = selectors.detail(order.id, by=county.gp)
    person = people.summary(order.resident_id, county.gp.today)
    return paper.report(found, person, host="https://example.org", by=county.gp, **asked)


def unpacked(content: bytes) -> bytes:
    """The PDF with what its packed streams hold."""
    parts = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"".join(parts)


def n_pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", unpacked(content)))


def test_a_report_carries_its_key_images_and_stays_small(county):
    order = county.claimed()
    filmed(county, order)
    services.save_draft(order.id, lines=[("肺野", "见结节")], conclusion="右肺结节", is_abnormal=True, by=county.reader)
    services.submit_report(order.id, by=county.reader)
    services.verify(order.id, by=county.second)
    order.refresh_from_db()
    content = printed(county, order)
    assert content.count(b"/DCTDecode") + unpacked(content).count(b"/DCTDecode") >= 1
    assert len(content) < 1_000_000 and n_pages(content) == 1


def test_what_the_archive_lost_leaves_a_word_in_its_place(county, settings):
    order = county.claimed()
    filmed(county, order)
    _order, opened = access.read(order.id, by=county.reader)
    (found,) = enclosures.pictures(order, opened)
    assert found.svg.startswith("<svg") and "data:image/jpeg;base64," in found.svg
    for each in (settings.IMAGES / "studies").rglob("*.dcm"):
        each.unlink()
    (lost,) = enclosures.pictures(order, opened)
    assert lost.svg == ""


def test_an_electrocardiogram_stands_on_a_page_of_its_own(county):
    order = county.claimed(item_code="ecg-12")
    subject = Subject(county.resident.name, "", str(county.resident.sex), county.resident.born_on)
    tracing = replace(synthetic.recording(subject=subject), order_number=order.number)
    ecg.receive(
        writing.part10(tracing), resident_id=county.resident.id, order_number=order.number,
        org_id=county.world.township.id, received_from="device", by=county.technician,
    )  # fmt: skip
    services.save_draft(order.id, lines=[("心律", "窦性")], conclusion="窦性心律", by=county.reader)
    services.submit_report(order.id, by=county.reader)
    order.refresh_from_db()
    assert order.state == "published"
    content = printed(county, order)
    assert n_pages(content) == 2 and len(content) < 1_000_000


def test_the_mark_stands_on_the_version_that_counts(county):
    recognition.load_items(county.world.now)
    recognition.evaluation(
        county.world.lead, "chest-film", on=local_day(county.world.now) - timedelta(days=30), now=county.world.now
    )
    order = county.published()
    assert enclosures.mark(order)
    services.amend(order.id, by=county.reader, reason="补充所见")
    services.save_draft(order.id, lines=[("肺野", "见结节")], conclusion="右肺结节", is_abnormal=True, by=county.reader)
    services.submit_report(order.id, by=county.reader)
    services.verify(order.id, by=county.second)
    order.refresh_from_db()
    for asked in ({}, {"number": 1}, {"number": 2}):
        assert printed(county, order, **asked).startswith(b"%PDF")
    with pytest.raises(NotFound):
        printed(county, order, number=3)


def test_the_order_is_printed_and_a_scanned_number_finds_it(county, client):
    order = county.ordered()
    found = selectors.detail(order.id, by=county.gp)
    assert paper.slip(found, people.summary(order.resident_id, county.gp.today), by=county.gp).startswith(b"%PDF")
    assert selectors.order_id_of(order.number, by=county.technician) == order.id
    assert selectors.order_id_of(order.number, by=county.reader) is None  # not sent yet
    sign_in_as(client, "technician", org=county.world.township)
    answer = client.get(reverse("diagnostics:find"), {"number": f" {order.number.lower()} "})
    assert answer.url == reverse("diagnostics:detail", args=[order.id])
    assert client.get(reverse("diagnostics:slip", args=[order.id])).status_code == 200
    assert client.get(reverse("diagnostics:find"), {"number": "2699999"}).url == reverse("diagnostics:list")


def test_a_number_is_read_as_it_was_meant():
    assert rules.number_meant(" 2611220g7k2mq4\t") == "2611220G7K2MQ4"
    assert rules.number_meant("26-1l22O") == "2611220"


class TestCode128:
    def test_the_check_symbol(self):
        """Worked by hand: start 104, P 48·1, J 42·2, J 42·3, 1 17·4, 2 18·5, 3 19·6, C 35·7 = 879, of 103 the rest is 55."""
        assert barcode.symbols("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]

    def test_every_symbol_is_one(self):
        """Each is eleven modules wide with an even number of black ones, and none is there twice."""
        widths = barcode._WIDTHS
        assert len(widths) == 107 == len(set(widths)) and widths[106] == "2331112"
        for each in widths[:106]:
            assert sum(map(int, each)) == 11 and sum(map(int, each[::2])) % 2 == 0, each

    def test_only_what_can_be_printed(self):
        with pytest.raises(ValueError, match="ASCII"):
            barcode.svg("通脉")
        assert barcode.svg("2611220G7K2MQ4").startswith("<svg")
