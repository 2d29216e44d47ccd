import csv
from pathlib import Path

import pytest
import yaml

from tongmai.config.demo import county

YUNXI = Path(__file__).resolve().parents[5] / "tests" / "data" / "yunxi.yaml"


@pytest.fixture
def yunxi():
    """The invented county as YAML objects, to be spoilt by a test."""
    return yaml.safe_load(YUNXI.read_text(encoding="utf-8"))


def problems_of(content):
    with pytest.raises(county.CountyFileError) as caught:
        county.parse(yaml.safe_dump(content, allow_unicode=True), "spoilt.yaml")
    assert "spoilt.yaml" in str(caught.value)
    return "\n".join(caught.value.problems)


def test_lujiang_is_as_published():
    lujiang = county.load(county.COUNTIES / "lujiang.yaml")
    people, tcm = (group for group in lujiang.groups if group.form == "county_community")
    assert (len(people.towns), len(tcm.towns)) == (10, 7)
    assert len([town for town in lujiang.towns if town.kind == "town"]) == 17
    assert len(list(lujiang.villages())) == len(lujiang.clinics()) == 247
    assert len([f for f in lujiang.facilities if f.level == "township"]) == 17
    assert {group.form for group in lujiang.groups} == {
        "county_community",
        "specialty_alliance",
        "telemedicine_network",
    }


def test_lujiang_agrees_with_the_official_divisions(shared_data):
    lujiang = county.load(county.COUNTIES / "lujiang.yaml")
    with (shared_data / "divisions" / "lujiang_villages.csv").open(encoding="utf-8") as file:
        official = {row["code12"]: row["name"] for row in csv.DictReader(file)}
    with (shared_data / "divisions" / "lujiang_towns.csv").open(encoding="utf-8") as file:
        towns = {row["code"]: row for row in csv.DictReader(file)}
    assert dict(lujiang.villages()) == official
    assert {town.code: town.name for town in lujiang.towns} == {code: row["name"] for code, row in towns.items()}
    said = {code: group.name for group in lujiang.groups for code in group.towns}
    assert said == {code: row["medical_group_2019"] for code, row in towns.items() if row["medical_group_2019"]}


def test_streets_belong_to_the_town_from_which_they_were_split():
    lujiang = county.load(county.COUNTIES / "lujiang.yaml")
    clinic = next(clinic for clinic in lujiang.clinics() if clinic.town == "340124002")
    assert lujiang.parent_of(clinic).town == "340124100"
    assert clinic in lujiang.members_of(lujiang.groups[0])
    assert clinic not in lujiang.members_of(lujiang.groups[1])


def test_every_clinic_of_lujiang_has_a_parent_and_one_group():
    lujiang = county.load(county.COUNTIES / "lujiang.yaml")
    groups = [group for group in lujiang.groups if group.form == "county_community"]
    members = [facility.key for group in groups for facility in lujiang.members_of(group)]
    assert len(members) == len(set(members))
    for clinic in lujiang.clinics():
        assert lujiang.parent_of(clinic) is not None
        assert clinic.key in members


def test_an_invented_county_is_read_as_well():
    yunxi = county.load(YUNXI)
    community, group = yunxi.groups
    assert [f.name for f in yunxi.members_of(group)] == ["云溪县总医院"]
    assert len(yunxi.members_of(community)) == 3 + 8
    names = {clinic.short_name: clinic.facility_class for clinic in yunxi.clinics()}
    assert names["竹影村卫生室"] == "D600"
    assert names["明湖社区健康驿站"] == "B200"
    assert yunxi.parent_of(yunxi.facilities[-1]) is None


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("facilities", 4, "town"), "340199777", "stands in 340199777, which is no town"),
        (("facilities", 4, "town"), None, "needs the town where it stands"),
        (("facilities", 4, "class"), None, "needs its class"),
        (("facilities", 4, "class"), "卫生院", "facilities.4.class"),
        (("facilities", 4, "key"), "bailu", "the key bailu is there twice"),
        (("facilities", 4, "name"), "白鹭镇卫生院", "the name 白鹭镇卫生院 is there twice"),
        (("facilities", 4, "level"), "国家级", "facilities.4.level"),
        (("facilities", 4, "village"), "340199100999", "no village of this file"),
        (("facilities", 5, "town"), "340199100", "白鹭镇 has villages, but no township facility serves it"),
        (("facilities", 7, "town"), "340199100", "is outside the county"),
        (("towns", 1, "code"), "340199100", "340199100 is there twice"),
        (("towns", 1, "code"), "340124101", "does not lie in 340199"),
        (("towns", 1, "villages"), {"340199102201": "云顶村"}, "does not lie in 白鹭镇"),
        (("towns", 1, "villages"), {"3401991": "短"}, "towns.1.villages"),
        (("towns", 3, "succeeds"), "340199999", "which is no other town"),
        (("towns", 3, "served_by"), "340199001", "which is no other town"),
        (("groups", 0, "lead"), "nobody", "names nobody, which is no facility"),
        (("groups", 0, "lead"), ["county-hospital", "bailu"], "groups.0.lead"),
        (("groups", 0, "towns"), ["340199555"], "names the town 340199555"),
        (("groups", 0, "members"), ["county-hospital"], "names county-hospital twice"),
        (("groups", 1, "members"), [], "has no member beside its lead"),
        (("groups", 0, "starts_on"), "bald", "groups.0.starts_on"),
        (("groups", 0, "form"), "club", "groups.0.form"),
        (("county", "code"), 340199, "county.code"),
        (("county", "population"), 0, "county.population"),
        (("county", "mayor"), "示例甲", "county.mayor"),
        (("towns",), [], "towns"),
    ],
)
def test_a_flaw_is_named(yunxi, place, value, said):
    *path, last = place
    spoilt = yunxi
    for step in path:
        spoilt = spoilt[step]
    spoilt[last] = value
    assert said in problems_of(yunxi)


def test_two_communities_share_neither_town_nor_lead(yunxi):
    yunxi["groups"].append(yunxi["groups"][0] | {"key": "second"})
    said = problems_of(yunxi)
    assert "the town 340199100 belongs to two county communities" in said
    assert "county-hospital leads two county communities" in said


def test_a_community_with_two_leads_is_refused(yunxi):
    yunxi["groups"][1] |= {"form": "county_community"}
    assert "has two leads: county-hospital" in problems_of(yunxi)


def test_all_flaws_are_told_at_once(yunxi):
    yunxi["facilities"][4]["town"] = "340199777"
    yunxi["groups"][0]["lead"] = "nobody"
    said = problems_of(yunxi)
    assert "340199777" in said
    assert "nobody" in said


@pytest.mark.parametrize("text", ["", "- a\n- b", "county: {", "county: x", "\x00", "!!python/object:os.system {}"])
def test_what_is_no_county_is_refused(text):
    with pytest.raises(county.CountyFileError):
        county.parse(text)


def test_a_key_written_twice_is_refused():
    text = YUNXI.read_text(encoding="utf-8").replace('"340199100202": 石桥村民委员会', '"340199100201": 石桥村民委员会')
    with pytest.raises(county.CountyFileError, match="340199100201 is written twice"):
        county.parse(text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(county.CountyFileError, match=r"absent\.yaml"):
        county.load(tmp_path / "absent.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(county.CountyFileError):
        county.load(tmp_path / "binary.yaml")
