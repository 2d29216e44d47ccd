"""Decisions, the way back, evaluations and their lists."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tongmai.commons.encounters import services as encounters
from tongmai.commons.recognition import asking, checks, errors, marks_file, selectors, services
from tongmai.commons.recognition.choices import Choice, Outcome, Reason, Scope, Standing
from tongmai.commons.recognition.models import Decision, Evaluation, Item
from tongmai.commons.recognition.selectors import By
from tongmai.commons.recognition.services import (
    EvaluationEntry,
    Wish,
    decide,
    enter_evaluation,
    load_items,
    undo,
)
from tongmai.commons.recognition.tests import factories
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.audit.models import Event
from tongmai.foundation.catalog.pricing import services as pricing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import COUNTY, NOW, county_world
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted
from tongmai.ui.http import xlsx_bytes

pytestmark = pytest.mark.django_db
EXPLAINED = {"reason": Reason.CONFLICT, "explanation": "咳血加重，与片子不符，需要再拍", "is_agreed": True}


class Place:
    def __init__(self) -> None:
        self.world = county_world()
        factories.load_items()
        factories.evaluation(self.world.township)
        self.doctor = self.world.actor(Role.SPECIALIST)
        self.person = people.resident()
        self.film = factories.chest_film(self.person.id, self.world.township)
        factories.keep({self.film.order_number: factories.CHEST})
        encounters.start_visit(self.person.id, by=self.doctor)
        self.recognised = Wish(item_code="dr-chest-pa", choice=Choice.RECOGNISED, report_id=self.film.id)
        self.anyway = replace(self.recognised, choice=Choice.ORDERED, order_number="DX1", **EXPLAINED)

    def price(self, fen: int) -> None:
        Item.objects.filter(code="chest-film").update(charge_code="210102015")
        entry = pricing.PriceEntry(
            system="charges", code="210102015", name="数字化摄影", amount_fen=fen, starts_on=date(2026, 1, 1)
        )
        pricing.set_price(entry=entry, by=self.world.actor(Role.SYSTEM_ADMIN))

    def decide(self, wish, by=None):
        return decide(self.person.id, wish=wish, by=by or self.doctor)


@pytest.fixture
def place():
    return Place()


def test_recognising_keeps_what_was_recognised_and_what_was_saved(place):
    place.price(6_500)
    made = place.decide(place.recognised)
    assert (made.report_id, made.from_org_id, made.org_id) == (
        place.film.id,
        place.world.township.id,
        place.doctor.org_id,
    )
    assert (made.mark, made.amount_fen, made.dose_usv) == ("示例县HR", 6_500, 20)
    assert Event.objects.filter(name="recognition.ResultRecognised", resident_id=place.person.id).count() == 1


def test_without_a_price_nothing_is_claimed_to_be_saved(place):
    assert place.decide(place.recognised).amount_fen is None


def test_recognised_twice_it_stands_once(place):
    assert place.decide(place.recognised) == place.decide(place.recognised)
    assert Decision.objects.count() == 1


def test_another_result_of_the_same_item_on_the_same_day_is_refused(place):
    place.decide(place.recognised)
    other = factories.chest_film(place.person.id, place.world.township, days_ago=3)
    factories.keep({each.order_number: factories.CHEST for each in (place.film, other)})
    with pytest.raises(errors.DecidedOtherwise):
        place.decide(replace(place.recognised, report_id=other.id))


def test_what_is_no_offer_cannot_be_recognised(place):
    factories.keep({})
    with pytest.raises(errors.NotOffered):
        place.decide(place.recognised)
    with pytest.raises(errors.NotRecognisable):
        place.decide(replace(place.recognised, item_code="path-biopsy"))
    with pytest.raises(NotPermitted):
        place.decide(place.recognised, by=place.world.actor(Role.NURSE))
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("lacking", "field"),
    [({"reason": ""}, "reason"), ({"reason": "方便"}, "reason"), ({"explanation": " "}, "explanation"),
     ({"is_agreed": False}, "is_agreed"), ({"order_number": ""}, "order_number"), ({"choice": "maybe"}, "choice")],
)  # fmt: skip
def test_a_repeat_needs_a_lawful_reason_an_explanation_and_her_agreement(place, lacking, field):
    with pytest.raises(InvalidInput) as refused:
        place.decide(replace(place.anyway, **lacking))
    assert refused.value.facts["field"] == field
    assert not Decision.objects.exists()


def test_ordered_anyway_is_kept_once_and_saves_nothing(place):
    made = place.decide(place.anyway)
    assert place.decide(place.anyway) == made
    assert (made.reason, made.order_number, made.amount_fen, made.is_agreed) == ("conflict", "DX1", None, True)
    (event,) = Event.objects.filter(name="recognition.ExaminedAnyway")
    assert event.payload["order_number"] == "DX1"


def test_a_recognition_is_taken_back_within_minutes_and_made_anew(place):
    first = place.decide(place.recognised)
    later = place.doctor.at(NOW + timedelta(minutes=10))
    assert undo(first.id, by=later) == undo(first.id, by=later) == first
    again = place.decide(place.recognised, by=later)
    assert (again.turn, again.id != first.id) == (1, True)
    assert asking.check(place.person.id, item_code="dr-chest-pa", by=later).decided.decision_id == again.id


def test_later_or_elsewhere_or_with_an_order_it_is_not_taken_back(place):
    made = place.decide(place.recognised)
    with pytest.raises(errors.TooLateToUndo):
        undo(made.id, by=place.doctor.at(NOW + timedelta(minutes=11)))
    with pytest.raises(NotFound):
        undo(made.id, by=place.world.actor(Role.GENERAL_PRACTITIONER))
    with pytest.raises(errors.OrderStands):
        undo(place.decide(place.anyway).id, by=place.doctor)


def test_what_must_be_decided_is_said_in_words(place):
    offers = asking.must_decide(place.person.id, item_code="dr-chest-pa", by=place.doctor)
    said = str(asking.decision_needed(offers, item_name="胸部正位DR"))
    assert "2026-11-18" in said and "第十七、十九、二十一条" in said


def test_the_figures_count_what_stands_and_lead_to_the_rows(place):
    place.price(6_500)
    services.note_shown(
        place.person.id, found=asking.check(place.person.id, item_code="dr-chest-pa", by=place.doctor), by=place.doctor
    )
    undone = place.decide(place.recognised)
    undo(undone.id, by=place.doctor)
    place.decide(place.recognised)
    place.decide(place.anyway)
    manager = place.world.actor(Role.MANAGER)
    span = {"by": manager, "first": date(2026, 11, 1), "ends_before": date(2026, 12, 1)}
    for apart in By:
        (line,) = selectors.figures(**span, apart=apart)
        assert (line.n_recognised, line.n_ordered, line.amount_fen, line.dose_usv) == (1, 1, 6_500, 20), apart
        assert line.reasons == {"conflict": 1} and line.rate == 0.5
        assert line.n_shown == (None if apart == By.FROM else 1)
        assert len(selectors.rows_behind(**span, apart=apart, key=line.key)) == 2, apart
        assert len(selectors.rows_behind(**span, apart=apart, key=line.key, choice="ordered", reason="conflict")) == 1
    assert selectors.rows_behind(**span, key="nonsense") == []
    assert selectors.totals(selectors.figures(**span)).n_recognised == 1
    stranger = place.world.actor(Role.MANAGER, org=place.world.stranger)
    assert selectors.figures(**(span | {"by": stranger})) == []
    own = place.world.actor(Role.RESOURCE_MANAGER, org=place.world.township)
    assert selectors.figures(**(span | {"by": own})) == []


def test_a_passed_evaluation_carries_the_mark_for_half_a_year(place):
    row = Evaluation.objects.get()
    assert (row.evaluated_on, row.ends_before, row.area_name) == (date(2026, 9, 1), date(2027, 3, 1), "示例县")
    (line,) = selectors.mark_lines(by=place.world.actor(Role.HEALTH_COMMISSION))
    assert (line.standing, line.mark) == (Standing.VALID, "示例县HR")
    factories.evaluation(place.world.township, outcome=Outcome.FAILED, on=date(2026, 11, 1))
    (line,) = selectors.mark_lines(by=place.world.actor(Role.HEALTH_COMMISSION))
    assert line.standing == Standing.FAILED
    assert len(selectors.history(place.world.township.id, "chest-film", by=place.world.actor(Role.MANAGER))) == 2


ENTRY = EvaluationEntry(
    item_code="chest-film", scope=Scope.COUNTY, outcome=Outcome.PASSED, evaluated_on=date(2026, 9, 1), area_name="示例县HR",
    areas=(COUNTY,),
)  # fmt: skip


def test_an_evaluation_said_twice_holds_once(place):
    coordinator = place.world.actor(Role.REFERRAL_COORDINATOR)
    made = enter_evaluation(place.world.township.id, entry=ENTRY, by=coordinator)
    assert made == Evaluation.objects.get()


def test_who_keeps_the_marks(place):
    """A resource manager those of her own facility, a coordinator those of the county; who oversees reads."""
    own = place.world.actor(Role.RESOURCE_MANAGER)
    assert enter_evaluation(place.world.lead.id, entry=ENTRY, by=own).org_id == place.world.lead.id
    for by, org, refusal in (
        (own, place.world.township, NotPermitted),
        (place.world.actor(Role.HEALTH_COMMISSION), place.world.township, NotPermitted),
        (place.world.actor(Role.REFERRAL_COORDINATOR), place.world.stranger, NotFound),
    ):
        with pytest.raises(refusal):
            enter_evaluation(org.id, entry=ENTRY, by=by)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"item_code": "x"}, "item"), ({"outcome": "good"}, "outcome"), ({"scope": "town"}, "scope"),
     ({"evaluated_on": date(2026, 12, 1)}, "evaluated_on"), ({"outcome": "failed"}, "note"), ({"areas": ("34",)}, "areas"),
     ({"areas": ()}, "areas"), ({"scope": "agreement"}, "areas"), ({"area_name": " HR"}, "area_name")],
)  # fmt: skip
def test_an_evaluation_that_does_not_fit_is_refused(place, wrong, field):
    with pytest.raises(InvalidInput) as refused:
        enter_evaluation(
            place.world.lead.id, entry=replace(ENTRY, **wrong), by=place.world.actor(Role.RESOURCE_MANAGER)
        )
    assert refused.value.facts["field"] == field


def test_a_list_comes_in_whole_as_excel_or_csv(place):
    by = place.world.actor(Role.REFERRAL_COORDINATOR)
    row = list(marks_file.EXAMPLE)
    assert marks_file.take_in(xlsx_bytes(marks_file.HEAD, [row]), by=by) == (1, 0)
    csv = "\n".join(",".join(cells) for cells in (marks_file.HEAD, row, [*row[:6], "2026-10-01", *row[7:]]))
    assert marks_file.take_in(csv.encode("gb18030"), by=by) == (1, 1)
    mark = Evaluation.objects.filter(org=place.world.lead).first()
    assert (mark.area_name, mark.areas, mark.scope) == ("安徽省", "34", "province")


@pytest.mark.parametrize(
    ("i", "cell"), [(0, "没有的医院"), (1, "没有的项目"), (2, "好"), (3, "镇"), (5, "340"), (6, "九月")]
)
def test_a_list_with_a_bad_row_changes_nothing_and_names_the_row(place, i, cell):
    row = list(marks_file.EXAMPLE)
    bad = [*row[:i], cell, *row[i + 1 :]]
    with pytest.raises(InvalidInput) as refused:
        marks_file.take_in(xlsx_bytes(marks_file.HEAD, [row, bad]), by=place.world.actor(Role.REFERRAL_COORDINATOR))
    assert "3" in str(refused.value.facts["field"])
    assert Evaluation.objects.count() == 1


@pytest.mark.parametrize("content", [b"PK nonsense", b"\xff\xfe\x00", b"a,b\n1,2"])
def test_what_is_no_list_is_refused(place, content):
    with pytest.raises(InvalidInput):
        marks_file.take_in(content, by=place.world.actor(Role.REFERRAL_COORDINATOR))


def test_the_list_of_items_is_loaded_once():
    system = Actor.system(now=NOW)
    n, changed = load_items(by=system)
    assert (n > 25, changed) == (True, 0)
    Item.objects.filter(code="chest-film").update(name="旧名")
    assert load_items(by=system) == (0, 1)
    assert load_items(by=system) == (0, 0)


def test_the_checks_find_nothing(place):
    place.decide(place.recognised)
    assert not [*checks.orphans(), *checks.states()]
