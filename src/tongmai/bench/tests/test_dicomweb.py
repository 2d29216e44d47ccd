"""The DICOMweb bench measures what it says, on a small county."""

import pytest

from tongmai.bench import dicomweb


@pytest.mark.django_db(transaction=True)
def test_every_search_and_frame_is_measured(settings, tmp_path):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path, False
    found = dicomweb.measured({"studies": 30, "queries": 1, "seed": 1, "is_served": False})
    assert len(found["searches"]) == 8
    assert all(0 < each["p50_ms"] <= each["p95_ms"] for each in found["searches"])
    assert [each["bare_ms"] > 0 for each in found["frames"]] == [True, True]
