"""How a resident is found by the letters that somebody types."""

import pytest

from tests.harness.tables import rows
from tongmai.kernel import pinyin

title = "Search keys of names"


@pytest.mark.parametrize(
    "row",
    rows("""
        name            | reads first       | initials | is also found by
        张小芳           | zhangxiaofang     | zxf      |
        单田芳           | shantianfang      | stf      | dantianfang
        仇英             | qiuying           | qy       | chouying
        解晓东           | xiexiaodong       | xxd      | jiexiaodong
        曾国藩           | zengguofan        | zgf      | cengguofan
        查良镛           | zhaliangyong      | zly      | chaliangyong
        尉迟恭           | yuchigong         | ycg      | weichigong
        盖叫天           | gejiaotian        | gjt      | gaijiaotian
        区桂芝           | ouguizhi          | ogz      | quguizhi
        任长霞           | renchangxia       | rcx      | renzhangxia
        华罗庚           | hualuogeng        | hlg      |
        朴树             | piaoshu           | ps       | pushu
        乐嘉             | yuejia            | yj       | lejia
        乐正明           | yuezhengming      | yzm      | lezhengming
        长孙无忌         | zhangsunwuji      | zswj     | changsunwuji
        万俟卨           | moqixie           | mqx      |
        令狐冲           | linghuchong       | lhc      |
        翟天临           | zhaitianlin       | ztl      | ditianlin
        覃辉             | qinhui            | qh       | tanhui
        叶问             | yewen             | yw       | xiewen
        吕布             | lvbu              | lb       | lubu
        欧阳修           | ouyangxiu         | oyx      |
        阿卜杜拉·买买提 |                   |          | abudulamaimaiti
        王 小明          | wangxiaoming      | wxm      |
        Smith3           | smith3            | smith3   |
    """),
    ids=lambda row: row["name"],
)
def test_a_name_is_found_by_its_readings(row):
    """A surname's own reading comes first; ü is found as v and as u."""
    found = pinyin.keys(row["name"])
    if row["reads first"]:
        assert (found.full[0], found.initials[0]) == (row["reads first"], row["initials"])
    if row["is also found by"]:
        assert row["is also found by"] in found.full


@pytest.mark.parametrize(
    "row",
    rows("""
        typed        | looked up as
        Zhang Xiao   | zhangxiao
        zxf          | zxf
        Lǚ Bù        | lvbu
        lü           | lv
        xi'an        | xian
    """),
    ids=lambda row: row["typed"],
)
def test_what_is_typed_is_brought_to_the_form_of_the_keys(row):
    assert pinyin.query(row["typed"]) == row["looked up as"]
