"""The smallest county with its villages and a few diagnoses."""

from datetime import date

import pytest

from tongmai.foundation.catalog.models import Division
from tongmai.foundation.catalog.tests import factories as catalog
from tongmai.foundation.orgs.tests import factories as orgs

COUNTY = orgs.COUNTY


@pytest.fixture
def world(db):
    """The county of `orgs.tests.factories`, its divisions, and a list of diagnoses."""
    made = orgs.county_world()
    orgs.kinds()
    rows = {
        COUNTY: ("示例县", 6), f"{COUNTY}101": ("甲镇", 9), f"{COUNTY}102": ("乙镇", 9),
        f"{COUNTY}101201": ("示例村村民委员会", 12), f"{COUNTY}102201": ("示例村村民委员会", 12),
        f"{COUNTY}102202": ("独一村", 12),
    }  # fmt: skip
    for code, (name, level) in rows.items():
        Division.objects.create(code=code, name=name, level=level, starts_on=date(2020, 1, 1))
    catalog.edition(rows=[("I20.0", "不稳定性心绞痛"), ("K63.3", "肠溃疡")])
    return made
