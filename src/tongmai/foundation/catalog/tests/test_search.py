import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tongmai.foundation.catalog import search, selectors, services, starter
from tongmai.foundation.catalog.errors import UnknownCode
from tongmai.foundation.catalog.models import CHECKS, Code, Division
from tongmai.foundation.catalog.tests.factories import TODAY, By, edition

ROWS = [
    ("I10.x00", "特发性（原发性）高血压", "高血压", True),
    ("I11.901", "高血压性心脏病", "高心病", True),
    ("E75.201", "戈谢病", "", False),
    ("I25.103", "冠状动脉粥样硬化性心脏病", "冠心病", True),
    ("E11.900", "2型糖尿病", "糖尿病", True),
    ("E11.503", "2型糖尿病足病", "糖尿病足", True),
    ("P70.200", "新生儿糖尿病", "", False),
    ("K59.000", "便秘", "", True),
    ("B54.x00", "疟疾", "打摆子", False),
    ("J18.900", "肺炎", "", True),
    ("J18.100", "大叶性肺炎", "", True),
    ("A98.500x001+N08.0*", "流行性出血热[肾综合征出血热]", "", False),
]


@pytest.fixture
def catalogue(db):
    return edition(rows=ROWS)


def found(query, limit=20):
    return [d.code for d in selectors.search_diagnoses(query, TODAY, limit)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("I10", "I10.x00"),
        ("i10.x00", "I10.x00"),
        ("Ｉ１０", "I10.x00"),
        ("I10.X00", "I10.x00"),
        ("a98.500X001+n08.0*", "A98.500x001+N08.0*"),
        ("高血压", "I10.x00"),
        ("gaoxueya", "I10.x00"),
        ("gxy", "I10.x00"),
        ("GXY", "I10.x00"),
        ("原发性高血压", "I10.x00"),
        ("（原发性） 高血压", "I10.x00"),
        ("2xtnb", "E11.900"),
        ("2型tnb", "E11.900"),
        ("糖尿病 足", "E11.503"),
        ("bianmi", "K59.000"),
        ("nueji", "B54.x00"),
        ("打摆子", "B54.x00"),
        ("dbz", "B54.x00"),
        ("肺炎", "J18.900"),
        ("戈谢病", "E75.201"),
    ],
)
def test_a_diagnosis_is_found_by(catalogue, query, first):
    assert found(query)[0] == first


@pytest.mark.parametrize(
    "query", ["", " ", "%", "_", "|", "。。", "zzz", "\x00", "不存在", "x" * 500, "糖尿病 a b c d e f g 没有"]
)
def test_nothing_is_found_by(catalogue, query):
    assert found(query) == []


def test_letters_alone_prefer_what_practice_meets(catalogue):
    """`gxb` spells 戈谢病 exactly, but who types it means 冠心病."""
    assert found("gxb")[:2] == ["I11.901", "I25.103"] or found("gxb")[0] == "I25.103"
    assert found("gxb").index("I25.103") < found("gxb").index("E75.201")


def test_common_diagnoses_come_before_rare_ones(catalogue):
    assert found("糖尿病") == ["E11.900", "E11.503", "P70.200"]


def test_a_code_query_is_in_the_order_of_codes(catalogue):
    assert found("J18") == ["J18.100", "J18.900"]


def test_the_limit_holds(catalogue):
    assert len(found("bing", limit=3)) == 3


def test_without_a_list_in_force_nothing_is_found(db):
    assert found("gxy") == []
    with pytest.raises(UnknownCode):
        selectors.diagnosis("I10.x00", TODAY)


def test_several_codes_at_once(catalogue):
    assert set(selectors.diagnoses(["I10.x00", "E11.900", "Z99.999"], TODAY)) == {"I10.x00", "E11.900"}


@given(st.text(max_size=80))
def test_any_text_gives_terms_that_are_safe(query):
    terms = search.terms_of(query)
    assert len(terms) <= search.MAX_TERMS
    assert not any(ch in term for term in terms for ch in "|%_\\\x00 ")


@given(st.text(max_size=40))
def test_keys_stand_between_bars(name):
    keys = search.keys_of(name)
    assert keys.startswith("|")
    assert keys.endswith("|")


