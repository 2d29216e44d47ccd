"""The trail speaks words: every event and every field of one has a name that people read."""

import dataclasses

import pytest

from tongmai.foundation.audit import events, labels, wording

OURS = {name: kind for name, kind in events.all_events().items() if not name.startswith("tests.")}


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_event_and_field_has_its_word(name):
    assert name in labels.LABELS
    fields = {field.name for field in dataclasses.fields(OURS[name])}
    assert fields <= wording.FIELDS.keys(), f"foundation/audit/wording.py lacks {fields - wording.FIELDS.keys()}"


def test_no_word_is_left_over():
    used = {field.name for kind in OURS.values() for field in dataclasses.fields(kind)}
    assert wording.FIELDS.keys() <= used
