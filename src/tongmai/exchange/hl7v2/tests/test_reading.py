"""Bytes to messages: vendors' habits, and nothing that comes in may crash."""

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongmai.exchange.hl7v2.escaping import STANDARD, Separators, escape, unescape
from tongmai.exchange.hl7v2.faults import UnreadableMessage
from tongmai.exchange.hl7v2.reading import Message, Segment, decode, parse, read

HEADER = "MSH|^~\\&|EHR|某卫生院|REFERRAL|某医院|20250402150000||REF^I12^REF_I12|c1|P|2.5|||AL|AL|CHN|{charset}"


def _bytes(charset="UNICODE UTF-8", end="\r", encoding="utf-8"):
    lines = [HEADER.format(charset=charset), "PID|1||a^^^h^MR~b^^^^1||周文海", "NTE|1||一\\T\\二\\.br\\三"]
    return (end.join(lines) + end).encode(encoding)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\n\r", "\r\n\r\n"])
def test_every_line_end_is_read_alike(end):
    assert read(_bytes(end=end)).segments == read(_bytes()).segments


def test_mixed_line_ends_in_one_message_are_read():
    raw = _bytes().replace(b"\rPID", b"\r\nPID").replace(b"\rNTE", b"\nNTE")
    assert read(raw).segments == read(_bytes()).segments


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("GB 18030-2000", "gb18030"),
        ("", "gb18030"),
        ("", "utf-8"),
        ("UNICODE UTF-8", "gb18030"),
        ("GB18030", "utf-8"),
        ("8859/1", "utf-8"),
    ],
    ids=str,
)
def test_the_character_set_is_as_declared_or_as_the_bytes_say(charset, encoding):
    message = read(_bytes(charset=charset, encoding=encoding))
    if (charset, encoding) != ("GB18030", "utf-8"):  # UTF-8 that says GB18030 may well decode as GB18030
        assert message.first("PID").value(5) == "周文海"
    assert message.control_id == "c1"


def test_a_rare_character_of_gb18030_survives():
    assert (
        read(_bytes(charset="GB18030", encoding="gb18030").replace("周".encode("gb18030"), "𠮷".encode("gb18030")))
        .first("PID")
        .value(5)
        .startswith("𠮷")
    )


def test_a_byte_order_mark_and_a_frame_are_forgiven():
    plain = read(_bytes()).segments
    assert read(b"\xef\xbb\xbf" + _bytes()).segments == read(b"\x0b" + _bytes() + b"\x1c\r").segments == plain


def test_a_doubled_backslash_in_the_header_is_forgiven():
    assert read(_bytes().replace(b"^~\\&|EHR", b"^~\\\\&|EHR")).first("NTE").value(3) == "一&二\n三"


def test_a_text_that_runs_over_lines_is_one_field():
    message = parse("MSH|^~\\&|A\rOBX|1|TX|||第一行\n第二行|x\rNTE|1")
    assert message.first("OBX").value(5) == "第一行\n第二行"
    assert [s.name for s in message.segments] == ["MSH", "OBX", "NTE"]


def test_parts_are_addressed_by_their_numbers():
    pid = read(_bytes()).first("PID")
    assert (pid.value(3), pid.value(3, 5), pid.value(3, 1, 2), pid.value(3, 5, 2)) == ("a", "MR", "b", "1")
    assert pid.value(99) == pid.value(3, 99) == pid.value(3, 1, 99) == ""
    assert str(pid.at(3, 1, 2)) == "PID-3(2).1"


def test_the_header_counts_its_separators_as_fields():
    header = read(_bytes()).header
    assert (header.value(1), header.value(3), header.value(9, 2), header.value(12)) == ("|", "EHR", "I12", "2.5")


def test_a_message_may_choose_its_separators():
    assert parse("MSH#@!/%#A\rPID#1##x@y!z").first("PID").value(3, 1, 2) == "z"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"MSH",
        b"MSH|",
        b"MSH|^",
        b"MSH|^~\\&",
        b"PID|1",
        b"MSH|||||",
        b"MSH|^^^^|a",
        b"MSHA^~\\&A",
        b"{}",
        b"MSH|^~\\&|a\nnonsense",
    ],
)
def test_what_is_no_message_is_refused_with_a_place(raw):
    with pytest.raises(UnreadableMessage) as refusal:
        read(raw)
    assert refusal.value.fault.problem
    assert str(refusal.value.fault.location)


def _read_or_refuse(raw):
    try:
        return read(raw)
    except UnreadableMessage:
        return None


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(raw):
    _read_or_refuse(raw)


@given(st.binary(max_size=300), st.sampled_from([b"\r", b"\n", b"|", b"^", b"~"]))
def test_no_bytes_after_a_header_crash_the_reader(tail, start):
    for raw in (b"MSH|^~\\&|A|B|C|D|2025||REF^I12|1|P|2.5\rPID|" + tail, b"MSH" + tail, b"MSH|^~\\&" + start + tail):
        message = _read_or_refuse(raw)
        if message is not None:
            _walk(message)


@given(st.text(alphabet="MSHPIDOBX|^~\\&#\r\n \x0b\x1cA1é周", max_size=200))
def test_no_text_of_our_alphabet_crashes_the_reader(text):
    message = _read_or_refuse(("MSH|" + text).encode())
    if message is not None:
        _walk(message)


def _walk(message: Message):
    for segment in message.segments:
        for field in range(1, len(segment.fields) + 2):
            segment.value(field, 2, 2, 2)
            segment.repetitions(field)


@given(st.text())
def test_what_is_escaped_reads_back(text):
    assert unescape(escape(text)) == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text())
def test_what_is_escaped_cuts_nothing(text):
    written = escape(text)
    assert not set(written) & (set("|^~&\r\n"))
    assert parse(f"MSH|^~\\&|A\rNTE|1||x{written}x|y").first("NTE").value(4) == "y"


@given(st.text(), st.permutations("|^~\\&#@!"))
def test_escaping_holds_for_any_separators(text, marks):
    own = Separators(*marks[:5])
    assert unescape(escape(text, own), own) == text.replace("\r\n", "\n").replace("\r", "\n")


def test_an_unknown_sequence_is_kept():
    assert unescape("a\\Zx\\b", STANDARD) == "a\\Zx\\b"
    assert unescape("\\XE591A8\\", STANDARD) == "周"


def _texts(segment: Segment):
    """Every text of a segment with its numbers; those of MSH begin behind the separators, which are no texts."""
    for i, field in enumerate(segment.fields, start=1):
        for r, repetition in enumerate(field, start=1):
            for c, component in enumerate(repetition, start=1):
                for s, text in enumerate(component, start=1):
                    if segment.name != "MSH" or i > 2:
                        yield (i, r, c, s), text


def test_another_tokeniser_finds_the_same_texts_in_messages_that_nobody_here_wrote(shared_data):
    n_texts = 0
    for file in sorted((shared_data / "hl7v2").rglob("*.hl7")):
        message = read(file.read_bytes())
        other = hl7.parse("\r".join(line for line in decode(file.read_bytes()).splitlines() if line.strip()))
        for segment in message.segments:
            for at, text in _texts(segment):
                if "\\" in text:  # an escape that is none: we keep it, the other drops it
                    continue
                found = other.unescape(other.extract_field(segment.name, segment.sequence, *at))
                assert found.strip() == text.strip(), (file.name, segment.at(*at[:1]), at)
                n_texts += 1
    assert n_texts > 60_000
