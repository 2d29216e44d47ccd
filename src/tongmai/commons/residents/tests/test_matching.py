"""Whether two registrations are one person: facts, keys, weights and what follows; without a database."""

from datetime import date
from itertools import combinations

import pytest

from tongmai.bench.match_running import facts_in
from tongmai.bench.registries import Registry
from tongmai.commons.residents.matching import settings
from tongmai.commons.residents.matching.batch import Pair, Register
from tongmai.commons.residents.matching.compiling import CannotCompile, compiled
from tongmai.commons.residents.matching.facts import facts_of
from tongmai.commons.residents.matching.keys import keys, stored_keys
from tongmai.commons.residents.matching.linking import people
from tongmai.commons.residents.matching.rules import Candidate, Limits, Veto, Zone, decide, of_pair
from tongmai.commons.residents.matching.scoring import score
from tongmai.kernel.citizen_id import check_digit

LIMITS = Limits(link=10, margin=5, review=0)
BORN = date(1960, 5, 17)


def number(order="002", born="19600517"):
    body = f"340199{born}{order}"
    return body + check_digit(body)


def person(**said):
    whole = {
        "name": "示例明", "sex": "female", "born_on": BORN, "number": number(), "phone": "19912345678",
        "insurance": "34010000012", "village": "340199101201", "address": "3组12号",
    }  # fmt: skip
    return facts_of(**(whole | said))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"name": " 示 例·明（老） "}, "示例明"),
        ({"name": "示例明2"}, "示例明"),
        ({"name": "劉示例"}, "刘示例"),
        ({"name": "示例明之大女"}, ""),
        ({"name": "无名氏"}, ""),
        ({"name": "示例明", "is_unnamed": True}, ""),
    ],
)
def test_a_name_in_normal_form(said, name):
    assert person(**said).name == name


@pytest.mark.parametrize(("name", "pinyin", "surname"), [
    ("单小明", "shanxiaoming", "shan"), ("曾小明", "zengxiaoming", "zeng"), ("尉迟明", "yuchiming", "yuchi"),
    ("仇明", "qiuming", "qiu"),
])  # fmt: skip
def test_a_surname_is_read_as_a_surname(name, pinyin, surname):
    facts = person(name=name)
    assert (facts.pinyin, facts.surname) == (pinyin, surname)


def test_numbers_and_telephones_in_normal_form():
    whole = number()
    assert person(number=whole[:6] + whole[8:17]).number == whole
    assert person(number=whole).is_number_valid and not person(number=whole[:-1] + "*").is_number_valid
    assert person(number="111111111111111111").number == ""
    assert person(phone="+86 199-1234-5678").phone == "19912345678"
    assert person(phone="00000000000").phone == "" and person(phone="123").phone == ""
    completed = facts_of(number=whole)
    assert (completed.born, completed.sex) == ("19600517", "2")


def test_a_birthday_in_every_form():
    facts = person(born_on=date(1960, 5, 7))
    assert (facts.born, facts.swapped, facts.lunar) == ("19600507", "19600705", "19600412")
    assert person(born_on=date(1960, 5, 17)).swapped == ""


def test_one_mistake_leaves_a_key_in_common():
    whole = person()
    for said in (
        {"name": "别人"}, {"born_on": date(1970, 1, 1)}, {"number": ""}, {"phone": ""}, {"insurance": ""}, {"village": ""},
        {"number": "", "insurance": "", "phone": "", "village": ""},
        {"number": "", "insurance": "", "phone": "", "born_on": date(1961, 1, 1)},
    ):  # fmt: skip
        assert stored_keys(whole) & stored_keys(person(**said)), said
    assert keys(facts_of()) == ("",) * 7 and stored_keys(facts_of()) == set()


def test_the_arithmetic_adds_up():
    found = score(person(), person(name="示历明", phone="19900000000"))
    assert found.level("name") == "homophone" and found.level("phone") == "other"
    assert sum(part.weight for part in found.parts()) == pytest.approx(found.weight)


@pytest.mark.parametrize(
    ("field", "said", "level"),
    [
        ("name", {"name": "示例名"}, "homophone"),
        ("name", {"name": "示例面"}, "surname"),
        ("name", {"name": "别人"}, "other"),
        ("name", {"name": ""}, "unknown"),
        ("born", {"born_on": date(1960, 4, 22), "number": ""}, "lunar"),
        ("born", {"born_on": date(1961, 5, 17)}, "near"),
        ("born", {"born_on": date(1960, 12, 1)}, "year"),
        ("sex", {"sex": "male"}, "other"),
        ("number", {"number": number()[:10] + number()[11] + number()[10] + number()[12:]}, "near"),
        ("village", {"address": "9组"}, "exact"),
        ("village", {"village": "340199101299"}, "town"),
    ],
)
def test_how_far_two_people_agree(field, said, level):
    assert score(person(), person(**said)).level(field) == level


def _pair(**said):
    one, other = person(), person(**said)
    return of_pair(one, other, score(one, other), LIMITS)


