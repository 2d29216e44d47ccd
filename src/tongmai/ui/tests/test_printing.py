import pytest
from django.utils import translation

from tongmai.ui import printing

DATA = {
    "institution": "示例县人民医院",
    "title": "打印样张",
    "number": "0001",
    "printed": "2026-03-01 12:00",
    "facts": [["姓名", "示例甲 #strong[*x*]"], ["地址", "示例镇 $x$ _y_ [z]"]],
    "caption": "扫码核验",
    "part": "检查",
    "head": ["项目", "结果"],
    "rows": [["血常规", "正常"], ["心电图", "#panic()"]],
    "signatures": ["医师", "患者或家属"],
}


def test_a_sheet_is_a_pdf_and_what_was_typed_is_never_markup():
    content = printing.pdf("ui/specimen.typ", DATA | {"qr": printing.qr("tongmai:1")})
    assert content.startswith(b"%PDF-")
    assert b"NotoSansSC" in content


def test_the_foot_speaks_the_language_of_the_page():
    """What typst draws are glyphs: the words are compared as they go in, and that they are drawn by the sheet."""
    with translation.override("en"):
        assert printing._words() == {"language": "en", "pages": "Page {page} of {all}", "colon": ": "}
        english = printing.pdf("ui/specimen.typ", DATA | {"qr": printing.qr("tongmai:1")})
    with translation.override("zh-hans"):
        assert printing._words()["pages"] == "第 {page} 页，共 {all} 页"
        chinese = printing.pdf("ui/specimen.typ", DATA | {"qr": printing.qr("tongmai:1")})
    assert english.startswith(b"%PDF-") and english != chinese


def test_data_that_does_not_fit_the_template_is_a_loud_mistake():
    with pytest.raises(printing.TemplateBroken):
        printing.pdf("ui/specimen.typ", {})


def test_without_its_font_nothing_is_printed(monkeypatch, tmp_path):
    monkeypatch.setattr(printing, "FONTS", tmp_path)
    with pytest.raises(printing.FontMissing):
        printing.pdf("ui/specimen.typ", DATA)


def test_a_print_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(printing, "LIMIT_SECONDS", 0.01)
    with pytest.raises(printing.PrinterBusy):
        printing.pdf("ui/specimen.typ", DATA | {"qr": printing.qr("tongmai:1")})


def test_a_qr_code_is_a_picture():
    assert printing.qr("通脉").startswith("<svg")
