"""The scoring definition, as Splink reads it: what is compared, which levels of agreement there are, what each is worth.

`definition()` is the shape, written here; `settings.json` beside this file is the same with the weights that Splink
estimated (training.py).  The conditions are SQL that DuckDB runs and `compiling.py` turns into Python.
"""

import json
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tongmai.commons.residents.matching.keys import KINDS

FILE = Path(__file__).with_name("settings.json")

_NEAR = 'damerau_levenshtein("{0}_l", "{0}_r") <= 1'
# Field of the page → (level, condition); the first that holds counts, and what is unknown counts nothing.
COMPARISONS: dict[str, list[tuple[str, str]]] = {
    "name": [
        ("exact", '"name_l" = "name_r"'),
        ("homophone", '"pinyin_l" = "pinyin_r"'),
        ("near", _NEAR.format("pinyin")),
        ("surname", '"surname_l" = "surname_r"'),
    ],
    "born": [
        ("exact", '"born_l" = "born_r"'),
        ("swapped", '"born_l" = "swapped_r"'),
        ("lunar", '"born_l" = "lunar_r" OR "lunar_l" = "born_r"'),
        ("near", _NEAR.format("born")),
        ("year", "substr(\"born_l\", 1, 4) = substr(\"born_r\", 1, 4)"),
    ],
    "sex": [("exact", '"sex_l" = "sex_r"')],
    "number": [("exact", '"number_l" = "number_r"'), ("near", _NEAR.format("number"))],
    "phone": [("exact", '"phone_l" = "phone_r"'), ("near", _NEAR.format("phone"))],
    "insurance": [("exact", '"insurance_l" = "insurance_r"'), ("near", _NEAR.format("insurance"))],
    "village": [
        ("address", '"village_l" = "village_r" AND "address_l" = "address_r"'),
        ("exact", '"village_l" = "village_r"'),
        ("town", "substr(\"village_l\", 1, 9) = substr(\"village_r\", 1, 9)"),
    ],
}  # fmt: skip
UNKNOWN, OTHER = "unknown", "other"
UNSEEN = 1e-4  # of a level that occurred in none of the pairs from which the weights were estimated


def definition() -> dict[str, Any]:
    """Return the settings without weights: what training begins from."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": 1e-6,
        "blocking_rules_to_generate_predictions": [f'l."{kind}" = r."{kind}"' for kind in KINDS],
        "comparisons": [_comparison(field, levels) for field, levels in COMPARISONS.items()],
        "retain_intermediate_calculation_columns": False,
        "retain_matching_columns": False,
        "max_iterations": 25,
    }


@cache
def shipped() -> dict[str, Any]:
    """Return the settings with their weights."""
    settings: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return settings


@cache
def version() -> str:
    """Return what names this set of weights in a decision: the beginning of the file's digest."""
    return blake2b(FILE.read_bytes(), digest_size=6).hexdigest()


def tidy(model: dict[str, Any]) -> dict[str, Any]:
    """Return what Splink saved of a trained model, without what differs from run to run: weights to six figures."""
    comparisons = []
    for comparison in model["comparisons"]:
        levels = []
        for level in comparison["comparison_levels"]:
            kept = {
                name: level[name] for name in ("sql_condition", "label_for_charts", "is_null_level") if name in level
            }
            weights = ("m_probability", "u_probability")
            kept |= {
                name: float(f"{level.get(name, UNSEEN):.6g}") for name in weights if not level.get("is_null_level")
            }
            levels.append(kept)
        comparisons.append({"output_column_name": comparison["output_column_name"], "comparison_levels": levels})
    prior = {"probability_two_random_records_match": model["probability_two_random_records_match"]}
    return definition() | prior | {"comparisons": comparisons}


def _comparison(field: str, levels: list[tuple[str, str]]) -> dict[str, Any]:
    unknown = {
        "sql_condition": f'"{field}_l" IS NULL OR "{field}_r" IS NULL',
        "label_for_charts": UNKNOWN,
        "is_null_level": True,
    }
    told = [{"sql_condition": condition, "label_for_charts": name} for name, condition in levels]
    other = {"sql_condition": "ELSE", "label_for_charts": OTHER}
    return {"output_column_name": field, "comparison_levels": [unknown, *told, other]}
