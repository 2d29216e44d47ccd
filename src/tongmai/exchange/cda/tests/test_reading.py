"""Documents as they come: every character set and namespace, and nothing that expands, reaches out or has no end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongmai.commons.results.narrative import ELEMENTS
from tongmai.exchange.cda import document, narrative, reading, unpacking
from tongmai.exchange.cda.tests import samples
from tongmai.exchange.cda.tests.samples import patient, section, structured
from tongmai.exchange.hl7v2.faults import UnreadableMessage
from tongmai.kernel import xml
from tongmai.kernel.xml import Element


def fault(raw):
    with pytest.raises(UnreadableMessage) as refused:
        reading.read(raw)
    assert refused.value.fault.problem
    return refused.value.fault.what


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"), ("UTF-8", "utf-8-sig"), ("GB18030", "gb18030"), ("GB2312", "gb18030"), ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"), ("UTF-8", "utf-16-be"),
        ("UTF-8", "gb18030"), ("GB18030", "utf-8"), ("gb2312", "utf-8-sig"), ("KLINGON", "utf-8"),
    ],
)  # fmt: skip
def test_every_character_set_also_under_a_wrong_declaration(declared, encoding):
    read = document.read(samples.document(declared=declared, encoding=encoding))
    assert read.patient.name == "示例陶"
    assert read.header.title == "出院小结"


@pytest.mark.parametrize("prefix", ["n1", "hl7"])
def test_the_namespace_may_have_a_prefix(prefix):
    assert document.read(samples.document(prefix=prefix)).patient.name == "示例陶"


def test_the_namespace_may_be_missing_or_its_prefix_undeclared():
    raw = samples.document().replace(b' xmlns="urn:hl7-org:v3"', b"")
    assert document.read(raw).patient.name == "示例陶"
    raw = samples.document(prefix="h").replace(b' xmlns:h="urn:hl7-org:v3"', b"")
    assert document.read(raw).patient.name == "示例陶"


def test_what_stands_in_another_namespace_is_not_read():
    strange = '<x:patientRole xmlns:x="urn:other"><x:id extension="9"/></x:patientRole>'
    who = patient().replace("<patientRole", f"{strange}<patientRole", 1)
    assert document.read(samples.document(who=who)).patient.local_number.startswith("0001@")


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><ClinicalDocument>&b;</ClinicalDocument>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY p SYSTEM "file:///etc/passwd">]><ClinicalDocument>&p;</ClinicalDocument>'


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (BOMB, "has-doctype"), (OUTSIDE, "has-doctype"), (b'<!DOCTYPE html SYSTEM "x"><html/>', "has-doctype"),
        (b"<ClinicalDocument>", "bad-xml"), (b"<ClinicalDocument>&p;</ClinicalDocument>", "bad-xml"),
        (b"<ClinicalDocument>\x00</ClinicalDocument>", "bad-xml"), (b"<a/><b/>", "bad-xml"), (b"<", "bad-xml"),
        (b"<Bundle/>", "not-cda"), (b'<ClinicalDocument xmlns="urn:other"/>', "not-cda"),
        (b"<ClinicalDocument>" + b"<a>" * 101, "too-deep"),
        (b"<ClinicalDocument>" + b"<a/>" * 200_001, "too-many-elements"),
        (b"<ClinicalDocument>\xff\xff\xff\x81</ClinicalDocument>", "wrong-bytes"), (b"\xff\xfe<\x00a", "wrong-bytes"),
    ],
)  # fmt: skip
def test_what_is_refused(raw, what):
    assert fault(raw) == what


def test_what_is_too_large_is_not_read():
    assert fault(b"<ClinicalDocument>" + b" " * reading.MOST_BYTES) == "too-large"


def test_a_mistake_is_told_by_line_and_column():
    with pytest.raises(UnreadableMessage) as refused:
        reading.read(b"<?xml version='1.0'?>\n<ClinicalDocument>\n <a>\n</ClinicalDocument>")
    assert str(refused.value.fault.location).startswith("4:")
    assert "第 4 行" in refused.value.fault.problem


def test_a_message_is_no_document():
    assert not xml.looks_like(b"MSH|^~\\&|")
    assert xml.looks_like("  <a/>".encode("utf-16"))
    assert not reading.is_document(b"<html/>")
    assert reading.is_document(samples.document(encoding="utf-16"))


MAIL = b"""MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: text/xml

