"""Invented people are plainly invented."""

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tongmai.config.demo import people
from tongmai.kernel import citizen_id

TODAY = date(2026, 11, 22)


@given(seed=st.integers(0, 10_000))
def test_every_number_is_valid_and_lies_in_nobodys_area(seed):
    person = people.invent(Random(seed), today=TODAY)
    number = citizen_id.parse(person.citizen_id, today=TODAY)
    assert person.citizen_id.startswith(people.AREA)
    assert number.born_on == person.born_on <= TODAY


@given(seed=st.integers(0, 10_000))
def test_every_name_says_that_it_is_invented(seed):
    assert people.invent(Random(seed), today=TODAY).name.endswith(people.MARK)


def test_two_people_of_one_birthday_and_sex_have_two_numbers():
    numbers = {people.citizen_number(date(1970, 5, 1), "2", pair) for pair in range(500)}
    assert len(numbers) == 500
