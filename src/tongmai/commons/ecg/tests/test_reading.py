"""Every format that we make ourselves reads as what went in; broken files are refused with a word."""

import random
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongmai.commons.ecg import leads, reading, synthetic, writing
from tongmai.commons.ecg.flaws import FLAWS, Unreadable
from tongmai.commons.ecg.reading import huffman, wfdb
from tongmai.commons.ecg.tests import files
from tongmai.commons.ecg.tracing import Format, Piece, Subject, Value, assembled

TRACING = synthetic.recording(
    synthetic.Truth(seconds=4),
    subject=Subject("示例甲", "SY0001", "female", date(1990, 3, 9)),
    recorded_at=datetime(2026, 11, 1, 8, 30, 5),  # noqa: DTZ001 - a device's clock
)
MADE = {
    Format.DICOM: writing.part10(TRACING),
    Format.SCP: files.scp_of(TRACING),
    Format.AECG: files.aecg_of(TRACING),
    Format.WFDB: wfdb.packed(files.wfdb_of(TRACING)),
    Format.MUSE: files.muse_of(TRACING),
}


@pytest.mark.parametrize("kind", MADE)
def test_each_format_reads_as_what_was_written(kind):
    found = reading.read(MADE[kind])
    step = 5.1 if kind == Format.MUSE else 1.01
    assert (found.format, found.rate_hz, found.leads) == (kind, 500, leads.STANDARD)
    # Three quarters of a step may be lost in a lead that is derived from two others.
    assert np.abs(found.microvolts - TRACING.microvolts).max() <= step


@pytest.mark.parametrize("kind", [Format.DICOM, Format.SCP, Format.MUSE])
def test_whose_it_is_and_when(kind):
    found = reading.read(MADE[kind])
    assert found.subject == TRACING.subject
    assert found.recorded_at == TRACING.recorded_at


def test_what_the_device_measured_and_said():
    found = reading.read(MADE[Format.MUSE])
    assert dict(found.measured) == {Value.RATE: 72, Value.PR: 158}
    assert found.statements == ("窦性心律",)


def test_twelve_bits_too():
    found = reading.read(wfdb.packed(files.wfdb_of(TRACING, "212")))
    assert np.abs(found.microvolts - TRACING.microvolts).max() <= 5.1


def test_the_limb_leads_follow_from_two():
    one, two = np.array([100.0, 0], np.float32), np.array([300.0, 50], np.float32)
    names, samples = assembled([Piece("I", one), Piece("II", two)], 500)
    assert names == leads.LIMB
    assert samples[:, 0].tolist() == [100, 300, 200, -200, -50, 250]


def test_leads_recorded_one_after_another_stand_at_their_time():
    names, samples = assembled([Piece("V1", np.ones(10, np.float32)), Piece("V2", np.ones(10, np.float32), 0.02)], 500)
    assert names == ("V1", "V2")
    assert np.isnan(samples).tolist() == [[False] * 10 + [True] * 10, [True] * 10 + [False] * 10]


def test_the_default_code_of_the_standard():
    #            0   1     -2      8 bits: -100         16 bits: 300
    bits = "0" + "100" + "1101" + "1111111110" + "10011100" + "1111111111" + "0000000100101100"
    data = int(bits.ljust(56, "0"), 2).to_bytes(7, "big")
    assert huffman.decoded(data, [huffman.default_table()], 5) == ([0, 1, -2, -100, 300], 56 - len(bits))