%s
--B--
"""


def test_a_document_is_unpacked_from_the_parts_of_a_mail():
    raw = samples.document()
    assert unpacking.unpacked(raw) == raw
    assert document.read(unpacking.unpacked(MAIL % raw) or b"").patient.name == "示例陶"
    assert unpacking.unpacked(MAIL % b"nothing") is None
    assert unpacking.unpacked(b"%PDF-1.4") is None


def html(text):
    root = reading.read(samples.document(body=structured(section(text))))
    return narrative.html(root.first("component", "structuredBody", "component", "section", "text"))


def test_the_narrative_becomes_our_own_html():
    shown = html(samples.NARRATIVE)
    assert "<p>患者因<strong>胸痛 3 天</strong>入院。</p>" in shown
    assert "<ol><li>冠状动脉造影<br>未见狭窄</li><li>胃镜</li></ol>" in shown
    assert '<th colspan="2">结果</th>' in shown
    assert "见参考" in shown
    assert "example.org" not in shown


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>", '<paragraph onclick="x()">a</paragraph>', '<img src="http://e/x"/>',
        '<linkHtml href="javascript:x()">a</linkHtml>', "<style>p{}</style>", '<td colspan="1&quot; onload=&quot;x()">a</td>',
        "&lt;script&gt;alert(1)&lt;/script&gt;", '<iframe src="x">a</iframe>', '<content styleCode="Bold&quot;">a</content>',
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    ],
)  # fmt: skip
def test_nothing_of_a_narrative_runs_or_reaches_out(evil):
    shown = html(evil)
    assert "<script" not in shown
    for word in ("onclick=", "onload=", "src=", "href=", "javascript", "<style", "<iframe", "<img"):
        assert word not in shown


NAMES = [
    "paragraph", "list", "item", "table", "tbody", "tr", "td", "content", "caption", "linkHtml", "script", "style", "svg", "a", "br"
]  # fmt: skip
trees = st.recursive(
    st.text(max_size=20),
    lambda inner: st.builds(
        Element, st.sampled_from(NAMES),
        st.dictionaries(st.sampled_from(["styleCode", "href", "colspan", "onclick"]), st.text(max_size=8), max_size=2),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(trees, max_size=4))
def test_the_html_has_only_elements_and_attributes_of_ours(children):
    """Read again by a parser of HTML that is not ours."""
    from html.parser import HTMLParser

    seen = []

    class Seen(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.append((tag, dict(attrs)))

    text = Element("text", {}, children)
    parser = Seen()
    parser.feed(narrative.html(text))
    parser.close()
    narrative.plain(text)
    for tag, attributes in seen:
        assert tag in ELEMENTS
        assert set(attributes) <= {"class", "colspan", "rowspan"}
        assert attributes.get("class", "tm-muted") in {"tm-muted", "tm-table-wrap", "table tm-table"}


def entry(name, value):
    return f'<entry><observation classCode="OBS" moodCode="EVN"><code code="X" displayName="{name}"/>{value}</observation></entry>'


def test_a_section_without_text_shows_what_its_entries_say_as_written():
    inner = '<entryRelationship><observation><code displayName="过敏史"/><value>青霉素 &lt;皮疹&gt;</value></observation></entryRelationship>'
    said = "".join(
        (
            entry("主诉", "<value>胸痛 3 天</value>"), entry("血压", '<value value="152" unit="mmHg"/>'),
            entry("诊断", '<value code="I20.0" displayName="不稳定性心绞痛"/>'), entry("过敏史标志", f'<value value="true"/>{inner}'),
            entry("范围", '<value><low value="3.5"/><high value="9.5"/></value>'),
        )
    )  # fmt: skip
    body = f"<component><structuredBody><component><section><text/>{said}</section></component></structuredBody></component>"
    read = document.read(samples.document(body=body)).body
    assert read.sections[0].html == (
        "<ul><li>主诉：胸痛 3 天</li><li>血压：152 mmHg</li><li>诊断：不稳定性心绞痛</li><li>过敏史标志：true</li>"
        "<li>过敏史：青霉素 &lt;皮疹&gt;</li><li>范围：3.5 — 9.5</li></ul>"
    )
    assert "主诉：胸痛 3 天" in read.text


def test_whose_number_it_is_is_told_by_its_root():
    who = patient().replace(
        '<id root="1.2.156.999.1" extension="0001"/>',
        '<id root="1.2.156.112635.1.2.1.2" extension="01"/><id root="2.16.156.10011.1.12" extension="ZY1"/>'
        '<id root="1.2.156.112635.1.2.1.3" extension="P7"/>',
    )
    told = document.read(samples.document(who=who)).patient
    assert (told.local_number, told.citizen_number) == ("P7@1.2.156.112635.1.2.1.3", samples.CITIZEN)
    who = patient().replace(
        '<id root="1.2.156.999.1" extension="0001"/>', '<id root="2.16.156.10011.1.12" extension="ZY1"/>'
    )
    assert document.read(samples.document(who=who)).patient.local_number == "ZY1@2.16.156.10011.1.12"
