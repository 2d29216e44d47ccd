"""Frames out of bytes as they arrive: in pieces, together, without their marks, and never lost or made up."""

from hypothesis import given
from hypothesis import strategies as st

from tongmai.exchange.hl7v2.framing import CR, FS, VT, Framer, framed

ONE, TWO = b"MSH|^~\\&|A\rPID|1\r", b"MSH|^~\\&|B\rPID|2\r"
PLAIN = [b"MSH|^~\\&|A\rPID|1", b"MSH|^~\\&|B\rPID|2"]


def cut(*pieces, most=10_000):
    framer = Framer(most_bytes=most)
    return [frame.body.strip() for piece in pieces for frame in framer.feed(piece)], framer


def test_two_frames_in_one_piece():
    assert cut(framed(ONE) + framed(TWO))[0] == PLAIN


def test_a_frame_without_its_beginning_or_its_last_byte():
    assert cut(ONE + FS + TWO + FS)[0] == PLAIN
    assert cut(VT + ONE + FS + b"\n  " + VT + TWO + FS + CR)[0] == PLAIN


def test_a_forgotten_end_is_where_the_next_begins():
    assert cut(VT + ONE + VT + TWO + FS + CR)[0] == PLAIN


def test_several_messages_in_one_frame():
    assert cut(framed(ONE + TWO))[0] == PLAIN


def test_the_envelope_of_a_batch_is_left_out():
    assert cut(framed(b"FHS|^~\\&\rBHS|^~\\&\r" + ONE + TWO + b"BTS|2\rFTS|1\r"))[0] == PLAIN


def test_what_stands_without_an_end_comes_when_nothing_more_does():
    found, framer = cut(VT + ONE)
    assert not found
    assert framer.has_begun
    assert [(frame.body, frame.is_cut) for frame in framer.rest()] == [(PLAIN[0], False)]
    assert not framer.has_begun
    assert [frame.is_cut for piece in (ONE[:-3],) for frame in (*framer.feed(piece), *framer.rest())] == [True]


def test_what_is_too_long_is_told_once_and_its_rest_is_left_out():
    framer = Framer(most_bytes=100)
    found = [
        frame for piece in (VT + ONE, b"x" * 200, b"y" * 200, FS + CR + framed(TWO)) for frame in framer.feed(piece)
    ]
    assert [frame.is_too_long for frame in found] == [True, False]
    assert found[1].body.strip() == PLAIN[1]


def test_text_that_speaks_of_msh_is_no_second_message():
    assert len(cut(framed(b"MSH|^~\\&|A\rNTE|1||MSH|x\r"))[0]) == 1


@given(st.lists(st.integers(1, 30), max_size=40), st.booleans())
def test_however_it_is_cut_the_same_comes_out(sizes, with_marks):
    whole = framed(ONE) + framed(TWO) + framed(ONE + TWO) if with_marks else ONE + FS + TWO + FS + ONE + TWO + FS
    pieces, at = [], 0
    for size in sizes:
        pieces.append(whole[at : at + size])
        at += size
    assert cut(*pieces, whole[at:])[0] == PLAIN * 2


@given(st.lists(st.binary(max_size=60), max_size=20), st.integers(1, 200))
def test_any_bytes_are_borne(pieces, most):
    framer = Framer(most_bytes=most)
    frames = [frame for piece in pieces for frame in framer.feed(piece)] + list(framer.rest())
    assert all(len(frame.body) <= most + 4096 for frame in frames)
    assert not framer.has_begun


@given(st.lists(st.sampled_from([b"\r", b" \x00", VT, b"MSH|", b"x" * 50, FS, FS + CR, b"\n\n"]), max_size=80))
def test_little_is_held_however_the_bytes_come(pieces):
    """Blanks are forgotten, and of one message no more is held than it may have; in one piece or in many the same."""
    framer, many = Framer(most_bytes=120), []
    for piece in pieces:
        many += framer.feed(piece)
        assert framer.n_bytes <= 120
        assert framer.n_bytes or not framer.has_begun or framer._is_skipping
    if not any(frame.is_too_long for frame in many):
        whole = Framer(most_bytes=10**6)
        assert [f.body for f in many] == [f.body for f in whole.feed(b"".join(pieces))]
