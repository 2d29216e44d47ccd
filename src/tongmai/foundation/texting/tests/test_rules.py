from datetime import UTC, datetime, timedelta

import pytest

from tongmai.foundation.texting import rules
from tongmai.foundation.texting.wording import SIGN_IN_CODE, worded

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("name", "masked"), [("张芳", "张*"), ("张小芳", "张*芳"), ("欧阳小芳", "欧*芳"), ("甲", "*")])
def test_a_name_is_known_to_the_family_alone(name, masked):
    assert rules.masked_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("13900000000", "139****0000"), ("+8613900000000", "+86*******0000"), ("12345", "*****")]
)
def test_the_middle_of_a_phone_is_hidden(phone, masked):
    assert rules.masked_phone(phone) == masked


def test_codes_are_digits_and_differ():
    codes = {rules.new_code(6) for _ in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190


@pytest.mark.parametrize(("ago", "left"), [(0, 60), (1, 59), (59.5, 1), (60, 0), (3600, 0)])
def test_another_code_waits_for_the_pause(ago, left):
    asked = NOW - timedelta(seconds=ago)
    assert rules.seconds_until_next(asked, now=NOW, pause=timedelta(minutes=1)) == left


def test_the_first_code_waits_for_nothing():
    assert rules.seconds_until_next(None, now=NOW, pause=timedelta(minutes=1)) == 0


def test_retries_stay_within_the_life_of_a_code():
    waits = [rules.retry_after(n).total_seconds() for n in range(1, 8)]
    assert waits == [5, 10, 20, 30, 30, 30, 30]


def test_a_text_holds_its_facts_and_nothing_else():
    said = worded(SIGN_IN_CODE, {"name": "示*甲", "code": "123456", "minutes": "5"})
    assert "示*甲" in said and "123456" in said
    with pytest.raises(AssertionError):
        worded(SIGN_IN_CODE, {"name": "示*甲", "code": "123456", "minutes": "5", "diagnosis": "x"})
