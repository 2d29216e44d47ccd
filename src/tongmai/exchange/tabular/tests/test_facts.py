"""Rows to facts: what a register says, and what is wrong with it in words that help."""

from datetime import date

import pytest

from tongmai.exchange import wording
from tongmai.exchange.tabular.facts import Problem, ResidentFacts, day, resident_facts, staff_facts
from tongmai.kernel.citizen_id import check_digit

NUMBER = "34019919650307002" + check_digit("34019919650307002")
RESIDENT = {"identity": "LJ-1", "name": "示例甲", "citizen_id": NUMBER, "sex": "女", "born_on": "1965/3/7"}
STAFF = {"identity": "LJ1", "name": "示例乙", "org": "某卫生院", "role": "全科医生", "grade": "主治医师"}


def test_a_complete_row_is_read():
    facts = resident_facts(
        RESIDENT | {"phone": "139 0000 0000", "tags": "高血压；老年人", "village_code": "340199101201"}
    )
    assert isinstance(facts, ResidentFacts)
    assert (facts.sex, facts.born_on, facts.phone) == ("female", date(1965, 3, 7), "13900000000")
    assert facts.tags == ("hypertension",)


def test_sex_and_birth_come_from_the_number_where_the_row_is_silent():
    facts = resident_facts({"name": "示例甲", "citizen_id": NUMBER})
    assert (facts.sex, facts.born_on, facts.identity) == ("female", date(1965, 3, 7), NUMBER)


@pytest.mark.parametrize(
    "given", ["1965-03-07", "1965/3/7", "19650307", "1965年3月7日", "1965.03.07", "1965-03-07 00:00:00"]
)
def test_days_are_read_as_people_write_them(given):
    assert day(given) == date(1965, 3, 7)


@pytest.mark.parametrize("name", ["示 例", "示　例", " 示例 "])
def test_a_padded_name_is_closed_up(name):
    assert resident_facts(RESIDENT | {"name": name}).name == "示例"


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"citizen_id": NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")},
        {"citizen_id": "⚠340199196503070000"},
        {"sex": "公"},
        {"born_on": "1965-02-30"},
        {"phone": "12"},
        {"village_code": "34"},
        {"citizen_id": "", "born_on": ""},
        {"citizen_id": "", "identity": ""},
        {"address": "长" * 300},
        {"insurance": "火星医保"},
        {"insurance_number": "12?"},
        {"tags": "高血压；宇航员"},
    ],
    ids=str,
)
def test_a_row_that_cannot_be_used_says_why_and_what_to_do(change):
    problem = resident_facts(RESIDENT | change)
    assert isinstance(problem, Problem)
    assert all(wording.said(wording.ROWS, problem.what, problem.facts))
    assert not problem.is_held


@pytest.mark.parametrize("change", [{"sex": "男"}, {"born_on": "1965-03-08"}])
def test_a_row_that_contradicts_its_number_is_held_for_a_person(change):
    assert resident_facts(RESIDENT | change).is_held


def test_a_member_of_staff_is_read():
    facts = staff_facts(STAFF)
    assert (facts.role, facts.grade, facts.number) == ("general_practitioner", "intermediate", "LJ1")


@pytest.mark.parametrize(
    "change", [{"identity": ""}, {"identity": "a b"}, {"org": ""}, {"role": "厨师"}, {"grade": "大师"}, {"name": " "}]
)
def test_a_staff_row_that_cannot_be_used_says_why(change):
    problem = staff_facts(STAFF | change)
    assert isinstance(problem, Problem)
    assert all(wording.said(wording.ROWS, problem.what, problem.facts))


def test_words_of_problems_can_be_filled():
    problem = staff_facts(STAFF | {"role": "厨师"})
    reason, remedy = wording.said(wording.ROWS, problem.what, problem.facts)
    assert "厨师" in reason
    assert "{" not in remedy
