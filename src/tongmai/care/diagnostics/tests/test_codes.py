"""The codes that we print can be read: by a scanner of others, from the PDF, also from a coarse printer."""

from pathlib import Path

import pytest
import typst
from django.urls import reverse

from tests.harness import scanner
from tongmai.care.diagnostics import barcode, paper, selectors
from tongmai.commons.residents import selectors as people
from tongmai.ui import printing

pytestmark = pytest.mark.django_db
HOST = "https://tongmai.jiaxian-hospital.example.cn"


def drawn(svg: str, folder: Path) -> bytes:
    """A drawing alone on a page."""
    (folder / "code.svg").write_text(svg, encoding="utf-8")
    (folder / "code.typ").write_text(
        '#set page(width: 70mm, height: 70mm, margin: 2mm)\n#image("code.svg", width: 62mm)'
    )
    return typst.compile(str(folder / "code.typ"))


def person(county, order):
    return people.summary(order.resident_id, county.gp.today)


@pytest.mark.parametrize("dots", [300, 200, 150])
def test_the_number_of_an_order_is_on_its_slip_as_code_128_and_as_qr(county, tmp_path, dots):
    order = county.ordered()
    slip = paper.slip(selectors.detail(order.id, by=county.gp), person(county, order), by=county.gp)
    assert scanner.read(slip, tmp_path, dots=dots) == {("CODE-128", order.number), ("QR-Code", order.number)}


@pytest.mark.parametrize("dots", [300, 200, 150])
def test_the_address_that_says_whether_a_report_is_genuine_is_on_it(county, client, tmp_path, dots):
    order = county.published()
    report = paper.report(selectors.detail(order.id, by=county.gp), person(county, order), host=HOST, by=county.gp)
    [(kind, address)] = scanner.read(report, tmp_path, dots=dots)
    version = order.versions.get()
    path = reverse("diagnostics:verify", args=[version.id, paper.signature(version.id)])
    assert (kind, address) == ("QR-Code", HOST + path)
    assert client.get(address.removeprefix(HOST)).status_code == 200, "and it answers"
    assert client.get(address.removeprefix(HOST)[:-3] + "/").status_code == 404


@pytest.mark.parametrize(
    "text", ["2611220G7K2MQ4", "A", "0123456789ABCDEF", "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", "a B z"]
)
def test_every_letter_of_the_code_is_read_back(tmp_path, text):
    """Beyond our numbers: all that code set B holds."""
    assert scanner.read(drawn(barcode.svg(text), tmp_path), tmp_path) == {("CODE-128", text)}


def test_a_long_chinese_address_fits_the_square(tmp_path):
    text = "https://example.cn/核验/" + "甲" * 60
    assert scanner.read(drawn(printing.qr(text), tmp_path), tmp_path) == {("QR-Code", text)}
