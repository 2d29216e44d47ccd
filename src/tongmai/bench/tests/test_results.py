"""Figures are kept where people and programs find them."""

import json
from datetime import UTC, datetime

import pytest

from tongmai.bench import results, running
from tongmai.bench.results import Figure, NoPlace, Result

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def result(value: str = "120 ms") -> Result:
    figures = [Figure("p95", value, "≤ 250 ms", True), Figure("errors", "3", "0", False), Figure("pages", "9")]
    return Result("journeys", AT, 301, figures, {"n": 1}, database="PostgreSQL 15.1", settings={"fsync": "on"})


@pytest.fixture
def docs(tmp_path):
    text = "# Figures\n<!-- journeys: begin -->\nold\n<!-- journeys: end -->\nrest\n<!-- race: begin -->\n<!-- race: end -->\n"
    (tmp_path / results.PAGE).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_run_replaces_its_own_table_only(docs):
    results.put(result("1 ms"), docs)
    results.put(result("2 ms"), docs)
    text = (docs / results.PAGE).read_text(encoding="utf-8")
    assert "| p95 | 2 ms | ≤ 250 ms | met |" in text
    assert "| errors | 3 | 0 | **not met** |" in text
    assert "1 ms" not in text and "old" not in text
    assert text.startswith("# Figures") and "rest\n<!-- race: begin -->" in text
    assert "fsync on" in text


def test_each_run_is_a_line_of_the_history(docs):
    results.put(result(), docs)
    results.put(result(), docs)
    lines = [json.loads(line) for line in (docs / results.HISTORY).read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 2
    assert lines[0]["figures"][0] == {"what": "p95", "value": "120 ms", "goal": "≤ 250 ms", "met": True}
    assert {"cores", "processor", "memory_gb", "system"} == set(lines[0]["machine"])


def test_a_page_without_a_place_is_said(docs):
    (docs / results.PAGE).write_text("# Figures\n", encoding="utf-8")
    with pytest.raises(NoPlace):
        results.put(result(), docs)


def test_quantiles_are_times_that_were_measured():
    found = running.figures([n / 1000 for n in range(1, 101)])
    assert found == {"n": 100, "p50_ms": 51.0, "p95_ms": 96.0, "p99_ms": 100.0, "max_ms": 100.0}
    assert running.figures([])["n"] == 0
