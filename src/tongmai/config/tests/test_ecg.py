"""A waveform that a device sent as DICOM becomes a recording of the order's person."""

from datetime import date, datetime

import numpy as np
import pytest

from tongmai.commons.ecg import reading, synthetic, writing
from tongmai.commons.ecg.models import Recording
from tongmai.commons.ecg.synthetic import Truth
from tongmai.commons.ecg.tracing import Subject
from tongmai.commons.imaging.tests import factories as images
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit import worker
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests import factories as orgs


@pytest.mark.django_db
def test_a_study_with_a_waveform_becomes_a_recording(settings, tmp_path):
    settings.IMAGES = tmp_path
    world = orgs.county_world()
    person = residents.resident("示例甲")
    tracing = synthetic.recording(
        Truth(st_uv=synthetic.INFERIOR_STEMI),
        subject=Subject("示例甲", "P1", "female", date(1960, 5, 17)),
        recorded_at=datetime(2026, 11, 20, 8, 30),  # noqa: DTZ001 - a device's clock
    )
    content = writing.part10(tracing)
    images.store(content, world.township.id, resolve=images.of(person.id, "EC1"))
    for _ in range(2):  # delivered twice, it is one recording
        while worker.deliver_due(now=world.now, actor=Actor.system):
            pass
    found = Recording.objects.get()
    assert (found.resident_id, found.order_number, found.org_id) == (person.id, "EC1", world.township.id)
    # The archive writes a file head of its own; what follows it stays as it came.
    kept, sent = (reading.read(each) for each in (bytes(found.content), content))
    assert np.array_equal(kept.microvolts, sent.microvolts)
    assert Event.objects.filter(name="ecg.PatternMeasured").count() == 1
