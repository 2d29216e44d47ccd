"""Measurements against what is known: of our own recordings exactly, of others' devices within what is published."""

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from tongmai.commons.ecg import reading, rules, synthetic
from tongmai.commons.ecg.measuring import measure
from tongmai.commons.ecg.reading import wfdb
from tongmai.commons.ecg.synthetic import Truth
from tongmai.commons.ecg.tracing import Format, Tracing, Value

# By how much a measurement of a synthetic recording may miss what was asked for.
WITHIN = {Value.RATE: 1, Value.PR: 15, Value.QRS: 10, Value.QT: 20, Value.QRS_AXIS: 6, Value.P_AXIS: 12}


def missed(truth: Truth) -> dict[Value, float]:
    found = measure(synthetic.recording(truth)).values
    wanted = {
        Value.RATE: truth.rate_bpm, Value.QRS: truth.qrs_ms, Value.QT: truth.qt_ms, Value.QRS_AXIS: truth.axis_deg,
    } | ({Value.PR: truth.pr_ms, Value.P_AXIS: 55} if truth.has_p else {})  # fmt: skip
    return {
        value: found.get(value, 9_999) - number
        for value, number in wanted.items()
        if abs(found.get(value, 9_999) - number) > WITHIN[value]
    }


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    rate=st.integers(42, 130),
    pr=st.integers(120, 220),
    qrs=st.integers(75, 160),
    axis=st.integers(-75, 120),
    hz=st.sampled_from([250, 500, 1000]),
    noise=st.integers(0, 12),
    seed=st.integers(0, 99),
)
def test_what_was_asked_for_is_measured(rate, pr, qrs, axis, hz, noise, seed):
    qt = 390 * (60 / rate) ** 0.33 + (qrs - 90)
    assume(qt <= 0.72 * 60_000 / rate)  # T is not looked for later: there the next P begins
    pr = min(pr, 60_000 / rate - qt - 40) if 60_000 / rate - qt - 40 > 115 else None
    truth = Truth(
        rate_bpm=rate, pr_ms=pr or 160, qrs_ms=qrs, qt_ms=qt, axis_deg=axis, rate_hz=hz, noise_uv=noise, seed=seed,
        has_p=pr is not None,
    )  # fmt: skip
    assert not missed(truth)


def test_st_is_measured_where_it_was_lifted():
    found = measure(synthetic.recording(Truth(st_uv=synthetic.ANTERIOR_STEMI)))
    for lead, level in found.levels.items():
        wanted = synthetic.ANTERIOR_STEMI.get(lead, 0.0)
        assert abs(level.j_uv - wanted) < 25 and abs(level.late_uv - wanted) < 25, lead


def test_without_p_there_is_no_pr():
    found = measure(synthetic.recording(Truth(has_p=False, rr_spread=0.3, rate_bpm=90, qt_ms=350)))
    assert Value.PR not in found.values
    assert found.rr_variation > 0.15


@pytest.mark.parametrize(("rate", "qt"), [(80, 600), (90, 520), (90, 560), (100, 480)])
def test_a_t_that_runs_into_the_next_beat_gives_no_qt(rate, qt):
    """A number that is far too short would hide what is dangerous."""
    found = measure(synthetic.recording(Truth(rate_bpm=rate, qt_ms=qt, pr_ms=120)))
    assert Value.QT not in found.values and Value.QTC not in found.values


def test_flat_short_and_empty_recordings_measure_nothing():
    flat = Tracing(Format.WFDB, ("I", "II"), 500, np.zeros((2, 5000), np.float32))
    short = Tracing(Format.WFDB, ("I",), 500, synthetic.recording().microvolts[:1, :400])
    noise = np.random.default_rng(3).normal(0, 30, (12, 5000)).astype(np.float32)
    assert measure(flat).values == {} and measure(flat).flat_leads == ("I", "II")
    assert measure(short).values == {}
    measure(Tracing(Format.WFDB, synthetic.recording().leads, 500, noise))  # whatever it finds, it does not break


def test_a_lead_that_came_off_is_left_out():
    tracing = synthetic.recording()
    samples = tracing.microvolts.copy()
    samples[6] = 0
    samples[7] = np.nan
    found = measure(Tracing(Format.WFDB, tracing.leads, 500, samples))
    assert found.flat_leads == ("V1", "V2")
    assert abs(found.values[Value.RATE] - 70) < 1


class TestFilesOfOthers:
    """The differences are published in docs/receiving-ecgs.md."""

    @pytest.mark.parametrize(
        ("path", "within"),
        [
            ("ecg/ecgtoolkit_3formats/Example.scp", {Value.PR: 15, Value.QRS: 8, Value.QT: 10, Value.QRS_AXIS: 15}),
            (
                "dicom/pydicom_bundled/waveform_ecg.dcm",
                {Value.RATE: 0.5, Value.PR: 8, Value.QRS: 5, Value.QT: 12, Value.QRS_AXIS: 8},
            ),
        ],
    )
    def test_near_to_the_device(self, shared_data, path, within):
        tracing = reading.read((shared_data / path).read_bytes())
        ours = measure(tracing).values
        assert {
            v: ours[v] - tracing.measured[v] for v in within if abs(ours[v] - tracing.measured[v]) > within[v]
        } == {}

    def test_the_rates_agree_with_the_labels(self, shared_data):
        """SNOMED CT: 427084000 sinus tachycardia, 426177001 sinus bradycardia, 426783006 sinus rhythm."""
        for header in sorted((shared_data / "ecg" / "cinc2021_sample").glob("*.hea")):
            files = {f.name: f.read_bytes() for f in (header, header.with_suffix(".mat"))}
            tracing = reading.read(wfdb.packed(files))
            found, labels = measure(tracing), tracing.statements[0]
            rate = found.values[Value.RATE]
            assert ("427084000" in labels) == (rate > 100), header.name
            assert ("426177001" in labels) == (rate < 60), header.name

    def test_most_are_not_suspected_of_an_infarction(self, shared_data):
        """None of them is labelled with one."""
        suspected = []
        for header in sorted((shared_data / "ecg" / "cinc2021_sample").glob("*.hea")):
            files = {f.name: f.read_bytes() for f in (header, header.with_suffix(".mat"))}
            levels = measure(reading.read(wfdb.packed(files))).levels
            st_uv = {lead: rules.st_elevation(level.j_uv, level.late_uv) for lead, level in levels.items()}
            limits = rules.Limits(40, 180, 50, 120, 120, 500, 200, 0.08, st_uv=100, st_in_front_uv=200)
            suspected += [header.stem] if rules.elevated(st_uv, limits) else []
        assert len(suspected) <= 1