def test_a_row_is_found_by_each_of_its_keys(catalogue):
    for code, name, everyday, _ in ROWS:
        for said in filter(None, [name, everyday]):
            full, initials = search.pinyin_of(search.squeezed(said))
            assert {code} <= set(found(said)) & set(found(full)) & set(found(initials)), said


@pytest.mark.django_db
def test_a_town_is_found_below_its_county():
    services.load_starter(By())
    towns = selectors.search_divisions("nhz", TODAY, under="340124", levels=[9])
    assert [(t.code, t.path) for t in towns] == [("340124114", "庐江县 泥河镇")]
    assert selectors.search_divisions("nhz", TODAY, under="340122") == []
    assert selectors.search_divisions("340124114", TODAY)[0].name == "泥河镇"


@pytest.mark.django_db
def test_a_village_has_its_full_name():
    services.load_starter(By())
    services.put_divisions(
        [services.DivisionRow("340124114203", "天井村民委员会")],
        starts_on=TODAY,
        source="测试",
        by=By(),
    )
    assert selectors.place("340124114203").path == "庐江县 泥河镇 天井村民委员会"
    assert selectors.search_divisions("天井村", TODAY, under="340124")[0].code == "340124114203"
    assert selectors.divisions_under("340124114").count() == 1
    assert selectors.divisions_under("340124", TODAY, level=9).count() == 24


@pytest.mark.django_db
def test_a_specialty_is_found():
    services.load_starter(By())
    assert selectors.search_departments("xxg", TODAY)[0].code == "03.04"
    assert selectors.search_departments("03", TODAY)[0].code == "03"
    assert [kind.code for kind in selectors.resource_kinds(TODAY, "bed")][0] == "bed-general"


@pytest.mark.django_db
def test_an_examination_is_found_by_what_people_call_it():
    services.load_starter(By())
    assert selectors.examination_items(TODAY, query="拍片")[0].code == "dr-chest-pa"
    assert selectors.examination_items(TODAY, "ecg", "xdt")[0].code == "ecg-12"
    assert selectors.examination_items(TODAY, "laboratory", "胸片") == []
    assert selectors.examination_item("ct-chest-ce", TODAY).checks.split() == ["pregnancy", "contrast", "allergy"]


@pytest.mark.django_db
def test_every_starter_examination_is_charged_and_asked_for_in_known_words():
    charges = {row["code"] for row in starter.rows("charges")}
    for row in starter.rows("examination_items"):
        assert not row["charge_code"] or row["charge_code"] in charges, row
        assert set(row["checks"].split()) <= set(CHECKS), row


def test_every_starter_charge_says_how_far_its_code_is_to_be_relied_on():
    status = {row["code"]: row["status"] for row in starter.rows("charges")}
    assert set(status.values()) == {"inferred", "unchecked"} and all(len(code) == 9 for code in status)
    assert status["210102015"] == "inferred"


class TestPrefixLookup:
    """`prefix` must be served by an index on both databases."""

    def test_it_finds_what_starts_so_and_nothing_else(self, catalogue):
        codes = Code.objects.filter(code__prefix="J18").values_list("code", flat=True)
        assert list(codes) == ["J18.100", "J18.900"]

    def test_it_minds_case_and_takes_wildcards_as_they_are(self, catalogue):
        for odd in ("j18", "J18%", "J18_", "J18\\"):
            assert not Code.objects.filter(code__prefix=odd).exists()

    def test_an_empty_prefix_is_everything(self, catalogue):
        assert Code.objects.filter(code__prefix="").count() == len(ROWS)

    def test_only_a_text_can_be_compared(self, catalogue):
        with pytest.raises(TypeError):
            Code.objects.filter(code__prefix=10)

    @pytest.mark.django_db
    def test_the_plan_uses_an_index(self):
        services.load_starter(By())
        rows = Division.objects.filter(code__prefix="340124114").order_by()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is read whole when it may
            assert "Index Cond" in rows.explain()
        else:
            assert "SEARCH" in rows.explain()
            assert "USING" in rows.explain()