@pytest.mark.parametrize(
    ("said", "zone", "why"),
    [
        ({}, Zone.LINKED, None),
        ({"number": number("004")}, Zone.REVIEW, Veto.TWO_NUMBERS),
        ({"number": number("004"), "name": "示例春"}, Zone.NEW, Veto.TWO_NUMBERS),
        ({"number": "", "name": "示例春"}, Zone.REVIEW, Veto.OTHER_GIVEN_NAME),
        ({"name": "别人", "born_on": date(2015, 1, 1)}, Zone.REVIEW, Veto.OTHER_PERSONS_NUMBER),
        ({"name": "示例明之女", "born_on": date(2026, 1, 1)}, Zone.REVIEW, Veto.OTHER_PERSONS_NUMBER),
        ({"number": "", "name": "示例小", "born_on": date(2020, 1, 1)}, Zone.REVIEW, Veto.OTHER_GIVEN_NAME),
        ({"number": "", "name": "示例明之女", "insurance": ""}, Zone.REVIEW, Veto.NO_NAME),
        ({"number": "", "insurance": "", "phone": "", "village": ""}, Zone.LINKED, None),
        ({"number": number("006", "19900101"), "name": "别人", "born_on": date(1990, 1, 1), "insurance": "99", "phone": ""},
         Zone.NEW, None),
    ],
)  # fmt: skip
def test_what_follows_for_two_people(said, zone, why):
    assert _pair(**said) == (zone, why)


def test_of_two_who_are_nearly_as_much_alike_a_person_chooses():
    asked = person(number="", insurance="")
    known = {"a": person(), "b": person(number=number("004"), insurance="34010000099")}
    found = [Candidate(whose, facts, score(asked, facts)) for whose, facts in known.items()]
    decision = decide(asked, found, LIMITS)
    assert (decision.zone, decision.why, decision.margin) == (Zone.REVIEW, Veto.TWO_ALIKE, 0)
    assert decide(asked, found[:1], LIMITS).zone is Zone.LINKED
    assert decide(asked, [*found[:1], *found[:1]], LIMITS).zone is Zone.LINKED  # two entries of one person
    assert decide(asked, [], LIMITS).zone is Zone.NEW


def test_anything_outside_of_the_known_part_of_sql_is_refused():
    for condition in ('"name_l" LIKE "name_r"', 'levenshtein("name_l", "name_r") <= 1', '"secret_l" = "secret_r"'):
        level = {"sql_condition": condition, "m_probability": 0.9, "u_probability": 0.1}
        shape = {"probability_two_random_records_match": 0.1, "comparisons": [{"comparison_levels": [level]}]}
        with pytest.raises(CannotCompile):
            compiled(shape)


def test_the_weights_are_splinks_own():
    """One definition: every pair that Splink compares weighs the same here, to the last figures."""
    rows = [facts_in(record) for record, _ in Registry(1_500, seed=9).records()]
    with Register() as register:
        register.add(rows)
        pairs = list(register.pairs(least=-40.0))
    assert len(pairs) > 300 and min(pair.weight for pair in pairs) < -5
    apart = [abs(score(rows[pair.left], rows[pair.right]).weight - pair.weight) for pair in pairs]
    assert max(apart) < 1e-9
    shared = {
        (a, b)
        for a, b in combinations(range(400), 2)
        if any(x and x == y for x, y in zip(keys(rows[a]), keys(rows[b]), strict=True))
    }
    assert shared >= {tuple(sorted(pair[:2])) for pair in pairs if max(pair[:2]) < 400}


def test_a_register_becomes_people():
    truth = [record.person for record, _ in Registry(800, seed=4).records()]
    rows = [facts_in(record) for record, _ in Registry(800, seed=4).records()]
    with Register() as register:
        register.add(rows)
        found = people(register.n, register.compared(least=LIMITS.review), LIMITS)
    wrong = [
        (a, b)
        for a, b in combinations(range(len(rows)), 2)
        if found.person(a) == found.person(b) and truth[a] != truth[b]
    ]
    right = sum(found.person(a) == found.person(b) for a, b in combinations(range(len(rows)), 2))
    assert not wrong and right > 150


def test_nobody_gets_two_numbers_through_a_third_row():
    one, between, other = person(), person(number=""), person(number=number("004"))
    compared = [(Pair(0, 1, 40.0), one, between), (Pair(1, 2, 39.0), between, other)]
    found = people(3, compared, LIMITS)
    assert [found.person(row) for row in range(3)] == [0, 0, 2]
    assert (found.doubts[2].other, found.doubts[2].why) == (1, Veto.TWO_NUMBERS)


def test_the_shipped_weights_belong_to_the_definition():
    shape, shipped = settings.definition(), settings.shipped()
    assert shape["blocking_rules_to_generate_predictions"] == shipped["blocking_rules_to_generate_predictions"]
    for ours, stored in zip(shape["comparisons"], shipped["comparisons"], strict=True):
        conditions = [[level["sql_condition"] for level in each["comparison_levels"]] for each in (ours, stored)]
        assert conditions[0] == conditions[1]
    assert settings.tidy(shipped) == shipped


def test_training_says_again_what_is_shipped():
    with Register() as register:
        register.add(facts_in(record) for record, _ in Registry(3_000, seed=3).records())
        trained = settings.tidy(register.trained(prior=4e-7))
    name = {level["label_for_charts"]: level for level in trained["comparisons"][0]["comparison_levels"]}
    assert name["exact"]["m_probability"] > 0.8 and name["exact"]["u_probability"] < 1e-3
