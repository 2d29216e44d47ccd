from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongmai.kernel import citizen_id, credit_code, ids, money, pinyin, spans
from tongmai.kernel.months import Month, plus_months

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
months = st.builds(Month, st.integers(1900, 2100), st.integers(1, 12))
areas = st.sampled_from(["110105", "340199", "340124", "810000", "830000"])


@given(st.integers(-(10**14), 10**14), weights)
def test_shares_add_up(total, weights):
    assert sum(money.split_fen(total, weights)) == total


@given(st.integers(-(10**14), 10**14), weights)
def test_each_share_is_within_one_fen_of_the_exact_one(total, weights):
    whole = sum(weights)
    for share, weight in zip(money.split_fen(total, weights), weights, strict=True):
        assert abs(share * whole - total * weight) < whole


@given(st.integers(0, 10**12 - 1))
def test_what_is_written_as_yuan_is_read_as_the_same_fen(fen):
    for written in (money.yuan_text(fen), f"￥ {money.yuan_text(fen)}00元"):
        assert money.fen_of_yuan(written) == fen
    assert money.fen_of_yuan(str(fen)) == 100 * fen


@pytest.mark.parametrize("text", ["", "十元", "-1", "1.234", "1.2.3", "1e3", "٣"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError):
        money.fen_of_yuan(text)


@given(months, st.integers(-600, 600))
def test_months_move_there_and_back(month, n):
    assert month + n - n == month


@given(months)
def test_a_month_holds_its_days_and_no_other(month):
    assert month.first_day in month
    assert month.ends_before - timedelta(days=1) in month
    assert month.ends_before not in month
    assert Month.parse(str(month)) == month


@given(days, st.integers(-300, 300))
def test_a_moved_day_lies_in_the_moved_month(day, n):
    assert plus_months(day, n) in Month.of(day) + n


@given(areas, days, st.integers(1, 999))
def test_a_made_up_number_states_what_it_was_made_from(area, born_on, order):
    body = f"{area}{born_on:%Y%m%d}{order:03d}"
    found = citizen_id.parse(body + citizen_id.check_digit(body))
    assert (found.born_on, found.area) == (born_on, area)
    assert (found.sex == citizen_id.Sex.MALE) == bool(order % 2)


@given(areas, days, st.integers(1, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(area, born_on, order, place, shift):
    body = f"{area}{born_on:%Y%m%d}{order:03d}"
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]
    assert not citizen_id.is_valid(wrong + citizen_id.check_digit(body))


@given(st.text(max_size=24))
def test_any_text_is_either_a_number_or_refused(text):
    try:
        citizen_id.parse(text)
    except citizen_id.CitizenIdError as error:
        assert "…" not in str(error)


@given(st.text(alphabet=credit_code.ALPHABET, min_size=9, max_size=9), st.integers(0, 999_999))
def test_a_code_with_its_check_character_is_valid(tail, area):
    body = f"91{area:06d}{tail}"
    assert credit_code.is_valid(body + credit_code.check_character(body))


@given(st.text(max_size=40))
def test_any_name_has_few_plain_keys(name):
    found = pinyin.keys(name)
    assert len(found.full) <= pinyin.MOST_KEYS and len(found.initials) <= pinyin.MOST_KEYS
    assert all(key and not any(character.isspace() for character in key) for key in found.full)


@given(st.lists(days, min_size=2, max_size=8, unique=True))
def test_spans_cut_at_days_have_no_flaws(cuts):
    cuts.sort()
    pieces = list(zip(cuts, [*cuts[1:], None], strict=True))
    assert spans.flaws(pieces) == []
    assert sum(spans.covers(*piece, cuts[1]) for piece in pieces) == 1


def test_ids_are_of_version_7_and_distinct():
    made = [ids.new_id() for _ in range(1_000)]
    assert len(set(made)) == 1_000
    assert all(isinstance(one, UUID) and one.version == 7 and one.variant == "specified in RFC 4122" for one in made)
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)
