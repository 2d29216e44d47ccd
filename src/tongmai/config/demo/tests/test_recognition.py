"""The demonstration's marks, and the film that counts at the hospital."""

from random import Random

import pytest

from tongmai.commons.recognition import asking, selectors
from tongmai.commons.recognition.choices import Standing, Strength, Why
from tongmai.commons.residents.tests import factories as people
from tongmai.config.demo import recognition
from tongmai.config.demo.days import Town
from tongmai.config.demo.journeys import Patient
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world

pytestmark = pytest.mark.django_db


class Cast:
    """Whoever holds the post."""

    def __init__(self, world) -> None:
        self.world = world

    def actor(self, org_id, role, now, *, random: Random):
        return self.world.actor(role, now=now)


def test_a_film_of_two_days_ago_must_be_recognised_at_the_hospital(tmp_path, settings):
    settings.IMAGES = tmp_path
    world = county_world()
    persons = [people.resident(name) for name in ("示例甲", "示例乙")]
    patients = [Patient(each.id, each.name, 66, world.village, world.township, True) for each in persons]
    recognition.build(Cast(world), [Town(world.township, world.lead, [world.village], patients)], now=world.now)
    doctor = world.actor(Role.SPECIALIST)
    film = asking.check(persons[0].id, item_code="dr-chest-pa", by=doctor)
    assert [offer.strength for offer in film.offers] == [Strength.MUST]
    older = asking.check(persons[1].id, item_code="dr-chest-pa", by=doctor)
    assert [offer.why for offer in older.others] == [(Why.OUTSIDE_WINDOW,)]
    assert asking.must_decide(persons[1].id, item_code="lab-glucose", by=doctor)
    lines = selectors.mark_lines(by=world.actor(Role.HEALTH_COMMISSION))
    assert {line.standing for line in lines} == {Standing.VALID}