def flaw_of(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        reading.read(content)
    assert "{" not in str(refused.value)
    return refused.value.facts["flaw"]


class TestBadFiles:
    def test_each_says_why(self):
        plain = files.wfdb_of(TRACING)
        turned = bytearray(MADE[Format.SCP])
        turned[-5] ^= 0x40
        assert flaw_of(b"") == "empty"
        assert flaw_of(b"GIF89a" * 100) == "unknown"
        assert flaw_of(b"<html><body>x</body></html>") == "unknown"
        assert flaw_of(b"<a>") == "bad-xml"
        assert flaw_of(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>') == "entity"
        assert flaw_of(b"<a>" * 100 + b"</a>" * 100) == "too-deep"
        assert flaw_of(MADE[Format.DICOM][:-2000]) == "broken"
        assert flaw_of(MADE[Format.SCP][:-2000]) == "broken"
        assert flaw_of(bytes(turned)) == "checksum"
        assert flaw_of(wfdb.packed({"rec.hea": plain["rec.hea"]})) == "missing-file"
        assert flaw_of(wfdb.packed({"rec.dat": plain["rec.dat"]})) == "no-header"
        assert flaw_of(wfdb.packed(plain | {"rec.dat": plain["rec.dat"][:-100]})) == "broken"
        assert flaw_of(wfdb.packed(plain | {"rec.dat": b"\1" + plain["rec.dat"][1:]})) == "checksum"
        assert flaw_of(wfdb.packed(plain | {"rec.hea": plain["rec.hea"].replace(b" 16 ", b" 310 ", 1)})) == "format"
        assert flaw_of(MADE[Format.AECG].replace(b'unit="uV"', b'unit="kg"')) == "unit"
        assert flaw_of(MADE[Format.AECG].replace(b'value="0.002"', b'value="2"')) == "rate"

    def test_a_size_that_is_only_said_makes_no_room(self):
        header = b"rec 12 500 2000000000\n" + b"rec.dat 16 1000/mV 16 0 0 0 0 I\n" * 12
        assert flaw_of(wfdb.packed({"rec.hea": header, "rec.dat": b"x"})) == "too-long"
        spans = b"".join(
            (1).to_bytes(4, "little") + (2**32 - 1).to_bytes(4, "little") + bytes([n]) for n in range(1, 9)
        )
        assert flaw_of(files.scp_with({1: b"\xff", 3: b"\x08\0" + spans, 6: b"\xe8\3\xd0\7\0\0"})) == "too-long"

    def test_every_flaw_has_its_sentence(self):
        assert all(str(Unreadable(flaw)) for flaw in FLAWS)


class TestFuzz:
    """Bytes turned, cut and repeated: a tracing or a refusal, nothing else, and never for long."""

    @settings(max_examples=60, deadline=None)
    @given(kind=st.sampled_from(list(MADE)), seed=st.integers(0, 2**32))
    def test_a_spoilt_file_is_read_or_refused(self, kind, seed):
        chance = random.Random(seed)
        spoilt = bytearray(MADE[kind])
        for _ in range(chance.choice([1, 3, 20])):
            at = chance.randrange(min(len(spoilt), chance.choice([400, 4_000, len(spoilt)])))
            spoilt[at] = chance.randrange(256)
        if chance.random() < 0.3:
            del spoilt[chance.randrange(len(spoilt)) :]
        try:
            found = reading.read(bytes(spoilt))
        except Unreadable as refused:
            assert refused.facts["flaw"] in FLAWS
        else:
            assert found.microvolts.shape == (len(found.leads), found.n_samples)

    @settings(max_examples=100, deadline=None)
    @given(
        st.binary(max_size=300), st.sampled_from([b"", b"\0" * 128 + b"DICM", b"PK\3\4", b"<a>", b"\0\0\xff\xff\0\0"])
    )
    def test_anything_at_all(self, body, head):
        try:
            reading.read(head + body)
        except Unreadable as refused:
            assert refused.facts["flaw"] in FLAWS


class TestFilesOfOthers:
    def test_one_recording_in_three_formats_reads_the_same(self, shared_data):
        folder = shared_data / "ecg" / "ecgtoolkit_3formats"
        dcm, scp, xml = (reading.read((folder / f"Example.{ending}").read_bytes()) for ending in ("dcm", "scp", "xml"))
        assert dcm.leads == scp.leads == xml.leads == leads.STANDARD
        assert np.array_equal(dcm.microvolts, scp.microvolts) and np.array_equal(dcm.microvolts, xml.microvolts)
        assert dict(dcm.measured) == dict(scp.measured) == dict(xml.measured)
        assert dcm.measured[Value.PR] == 148
        assert dcm.subject == scp.subject == xml.subject
        assert dcm.recorded_at == scp.recorded_at == xml.recorded_at

    def test_every_file_is_read(self, shared_data):
        folder = shared_data / "ecg"
        for header in sorted((folder / "cinc2021_sample").glob("*.hea")):
            samples = header.with_suffix(".mat")
            found = reading.read(wfdb.packed({f.name: f.read_bytes() for f in (header, samples)}))
            assert (found.leads, found.rate_hz, found.n_samples) == (leads.STANDARD, 500, 5000)
        assert reading.read((folder / "aecg" / "subject1_0.xml").read_bytes()).measured[Value.QT] == 420
        assert reading.read((folder / "aecg" / "minimum_aecg.xml").read_bytes()).leads == ("II",)
        dicom = shared_data / "dicom" / "pydicom_bundled" / "waveform_ecg.dcm"
        assert reading.read(dicom.read_bytes()).measured[Value.QT] == 368
