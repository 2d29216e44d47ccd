"""Which values are the same thing, and what their references say."""

from decimal import Decimal

import pytest

from tongmai.commons.results import quantities


@pytest.mark.parametrize(
    ("code", "system", "name", "specimen", "key"),
    [
        ("GLU", "", "葡萄糖", "血清", "glucose"),
        ("14749-6", "LN", "whatever", "", "glucose"),
        ("2160-0", "http://loinc.org", "", "", "creatinine"),
        ("99999-9", "LN", "葡萄糖", "", None),  # a code that says something else is believed
        ("17", "", "肌酐(酶法)", "血清", "creatinine"),
        ("17", "", "葡萄糖", "尿液", None),
        ("HbA1c", "", "糖化血红蛋白", "全血", "hba1c"),
        ("ABC", "", "未知项目", "", None),
    ],
)
def test_a_value_is_known_by_its_code_or_its_name(code, system, name, specimen, key):
    found = quantities.quantity_of(code=code, system=system, name=name, specimen=specimen)
    assert (found.key if found else None) == key


def test_no_word_and_no_code_means_two_things():
    for names in ("loinc", "words"):
        given = [word for each in quantities.QUANTITIES for word in getattr(each, names)]
        assert len(given) == len(set(given)), names


@pytest.mark.parametrize(
    ("one", "other"), [("umol/L", "μmol/l"), ("mL/min/1.73m2", "ml/min/1.73m^2"), ("10^9/L", "10^9 / L")]
)
def test_units_that_are_written_differently_are_one(one, other):
    assert quantities.unit_of(one) == quantities.unit_of(other)


def test_other_units_are_others():
    assert quantities.unit_of("mmol/L") != quantities.unit_of("mg/dL")


@pytest.mark.parametrize(
    ("reference", "limits"),
    [
        ("3.9-6.1", ("3.9", "6.1")), ("3.9～6.1", ("3.9", "6.1")), ("3.9--6.1", ("3.9", "6.1")), ("男 57-97", ("57", "97")),
        ("<3.4", (None, "3.4")), ("≤ 3.4", (None, "3.4")), (">90", ("90", None)), ("", (None, None)), ("阴性", (None, None)),
        ("男:57-97 女:41-73", (None, None)), ("6.1-3.9", (None, None)),
    ],
)  # fmt: skip
def test_a_reference_is_read_as_it_is_printed_or_not_at_all(reference, limits):
    low, high = quantities.limits_of(reference)
    assert (low, high) == tuple(Decimal(each) if each else None for each in limits)


@pytest.mark.parametrize(
    ("number", "comparator", "reference", "flag", "outside"),
    [
        ("118", "", "57-97", "", True), ("97", "", "57-97", "", False), ("97", "", "57-97", "high", True),
        ("118", "", "57-97", "normal", False), ("0.5", "<", "3-6", "", False), ("5", "", "", "", False),
    ],
)  # fmt: skip
def test_the_laboratory_says_what_is_outside_else_the_reference(number, comparator, reference, flag, outside):
    found = quantities.is_outside(Decimal(number), comparator=comparator, reference=reference, flag=flag)
    assert found is outside
