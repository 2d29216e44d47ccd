"""What is suggested, in which order, and why."""

import pytest

from tongmai.foundation.terminology import suggesting
from tongmai.foundation.terminology.suggesting import suggestions
from tongmai.foundation.terminology.tests.factories import TODAY, unified_set

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def sets():
    unified_set(
        "icd10", ("I10.x00", "特发性高血压", "高血压"), ("I10.x01", "良性高血压"), ("E11.900", "2型糖尿病"),
        ("E10.900", "1型糖尿病"), ("J45.900", "哮喘"), ("K12.000", "口疮"),
    )  # fmt: skip
    unified_set("charges", ("250302001", "葡萄糖测定", "血糖"), ("250307002", "肌酐测定"))


@pytest.mark.parametrize(
    ("code", "name", "first", "why"),
    [
        ("I10.x00", "特发性高血压", "I10.x00", suggesting.SAME_CODE),
        ("I10.x00", "", "I10.x00", suggesting.SAME_CODE),
        ("HY1", "高血压", "I10.x00", suggesting.SAME_NAME),
        ("高血压", "高血压", "I10.x00", suggesting.SAME_NAME),
        ("HY2", "效喘", "J45.900", suggesting.SAME_SOUND),
        ("HY3", "2型糖尿病肾病", "E11.900", suggesting.ALIKE),
        ("I10.x0199", "", "I10.x01", suggesting.CATEGORY),
    ],
)
def test_the_likeliest_stands_first_with_its_reason(code, name, first, why):
    found = suggestions("icd10", code, name, TODAY)
    assert (found[0].code, found[0].why) == (first, why)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert all(0 < each.score <= 1 for each in found)


def test_what_stands_in_brackets_is_a_method_or_a_brand():
    assert suggestions("charges", "A9", "葡萄糖测定（干化学法）(血清)", TODAY)[0].code == "250302001"


def test_the_same_number_with_another_name_is_unlikely_but_shown():
    found = suggestions("charges", "250307002", "葡萄糖测定", TODAY)
    assert [each.code for each in found][:2] == ["250302001", "250307002"]


def test_nothing_alike_suggests_nothing_and_neither_does_a_set_without_an_edition():
    assert suggestions("icd10", "ZZZ", "车祸", TODAY) == []
    assert suggestions("icd10", "ZZZ", "", TODAY) == []
    assert suggestions("drugs", "I10.x00", "高血压", TODAY) == []


def test_a_changed_edition_is_read_again():
    assert suggestions("drugs", "Y", "阿莫西林", TODAY) == []
    unified_set("drugs", ("J01CA04", "阿莫西林"))
    assert suggestions("drugs", "Y", "阿莫西林", TODAY)[0].code == "J01CA04"
