"""Who comes with a message is registered only with a whole identity."""

from dataclasses import replace
from datetime import date

import pytest

from tongmai.commons.residents.models import KnownTo, Resident
from tongmai.commons.residents.services.registering import introduce_newcomer
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW, county_world
from tongmai.kernel.citizen_id import check_digit
from tongmai.kernel.errors import InvalidInput

NUMBER = "34019919570312001" + check_digit("34019919570312001")
WHOLE = {"name": "示例周", "sex": "male", "born_on": date(1957, 3, 12), "number": NUMBER}


@pytest.fixture
def by(db):
    world = county_world()
    return replace(Actor.system(now=NOW), org_id=world.township.id, county_code=world.township.county_code)


def test_she_is_known_to_the_organisation_that_stands_for_her(by):
    made = introduce_newcomer(**WHOLE, by=by)
    assert KnownTo.objects.get().org_id == by.org_id
    assert made.county_code == by.county_code


@pytest.mark.parametrize(
    "wrong", [{"sex": ""}, {"born_on": None}, {"born_on": date(1957, 3, 13)}, {"sex": "female"}, {"name": " "}]
)
def test_half_an_identity_registers_nobody(by, wrong):
    with pytest.raises(InvalidInput):
        introduce_newcomer(**(WHOLE | wrong), by=by)
    assert not Resident.objects.exists()
