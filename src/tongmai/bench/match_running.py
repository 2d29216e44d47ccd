"""The parts of `bench match`, each in a process of its own: `python -m tongmai.bench.match_running PLAN`."""

import json
import os
import resource
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tongmai.bench.registries import Record, Registry
from tongmai.commons.residents.matching.batch import Pair, Register
from tongmai.commons.residents.matching.facts import Facts, facts_of
from tongmai.commons.residents.matching.linking import people
from tongmai.commons.residents.matching.rules import LIKELY_TWO, Limits, Zone, of_pair
from tongmai.commons.residents.matching.scoring import score

THRESHOLDS = (-2, 0, 2, 4, 6, 8, 10, 12)
SHOWN = -2.0  # pairs below are two people
SPLINKS_OWN = 4.0  # where Splink alone was best on such data; its people are made of pairs from here on


def facts_in(record: Record) -> Facts:
    """Return what a record of an invented register is compared by."""
    return facts_of(
        name=record.name, sex=record.sex, born_on=record.born_on, number=record.number, phone=record.phone,
        insurance=record.insurance, village=record.village, address=record.address,
    )  # fmt: skip


class Watch:
    """CPU seconds of this process by what they were used for; inventing people counts for nobody."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> None:
        self._since = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.process_time() - self._since


def whole_register(plan: dict[str, Any]) -> dict[str, Any]:
    """Link a whole register, by our limits and vetoes or by Splink alone, and compare with the truth."""
    watch, truth = Watch(), array("l")
    with Register() as register:
        for records in _parts(Registry(plan["persons"], seed=plan["seed"]), truth):
            with watch:
                register.add(map(facts_in, records))
        found = {"persons": plan["persons"], "rows": register.n, "pairs": _true_pairs(truth)}
        found |= _ours(register, truth, watch) if plan["what"] == "ours" else _splinks(register, truth, watch)
    rss_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return found | {"seconds": watch.seconds, "rss_gb": rss_gb}


def _ours(register: Register, truth: array, watch: Watch) -> dict[str, Any]:
    limits = _limits()
    with watch:
        who = people(register.n, register.compared(least=limits.review), limits)
    rss_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    linked: dict[int, list[int]] = {}
    for row in range(register.n):
        linked.setdefault(who.person(row), []).append(row)
    right = total = 0
    for rows in linked.values():
        pairs = [(a, b) for i, a in enumerate(rows) for b in rows[:i]]
        total += len(pairs)
        right += sum(truth[a] == truth[b] for a, b in pairs)
    thresholds = _by_threshold(_taken_for_one(register, limits), truth)
    return {
        "f1": next(each["f1"] for each in thresholds if each["weight"] == limits.review),
        "thresholds": thresholds,
        "linked_precision": right / max(1, total),
        "linked_pairs": total,
        "reviewed_rows": len(who.doubts),
        "why": Counter(str(doubt.why or "weight") for doubt in who.doubts.values()),
        "rss_of_linking_gb": rss_gb,
    }


def _taken_for_one(register: Register, limits: Limits) -> Iterator[Pair]:
    """Yield the pairs of which the index thinks that they are one person, also where it asks a person to decide."""
    at_any_weight = replace(limits, review=SHOWN)
    for pair, a, b in register.compared(least=SHOWN):
        zone, why = of_pair(a, b, score(a, b), at_any_weight)
        if zone is not Zone.NEW and why not in LIKELY_TWO:
            yield pair


def _splinks(register: Register, truth: array, watch: Watch) -> dict[str, Any]:
    with watch:
        n = register.clusters_by_splink_alone(least=SPLINKS_OWN)
    return {"people": n, "thresholds": _by_threshold(register.pairs(least=SHOWN), truth)}


def _by_threshold(pairs: Iterator[Pair], truth: array) -> list[dict[str, Any]]:
    right, total = Counter[float](), Counter[float]()
    for pair in pairs:
        for least in THRESHOLDS:
            if pair.weight >= least:
                total[least] += 1
                right[least] += truth[pair.left] == truth[pair.right]
    wanted = _true_pairs(truth)
    rows = []
    for least in THRESHOLDS:
        precision, recall = right[least] / max(1, total[least]), right[least] / max(1, wanted)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        rows.append({"weight": least, "precision": precision, "recall": recall, "f1": f1})
    return rows


def _parts(registry: Registry, truth: array) -> Iterator[list[Record]]:
    part: list[Record] = []
    for record, _ in registry.records():
        truth.append(record.person)
        part.append(record)
        if len(part) == 20_000:
            yield part
            part = []
    yield part


def _true_pairs(truth: array) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(truth).values())


def _limits() -> Limits:
    from datetime import date

    from tongmai.kernel.policy import shipped

    def value(name: str) -> int:
        return shipped().value(f"residents.matching.{name}", on=date(2026, 11, 22), levels=()).int

    return Limits(link=value("link"), margin=value("margin"), review=value("review"))


def main(plan: dict[str, Any]) -> None:
    if plan["what"] == "online":
        from tongmai.bench import match_online

        found = match_online.run(plan)
    else:
        found = whole_register(plan)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")
    main(json.loads(sys.argv[1]))
