"""GB 11643-1999 and the permits built like it.  The numbers are the standard's examples or made up."""

import pytest

from tests.harness.tables import rows
from tongmai.kernel import citizen_id, credit_code

title = "Identity numbers"


@pytest.mark.parametrize(
    "row",
    rows("""
        written                 | kept as            | born       | sex    | area   | kind
        11010519491231002X      | 11010519491231002X | 1949-12-31 | female | 110105 | citizen
        11010519491231002x      | 11010519491231002X | 1949-12-31 | female | 110105 | citizen
        440524 18800101 0014    | 440524188001010014 | 1880-01-01 | male   | 440524 | citizen
        １１０１０５１９４９１２３１００２Ｘ | 11010519491231002X | 1949-12-31 | female | 110105 | citizen
        150102880730303         | 150102198807303035 | 1988-07-30 | male   | 150102 | citizen
        150102880730997         | 150102188807309972 | 1888-07-30 | male   | 150102 | citizen
        810000199408230021      | 810000199408230021 | 1994-08-23 | female | 810000 | hong-kong-macao-taiwan
        830000199201300022      | 830000199201300022 | 1992-01-30 | female | 830000 | hong-kong-macao-taiwan
        932682198501010017      | 932682198501010017 | 1985-01-01 | male   | 32     | foreigner
        USA340085010112         | USA340085010112    | 1985-01-01 | male   | 3400   | foreigner
    """),
    ids=lambda row: row["kept as"],
)
def test_a_number_states_birth_sex_and_place(row):
    """Fifteen digits become eighteen; the orders 996–999 were kept for people born in the nineteenth century."""
    found = citizen_id.parse(row["written"])
    stated = [found.number, found.born_on.isoformat(), found.sex, found.area, found.kind]
    assert stated == [row["kept as"], row["born"], row["sex"], row["area"], row["kind"]]


@pytest.mark.parametrize(
    "row",
    rows("""
        written            | is refused for | and said
                           | blank          | 请填写身份证件号码
        1101051949123100   | length         | 身份证件号码应为 18 位（旧号 15 位），现在是 16 位
        11010519491231002Y | characters     | 身份证件号码只含数字，末位可为 X
        1101O519491231002X | characters     | 身份证件号码只含数字，末位可为 X
        99010519491231002X | area           | 身份证件号码的前两位不是有效的地区代码
        00010519491231002X | area           | 身份证件号码的前两位不是有效的地区代码
        110105194913310020 | date           | 身份证件号码中的出生日期不存在
        110105190002290020 | date           | 身份证件号码中的出生日期不存在
        110105194912310021 | check          | 身份证件号码的校验位不符，请逐位核对
        932000198501010017 | country        | 外国人永久居留证号码中的国籍代码无效
        USA990085010112    | area           | 身份证件号码的前两位不是有效的地区代码
    """),
    ids=lambda row: f"{row['written']}-{row['is refused for']}",
)
def test_a_wrong_number_is_refused_with_what_is_wrong(row):
    """The sentence never repeats the number: it may appear on a screen that others see."""
    with pytest.raises(citizen_id.CitizenIdError) as caught:
        citizen_id.parse(row["written"])
    assert (caught.value.facts["reason"], str(caught.value)) == (row["is refused for"], row["and said"])


@pytest.mark.parametrize(
    "row",
    rows("""
        number             | shown as
        11010519491231002X | 110***********002X
        E12345678          | E*******8
        AB                 | **
    """),
    ids=lambda row: row["number"],
)
def test_a_number_is_masked_in_lists(row):
    assert citizen_id.masked(row["number"]) == row["shown as"]


@pytest.mark.parametrize(
    "row",
    rows("""
        written              | verdict
        91350100M000100Y43   | right
        91350100m000100y43   | right
        91350100 M000100Y 43 | right
        91350100M000100Y44   | check
        91350100M000100Y4    | length
        9135O100M000100Y43   | shape
        91350100I000100Y43   | shape
    """),
    ids=lambda row: row["written"],
)
def test_a_unified_social_credit_code_is_checked(row):
    """GB 32100-2015; I, O, S, V and Z do not occur."""
    verdict = "right"
    try:
        assert credit_code.parse(row["written"]) == "91350100M000100Y43"
    except credit_code.CreditCodeError as error:
        verdict = error.facts["reason"]
    assert verdict == row["verdict"]
