"""What a local code means, from the facts alone."""

from hypothesis import given
from hypothesis import strategies as st

from tongmai.foundation.terminology.choices import CodeSet, Relation, Standing
from tongmai.foundation.terminology.rules import Facts, likeness, shared_beginning, standing

FACTS = st.builds(
    Facts,
    code_set=st.sampled_from(list(CodeSet)),
    relation=st.sampled_from(["", *Relation]),
    is_target_in_force=st.booleans(),
    is_code_in_force=st.booleans(),
    is_name_alike=st.booleans(),
)
NAMES = st.text(alphabet="高血压糖尿病123型abc", max_size=12)


@given(FACTS)
def test_what_a_person_decided_is_never_overruled_by_what_follows_by_itself(facts):
    found = standing(facts)
    assert (found in (Standing.MAPPED, Standing.GONE, Standing.NONE)) == bool(facts.relation)


@given(FACTS)
def test_without_a_code_in_force_nothing_is_understood(facts):
    if not facts.is_code_in_force and not facts.is_target_in_force:
        assert standing(facts) in (Standing.UNMAPPED, Standing.GONE, Standing.NONE)


def test_the_same_number_under_another_name_is_no_charge_of_ours():
    facts = {"is_code_in_force": True, "is_name_alike": False}
    assert standing(Facts(code_set=CodeSet.CHARGES, **facts)) == Standing.UNMAPPED
    assert standing(Facts(code_set=CodeSet.DIAGNOSES, **facts)) == Standing.CHECK


@given(NAMES, NAMES)
def test_likeness_is_the_same_both_ways_and_whole_for_the_same_name(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1.0 if one else 0.0)


def test_other_numbers_keep_names_apart():
    assert likeness("1型糖尿病", "2型糖尿病") < likeness("2型糖尿病伴", "2型糖尿病")


def test_codes_begin_alike_whatever_their_case():
    assert shared_beginning("i10.X00", "I10.x01") == 6
