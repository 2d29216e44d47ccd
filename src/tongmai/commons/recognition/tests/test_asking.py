"""What exists already at the moment of ordering, and what of it counts."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongmai.commons.encounters import services as encounters
from tongmai.commons.recognition import asking, opening, services
from tongmai.commons.recognition.choices import Choice, Outcome, Scope, Strength, Why
from tongmai.commons.recognition.errors import NotOffered, NotRecognisable
from tongmai.commons.recognition.models import Asking, Shown
from tongmai.commons.recognition.tests import factories
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.errors import BasisNeeded
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, OTHER_COUNTY, county_world
from tongmai.kernel.errors import NotFound, NotPermitted

pytestmark = pytest.mark.django_db


class Place:
    def __init__(self) -> None:
        self.world = county_world()
        factories.load_items()
        self.doctor = self.world.actor(Role.SPECIALIST)
        self.person = people.resident()
        self.ask()

    def ask(self, item="dr-chest-pa", by=None):
        return services.ask(self.person.id, item_code=item, by=by or self.doctor)

    def film(self, **facts):
        found = factories.chest_film(self.person.id, facts.pop("org", self.world.township), **facts)
        factories.keep({found.order_number: factories.CHEST})
        return found

    def check(self, item="dr-chest-pa", by=None):
        self.ask(item, by)
        return asking.check(self.person.id, item_code=item, by=by or self.doctor)


@pytest.fixture
def place():
    return Place()


def test_a_marked_film_of_two_days_ago_must_be_recognised(place):
    factories.evaluation(place.world.township)
    film = place.film()
    (offer,) = asking.offered(place.person.id, item_code="dr-chest-pa", by=place.doctor)
    assert (offer.report_id, offer.strength, offer.mark) == (film.id, Strength.MUST, "示例县HR")
    assert (offer.taken_on, offer.days_left) == (NOW.date() - timedelta(days=2), 28)
    assert asking.must_decide(place.person.id, item_code="dr-chest-pa", by=place.doctor) == [offer]


def test_without_a_mark_it_may_be_recognised(place):
    place.film()
    (offer,) = place.check().offers
    assert (offer.strength, offer.why) == (Strength.MAY, (Why.NO_MARK,))
    assert not asking.must_decide(place.person.id, item_code="dr-chest-pa", by=place.doctor)


@pytest.mark.parametrize(
    ("marked", "strength", "why"),
    [
        ({"on": date(2026, 3, 1)}, Strength.MAY, (Why.EXPIRED,)),
        ({"outcome": Outcome.FAILED}, Strength.NOT, (Why.FAILED,)),
        ({"outcome": Outcome.WITHDRAWN}, Strength.MAY, (Why.WITHDRAWN,)),
        ({"areas": (OTHER_COUNTY,), "area_name": "邻县"}, Strength.MAY, (Why.OTHER_AREA,)),
        ({"scope": Scope.PROVINCE, "areas": ("34",), "area_name": "安徽省"}, Strength.MUST, ()),
        ({"scope": Scope.NATIONAL, "areas": ()}, Strength.MUST, ()),
    ],
)
def test_what_the_mark_says(place, marked, strength, why):
    factories.evaluation(place.world.township, **marked)
    place.film()
    found = place.check()
    (offer,) = (*found.offers, *found.others)
    assert (offer.strength, offer.why) == (strength, why)


def test_what_does_not_count_is_told_with_its_reason(place):
    factories.evaluation(place.world.township)
    place.film(days_ago=31)
    factories.chest_film(place.person.id, place.world.township, status="preliminary")
    factories.chest_film(place.person.id, place.world.township, name="胸部CT平扫", code="ct-chest")
    factories.chest_film(place.person.id, place.world.township, name="膝关节正侧位DR", code="dr-knee")
    found = place.check()
    assert not found.offers
    assert {offer.name: offer.why for offer in found.others if offer.days_left} == {
        "胸部正位DR": (Why.NOT_FINAL, Why.NO_DATA), "胸部CT平扫": (Why.OTHER_ITEM, Why.NO_DATA),
    }  # fmt: skip
    assert (len(found.others), found.others[-1].why) == (3, (Why.OUTSIDE_WINDOW,))


def test_what_only_came_as_words_is_not_recognised(place):
    """The doctor's conclusion is no part of what is recognised."""
    factories.evaluation(place.world.township)
    factories.chest_film(place.person.id, place.world.township)
    assert place.check().others[0].why == (Why.NO_DATA,)


def test_a_value_in_a_panel_counts_and_a_fast_one_never_does(place):
    factories.evaluation(place.world.township, "glucose")
    report = factories.glucose(place.person.id, place.world.township)
    assert place.check("lab-glucose").must[0].report_id == report.id
    factories.glucose(place.person.id, place.world.township, name="凝血功能")
    assert place.check("lab-coag").others[0].why == (Why.FAST, Why.NO_MARK)


