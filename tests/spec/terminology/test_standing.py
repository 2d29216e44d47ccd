"""A member's code means what a person has said; else itself, where the unified list has it under the same name."""

import pytest

from tests.harness.tables import rows
from tongmai.foundation.terminology.rules import Facts, standing

title = "Where a local code stands"


@pytest.mark.parametrize(
    "row",
    rows("""
        set         | decided    | its code in force | the same code | the same name | stands
        icd10       |            |                   |               |               | unmapped
        icd10       |            |                   | yes           | yes           | automatic
        icd10       |            |                   | yes           |               | check
        drugs       |            |                   | yes           | yes           | automatic
        drugs       |            |                   | yes           |               | unmapped
        consumables |            |                   | yes           |               | unmapped
        charges     |            |                   | yes           |               | unmapped
        charges     |            |                   |               | yes           | unmapped
        icd10       | equivalent | yes               |               |               | mapped
        icd10       | wider      | yes               | yes           | yes           | mapped
        drugs       | narrower   | yes               |               |               | mapped
        icd10       | equivalent |                   |               |               | gone
        icd10       | equivalent |                   | yes           | yes           | gone
        icd10       | none       |                   |               |               | none
        icd10       | none       |                   | yes           | yes           | none
    """),
)
def test_where_a_local_code_stands(row):
    """A decision goes before everything that follows by itself, also when the code it names is not in force any more.

    A diagnosis with the same code is understood even under another name, and a person should look at it (of 35,591 codes
    of the national clinical edition 31,448 are in the insurance edition, and 99.2 % of these mean the same there).  A
    number in a list of medicines, consumables or charges is only understood when its name is the same too.
    """
    facts = Facts(
        code_set=row["set"],
        relation=row["decided"],
        is_target_in_force=row["its code in force"] == "yes",
        is_code_in_force=row["the same code"] == "yes",
        is_name_alike=row["the same name"] == "yes",
    )
    assert standing(facts) == row["stands"]
