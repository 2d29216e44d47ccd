"""SCP-ECG with an average beat taken out and samples thinned out: what a device packed is read as what it recorded."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongmai.commons.ecg import leads, reading, selectors, services, synthetic
from tongmai.commons.ecg.flaws import FLAWS, Unreadable
from tongmai.commons.ecg.reading import huffman
from tongmai.commons.ecg.tests.files import scp_with
from tongmai.commons.ecg.tests.scp_packed import Packing, huffman_of, packed, sections_of
from tongmai.commons.ecg.tracing import Value
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.tests import factories as orgs

TRUTH = synthetic.Truth(seconds=4)
TRACING = synthetic.recording(TRUTH)
FIDUCIALS = (246, 675, 1103, 1532)
WHOLE = Packing(FIDUCIALS)


def differences(packing: Packing, tracing=TRACING) -> "np.ndarray":
    found = reading.read(packed(tracing, packing))
    assert (found.rate_hz, found.leads, found.n_samples) == (tracing.rate_hz, leads.STANDARD, tracing.n_samples)
    return found.microvolts - tracing.microvolts


class TestRoundTrip:
    @pytest.mark.parametrize("packing", [
        replace(WHOLE, is_thinned=False),
        replace(WHOLE, is_thinned=False, differences=1),
        replace(WHOLE, is_thinned=False, differences=0),
        replace(WHOLE, is_thinned=False, has_huffman=False),
        replace(WHOLE, is_thinned=False, fiducials=FIDUCIALS[:3], others=FIDUCIALS[3:]),
    ])  # fmt: skip
    def test_a_beat_taken_out_is_put_back_to_the_microvolt(self, packing):
        assert np.abs(differences(packing)).max() <= 0.5 + 1e-3

    def test_steps_of_five_microvolts_are_kept_to_half_of_one(self):
        packing = replace(WHOLE, is_thinned=False, step_uv=5, average_step_uv=2)
        assert np.abs(differences(packing)).max() <= 3 + 1e-3

    @pytest.mark.parametrize("packing", [
        WHOLE, replace(WHOLE, differences=1), replace(WHOLE, has_huffman=False), replace(WHOLE, is_reduced=False),
        replace(WHOLE, fiducials=FIDUCIALS[:3], others=FIDUCIALS[3:]), replace(WHOLE, step_uv=2, average_step_uv=5),
    ])  # fmt: skip
    def test_thinned_out_it_is_within_what_the_standard_allows(self, packing):
        """10 µV by and large outside of the QRS complexes; within them to the step."""
        quiet = synthetic.recording(replace(TRUTH, noise_uv=0.0))
        found = differences(packing, quiet)
        assert np.sqrt(np.mean(found**2)) < 10
        protected = np.concatenate([np.arange(at - 20, at + 20) for at in FIDUCIALS])
        assert np.abs(found[:, protected]).max() <= (packing.step_uv + packing.average_step_uv) / 2 + 1e-3

    def test_no_wave_is_displaced(self):
        """R and T of every beat peak at the sample at which they did."""
        quiet = synthetic.recording(replace(TRUTH, noise_uv=0.0))
        found = reading.read(packed(quiet, WHOLE))
        for at in FIDUCIALS:
            for lead in ("II", "V5"):
                ours, theirs = found.lead(lead)[at - 30 : at + 250], quiet.lead(lead)[at - 30 : at + 250]
                assert ours[:60].argmax() == theirs[:60].argmax()
                assert abs(int(ours[90:].argmax()) - int(theirs[90:].argmax())) <= 4  # level on the top of T

    def test_it_is_smaller(self):
        bare = replace(WHOLE, is_reduced=False, is_thinned=False, has_huffman=False)
        assert len(packed(TRACING, WHOLE)) < len(packed(TRACING, bare)) / 2

    @settings(max_examples=30, deadline=None)
    @given(numbers=st.lists(st.integers(-32_768, 32_767), max_size=200))
    def test_the_code_is_undone(self, numbers):
        found, n_left = huffman.decoded(huffman_of(numbers), [huffman.default_table()], len(numbers))
        assert found == numbers and n_left < 8


@pytest.mark.django_db
def test_it_stands_in_the_record_like_any_other_and_is_measured():
    world, her = orgs.county_world(), residents.resident()
    content = packed(TRACING, WHOLE)
    kept = services.receive(
        content,
        resident_id=her.id,
        order_number="",
        org_id=world.township.id,
        received_from="upload",
        by=world.actor("village_doctor"),
    )
    assert (kept.standing, kept.format) == ("linked", "scp")
    assert abs(selectors.values_of(kept)["computer"][Value.RATE] - TRUTH.rate_bpm) <= 1
    assert np.abs(selectors.tracing_of(kept).microvolts - TRACING.microvolts).max() < 40


def flaw_of(bodies: dict[int, bytes]) -> str:
    with pytest.raises(Unreadable) as refused:
        reading.read(scp_with(bodies))
    assert "{" not in str(refused.value)
    return refused.value.facts["flaw"]


def changed(number: int, at: int, value: bytes, packing: Packing = WHOLE) -> dict[int, bytes]:
    bodies = sections_of(TRACING, packing)
    body = bodies[number]
    return bodies | {number: body[:at] + value + body[at + len(value) :]}


class TestRefused:
    """What nobody could say for certain is not drawn."""

    def test_without_the_average_beat(self):
        for number in (4, 5):
            bodies = sections_of(TRACING, WHOLE)
            del bodies[number]
            assert flaw_of(bodies) == "broken"

    def test_another_rate_than_four_to_one(self):
        assert flaw_of(changed(6, 2, (4_000).to_bytes(2, "little"))) == "compressed"
        assert flaw_of(changed(6, 2, (4_000).to_bytes(2, "little"), replace(WHOLE, is_thinned=False))) == "compressed"

    def test_leads_one_after_another(self):
        assert flaw_of(changed(3, 2, (5).to_bytes(4, "little"))) == "compressed"

    def test_a_gap_that_is_no_multiple_of_four(self):
        at = 6 + 14 * len(FIDUCIALS)
        first = int.from_bytes(sections_of(TRACING, WHOLE)[4][at : at + 4], "little")
        assert flaw_of(changed(4, at, (first + 1).to_bytes(4, "little"))) == "compressed"

    def test_protected_spans_that_are_not_those_that_were_thinned_around(self):
        """Four samples more are protected than the lead holds: what is stored does not add up."""
        at = 6 + 14 * len(FIDUCIALS)
        first = int.from_bytes(sections_of(TRACING, WHOLE)[4][at : at + 4], "little")
        plain = replace(WHOLE, has_huffman=False)
        assert flaw_of(changed(4, at, (first - 4).to_bytes(4, "little"), plain)) == "broken"
        assert flaw_of(changed(4, at, (first + 4).to_bytes(4, "little"), plain)) == "compressed"

    def test_no_protected_spans(self):
        bodies = sections_of(TRACING, WHOLE)
        assert flaw_of(bodies | {4: bodies[4][: 6 + 14 * len(FIDUCIALS)]}) == "compressed"

    def test_beats_that_lie_over_one_another_or_outside(self):
        for at, value in ((8 + 14, 400), (8, 0), (16, 9_999), (12, 1)):
            assert flaw_of(changed(4, at, value.to_bytes(4, "little"))) == "broken"

    def test_a_beat_that_reaches_beyond_the_average(self):
        for fiducial in (0, 90, 120):
            assert flaw_of(changed(4, 2, fiducial.to_bytes(2, "little"))) == "broken"

    def test_beats_that_are_only_said(self):
        assert flaw_of(changed(4, 4, b"\xff\xff")) == "broken"


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32), is_thinned=st.booleans())
def test_a_spoilt_file_is_read_or_refused(seed, is_thinned):
    """With checksums that are right, so that what stands behind them is tried."""
    chance = random.Random(seed)
    bodies = {n: bytearray(body) for n, body in sections_of(TRACING, replace(WHOLE, is_thinned=is_thinned)).items()}
    for _ in range(chance.choice([1, 2, 8])):
        body = bodies[chance.choice([2, 3, 4, 5, 6])]
        body[chance.randrange(min(len(body), chance.choice([10, 100, len(body)])))] = chance.randrange(256)
    if chance.random() < 0.2:
        number = chance.choice([2, 3, 4, 5, 6])
        del bodies[number][chance.randrange(len(bodies[number])) :]
    try:
        found = reading.read(scp_with({n: bytes(body) for n, body in bodies.items()}))
    except Unreadable as refused:
        assert refused.facts["flaw"] in FLAWS
    else:
        assert found.microvolts.nbytes < 50_000_000