def test_ones_own_result_is_offered_and_binds_nobody(place):
    place.film(org=place.world.lead)
    (offer,) = place.check().offers
    assert (offer.strength, offer.why) == (Strength.MAY, (Why.OWN,))


def test_an_item_that_is_on_no_list_has_no_offers(place):
    with pytest.raises(NotRecognisable):
        place.check("path-biopsy")
    encounters.start_visit(place.person.id, by=place.doctor)
    found = asking.check(place.person.id, item_code="path-biopsy", by=place.doctor)
    assert found == asking.Check(None, asker=found.asker)


def test_who_has_no_other_reason_asks_only_of_what_she_is_about_to_order_and_only_for_minutes(place):
    film = place.film()
    about = {"item_code": "dr-chest-pa", "by": place.doctor}
    assert asking.is_open(place.person.id, **about)
    assert place.ask() is None, "said already"
    elsewhere = place.world.actor(Role.SPECIALIST, org=place.world.tcm)
    later = place.doctor.at(NOW + timedelta(minutes=30))
    for wrong in ({"item_code": "lab-glucose"}, {"by": later}, {"by": elsewhere}):
        assert not asking.is_open(place.person.id, **about | wrong), wrong
        with pytest.raises(BasisNeeded):
            asking.check(place.person.id, **about | wrong)
    with pytest.raises(BasisNeeded):
        opening.open_offered(place.person.id, film.id, item_code="dr-chest-pa", by=later)
    (said,) = Event.objects.filter(name="recognition.AskingBegun")
    assert said.resident_id == place.person.id


def test_who_sees_the_person_says_nothing(place):
    gp = place.world.actor(Role.GENERAL_PRACTITIONER)
    encounters.start_visit(place.person.id, by=gp)
    assert place.ask(by=gp) is None
    assert place.check(by=gp).asker.basis == Basis.OWN_ENCOUNTER
    assert Asking.objects.count() == 1


def test_a_sensitive_result_is_not_told_to_who_has_no_reason_to_open_the_record(place):
    factories.evaluation(place.world.township, "glucose")
    factories.glucose(place.person.id, place.world.township, name="HIV抗体检测及血糖")
    factories.glucose(place.person.id, place.world.township)
    found = place.check("lab-glucose")
    assert found.asker.basis == Basis.RECOGNITION
    assert len(found.offers) == 1


def test_only_who_orders_may_ask_and_only_of_residents_in_reach(place):
    with pytest.raises(NotPermitted):
        place.check(by=place.world.actor(Role.MANAGER))
    with pytest.raises(NotFound):
        place.check(by=place.world.actor(Role.SPECIALIST, org=place.world.stranger))


def test_asking_without_another_reason_stands_in_the_residents_log_and_is_counted_once(place):
    place.film()
    for _ in range(2):
        services.note_shown(place.person.id, found=place.check(), by=place.doctor)
    assert Shown.objects.count() == 1
    log = AccessLog.objects.filter(resident_id=place.person.id, basis="recognition")
    assert log.count() == 2


def test_only_a_result_that_counts_is_opened_for_recognition(place):
    film = place.film()
    other = factories.chest_film(place.person.id, place.world.township, name="胸部CT平扫", code="ct-chest")
    found, basis = opening.open_offered(place.person.id, film.id, item_code="dr-chest-pa", by=place.doctor)
    assert (found, basis) == (film, Basis.RECOGNITION)
    assert AccessLog.objects.filter(resident_id=place.person.id, basis="recognition", what="report").count() == 1
    with pytest.raises(NotOffered):
        opening.open_offered(place.person.id, other.id, item_code="dr-chest-pa", by=place.doctor)


def test_a_report_carries_its_mark_only_where_one_was_valid_at_issue(place):
    film = place.film()
    assert asking.mark_of(film) == ""
    factories.evaluation(place.world.township)
    assert asking.mark_of(film) == "示例县HR"
    factories.evaluation(place.world.township, outcome=Outcome.FAILED, on=date(2026, 11, 1))
    assert asking.mark_of(film) == ""


def test_the_number_of_statements_does_not_grow_with_the_reports(place):
    factories.evaluation(place.world.township)
    place.film()

    def ask():
        asking.check(place.person.id, item_code="dr-chest-pa", by=place.doctor)

    ask()
    with CaptureQueriesContext(connection) as few:
        ask()
    for days in range(3, 13):
        factories.chest_film(place.person.id, place.world.township, days_ago=days)
    with CaptureQueriesContext(connection) as many:
        ask()
    assert len(many) == len(few) <= 9


def test_what_was_decided_is_told(place):
    film = place.film()
    wish = services.Wish(item_code="dr-chest-pa", choice=Choice.RECOGNISED, report_id=film.id)
    decision = services.decide(place.person.id, wish=wish, by=place.doctor)
    standing = place.check().decided
    assert (standing.decision_id, standing.may_undo) == (decision.id, True)
