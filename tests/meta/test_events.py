"""Every event is in the past tense of plain values, and the page of subscriptions answers for it."""

import importlib

import pytest

from tests.meta.source import PACKAGE, python_files
from tongmai.foundation.audit import events, labels, subscribing


def _all_events():
    for path in python_files():
        if path.name == "events.py" and path.parent.name != "audit":
            importlib.import_module("tongmai." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    return sorted(name for name, cls in events.all_events().items() if ".tests." not in cls.__module__)


@pytest.mark.parametrize("name", _all_events())
def test_event_is_heard_or_declared_unheard(name):
    assert subscribing.is_answered_for(name), (
        f"config/subscriptions.py must name {name}: on(...) or unheard(..., because=...)"
    )


def test_nothing_waits_for_an_event_that_does_not_exist():
    known = set(events.all_events())
    page = subscribing.as_dict()
    assert set(page["heard"]) | set(page["unheard"]) <= known


def test_subscriptions_are_made_on_one_page_only():
    elsewhere = [
        str(path)
        for path in python_files()
        if "audit.subscribing import" in path.read_text(encoding="utf-8") and path.name != "subscriptions.py"
        and path.parent.name not in {"audit", "config"}
    ]  # fmt: skip
    assert not elsewhere


@pytest.mark.parametrize("name", _all_events())
def test_event_has_a_word_for_people(name):
    assert name in labels.LABELS, f"add {name} to foundation/audit/labels.py, and its English to the app's django.po"


def test_no_word_is_left_of_an_event_that_is_gone():
    assert not set(labels.LABELS) - set(_all_events()) - {n for n in events.all_events() if n.startswith("audit.")}
