"""Text of other systems: as its bytes say, within limits, and nothing that defines an entity."""

import pytest

from tongmai.kernel import xml


def read(text: str, **kind: bool) -> xml.Element:
    return xml.Reader(most_depth=3, most_elements=4, **kind).read(text)


def refused(text: str, **kind: bool) -> tuple[str, int]:
    with pytest.raises(xml.Refused) as found:
        read(text, **kind)
    return found.value.what, found.value.line


def test_own_text_and_all_text_below():
    root = read('<?xml version="1.0"?><p:a><b n=" 1 "> x\n y <c>z</c></b><c/></p:a>')
    assert (root.name, root.said("b"), root.first("b").text, root.said("b", "d")) == ("a", "x y", "x y z", "")
    assert root.first("b").get("n") == "1" and root.first("b").get("m") == ""
    assert [each.text for each in root.below("c")] == ["z", ""] and not list(root.all("b", "d"))


def test_a_doctype_that_names_a_file_may_be_let_through_one_that_defines_never():
    names, defines = '<!DOCTYPE a SYSTEM "a.dtd"><a/>', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert read(names, may_have_doctype=True).name == "a"
    assert refused(names)[0] == refused(defines)[0] == refused(defines, may_have_doctype=True)[0] == "has-doctype"


def test_there_is_an_end_to_depth_and_number():
    assert refused("<a>\n<a>\n<a>\n<a>") == ("too-deep", 4)
    assert refused("<a><a/><a/><a/><a/></a>") == ("too-many-elements", 1)
    assert refused("<?xml version='1.0'\n?>\n<a>") == ("bad-xml", 3)


def test_the_bytes_say_the_character_set():
    declared = '<?xml version="1.0" encoding="GBK"?><a>张三</a>'
    assert xml.decoded(declared.encode()) == xml.decoded(declared.encode("gb18030")) == declared
    assert xml.looks_like(declared.encode("utf-16")) and not xml.looks_like(b"MSH|")
    with pytest.raises(xml.Refused):
        xml.decoded(b"<a>\xff</a>")
