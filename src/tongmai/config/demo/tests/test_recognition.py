"""The demonstration's marks, and the film that counts at the hospital."""

from datetime import timedelta
from random import Random

import pytest

from tongmai.commons.encounters import services as encounters
from tongmai.commons.recognition import asking, selectors
from tongmai.commons.recognition.choices import Reason, Standing, Strength, Why
from tongmai.commons.recognition.selectors import By
from tongmai.commons.residents.tests import factories as people
from tongmai.config.demo import prices, recognised, recognition
from tongmai.config.demo.days import Town
from tongmai.config.demo.journeys import Patient
from tongmai.foundation.catalog.services import load_starter
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world

pytestmark = pytest.mark.django_db


class Cast:
    """Whoever holds the post."""

    def __init__(self, world) -> None:
        self.world, self.county_code = world, world.lead.county_code

    def actor(self, org_id, role, now, *, random: Random):
        return self.world.actor(role, now=now)


def test_a_film_of_two_days_ago_must_be_recognised_at_the_hospital(tmp_path, settings):
    settings.IMAGES = tmp_path
    world = county_world()
    persons = [people.resident(name) for name in ("示例甲", "示例乙")]
    patients = [Patient(each.id, each.name, 66, world.village, world.township, True) for each in persons]
    recognition.build(Cast(world), [Town(world.township, world.lead, [world.village], patients)], now=world.now)
    doctor = world.actor(Role.SPECIALIST)
    for person in persons:
        encounters.start_visit(person.id, by=doctor)
    film = asking.check(persons[0].id, item_code="dr-chest-pa", by=doctor)
    assert [offer.strength for offer in film.offers] == [Strength.MUST]
    older = asking.check(persons[1].id, item_code="dr-chest-pa", by=doctor)
    assert [offer.why for offer in older.others] == [(Why.OUTSIDE_WINDOW,)]
    assert asking.must_decide(persons[1].id, item_code="lab-glucose", by=doctor)
    lines = selectors.mark_lines(by=world.actor(Role.HEALTH_COMMISSION))
    assert {line.standing for line in lines} == {Standing.VALID}


def test_two_months_of_decisions_fill_the_figures(tmp_path, settings):
    settings.IMAGES = tmp_path
    world = county_world()
    persons = [people.resident(f"示例{n}") for n in range(len(recognised.CASES) + 2)]
    patients = [Patient(each.id, each.name, 66, world.village, world.township, True) for each in persons]
    town, cast = Town(world.township, world.lead, [world.village], patients), Cast(world)
    load_starter(Actor.system(now=world.now))
    prices.build(cast, now=world.now)
    recognition.build(cast, [town], now=world.now)
    recognised.build(cast, [town], now=world.now)
    manager, today = world.actor(Role.MANAGER), world.now.date()
    span = {"by": manager, "first": today - timedelta(days=45), "ends_before": today}
    whole = selectors.totals(selectors.figures(**span))
    assert (whole.n_shown, whole.n_recognised, whole.n_ordered) == (27, 19, 7)
    assert set(whole.reasons) == set(Reason)
    assert whole.amount_fen > 50_000 and whole.dose_usv > 25_000
    assert len(selectors.figures(**span, apart=By.MONTH)) == 2
    assert {each.label for each in selectors.figures(**span)} == {world.lead.short_name, world.township.short_name}
    assert len(selectors.figures(**span, apart=By.ITEM)) == 6
