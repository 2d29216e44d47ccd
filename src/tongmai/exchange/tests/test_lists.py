"""Lists of contracts, sessions and prices go in by the services that the pages use."""

from datetime import date

import pytest

from tongmai.care.family_doctors import services as family_doctors
from tongmai.care.family_doctors.models import Contract
from tongmai.care.family_doctors.tests import factories as contracts
from tongmai.commons.capacity.models import Pool, Resource
from tongmai.commons.capacity.tests import factories as capacity
from tongmai.commons.residents.models import CareRelation
from tongmai.commons.residents.tests import factories as residents
from tongmai.exchange.tests.test_imports import done, fates, number, words
from tongmai.foundation.catalog.models import Price, ResourceKind
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted

CONTRACTS = "协议编号,姓名,身份证号,签约团队,家庭医生,签约日期,签约年限,到期日期,签署方式"
SESSIONS = "资源,科室,资源类别,日期,开始,结束,名额"
PRICES = "项目编码,项目名称,项目类别,单位,价格,机构级别,执行机构,执行日期,截止日期,依据"


def reasons(run):
    return [words(row)[0] for row in run.rows.filter(fate__in=["held", "rejected"])]


# Contracts.  Today is 2026-11-20.


@pytest.fixture
def gp(world):
    return world.actor(Role.GENERAL_PRACTITIONER)


@pytest.fixture
def team(gp):
    return contracts.team(gp)


@pytest.fixture
def person(world):
    return residents.resident("示例甲", sex="female", born_on=date(1965, 3, 7), id_number=number(2))


def signed(*lines, by):
    return done(*lines, by=by, head=CONTRACTS, kind="contracts")


def line(no="Q1", **cells):
    told = {"name": "示例甲", "id": number(2), "team": "示例家医团队", "doctor": "", "on": "2026-03-01", "years": "1",
            "until": "", "how": "本人签字"} | cells  # fmt: skip
    return ",".join([no, *told.values()])


def test_a_contract_signed_on_paper_is_taken_over(gp, team, person):
    run = signed(line(until="2027-02-28"), by=gp)
    assert fates(run) == ["new"]
    made = Contract.objects.get()
    assert (made.state, str(made.starts_on), str(made.ends_before)) == ("active", "2026-03-01", "2027-03-01")
    assert made.agreed_name == "示例甲"
    assert CareRelation.objects.get().source_id == made.id
    assert fates(signed(line(until="2027-02-28"), by=gp)) == ["same"]
    assert fates(signed(line("OTHER"), by=gp)) == ["same"]
    assert Contract.objects.count() == 1


def test_a_row_that_begins_anew_renews(gp, team, person):
    signed(line(), by=gp)
    run = signed(line(on="2026-11-20"), by=gp)
    assert fates(run) == ["updated"]
    assert sorted(Contract.objects.values_list("state", flat=True)) == ["active", "ended"]
    assert fates(signed(line(on="2026-11-20"), by=gp)) == ["same"]
    assert fates(signed(line("Q9", on="2026-11-20"), by=gp)) == ["same"]
    assert Contract.objects.count() == 2


def test_a_row_that_says_otherwise_of_the_same_contract_puts_it_right(world, gp, team, person):
    village = world.actor(Role.VILLAGE_DOCTOR)
    family_doctors.add_member(team_id=team.id, staff_id=village.staff_id, part="village_doctor", by=gp)
    signed(line(), by=gp)
    other = line(on="2026-02-01", years="2", doctor=village.name)
    assert fates(signed(other, by=gp)) == ["updated"]
    contract = Contract.objects.get()
    assert (contract.doctor_id, str(contract.starts_on), str(contract.ends_before)) == (
        village.staff_id, "2026-02-01", "2028-02-01",
    )  # fmt: skip
    assert fates(signed(other, by=gp)) == ["same"]
    assert fates(signed(other.replace("Q1", "Q7"), by=gp)) == ["same"]
    run = signed(line(on="2024-03-01", years="1"), by=gp)
    assert fates(run) == ["held"] and "到期" in reasons(run)[0]


@pytest.mark.parametrize(
    ("cells", "fate", "word"),
    [
        ({"name": "示例乙"}, "held", "姓名"),
        ({"id": number(4)}, "held", "没有这位居民"),
        ({"id": ""}, "rejected", "身份证号"),
        ({"team": "没有团队"}, "held", "没有团队"),
        ({"doctor": "没有医生"}, "held", "没有医生"),
        ({"on": ""}, "rejected", "开始日期"),
        ({"on": "2020-01-01"}, "held", "到期"),
        ({"years": "9"}, "held", "年限"),
        ({"years": "好几"}, "rejected", "年限"),
        ({"until": "2027-05-05"}, "rejected", "到期日期"),
        ({"how": "口头"}, "rejected", "签署方式"),
    ],
)
def test_a_contract_that_cannot_be_says_why(gp, team, person, cells, fate, word):
    run = signed(line(**cells), by=gp)
    assert fates(run) == [fate]
    assert word in reasons(run)[0]
    assert not Contract.objects.exists()


def test_another_teams_contract_is_not_replaced(world, gp, team, person):
    signed(line(), by=gp)
    contracts.team(gp, "另一团队")
    run = signed(line("Q2", team="另一团队"), by=gp)
    assert fates(run) == ["held"]
    assert Contract.objects.count() == 1


def test_contracts_are_imported_by_who_signs_them_and_seen_by_her_organisation(world, gp, team, person):
    with pytest.raises(NotPermitted):
        signed(line(), by=world.actor(Role.SYSTEM_ADMIN))
    run = signed(line(), by=gp)
    from tongmai.exchange import selectors

    elsewhere = world.actor(Role.GENERAL_PRACTITIONER, org=world.other_township)
    with pytest.raises(NotFound):
        selectors.import_report(run.id, by=elsewhere)


# Sessions.


@pytest.fixture
def manager(world):
    return world.actor(Role.RESOURCE_MANAGER)


@pytest.fixture
def clinic(world):
    return capacity.resource(world.departments["cardiology"], name="心内专家门诊")


def planned(*lines, by):
    return done(*lines, by=by, head=SESSIONS, kind="capacity")


def test_a_plan_publishes_sessions_with_their_reserved_share(manager, clinic):
    run = planned("心内专家门诊,,,2026-11-24,8:00,12：00,20", "心内专家门诊,,,2026/11/25,0800,1200,10个", by=manager)
    assert fates(run) == ["new", "new"]
    pool = Pool.objects.order_by("day").first()
    assert (pool.total, pool.reserved, str(pool.day)) == (20, 4, "2026-11-24")
    assert pool.policy_rate > 0
    assert fates(planned("心内专家门诊,,,2026-11-24,08:00,12:00,20", by=manager)) == ["same"]


def test_another_number_of_places_changes_the_session_and_not_below_what_is_taken(manager, clinic):
    planned("心内专家门诊,,,2026-11-24,08:00,12:00,20", by=manager)
    run = planned("心内专家门诊,,,2026-11-24,08:00,12:00,30", by=manager)
    assert fates(run) == ["updated"]
    assert Pool.objects.get().total == 30
    Pool.objects.update(taken_public=5)
    run = planned("心内专家门诊,,,2026-11-24,08:00,12:00,3", by=manager)
    assert fates(run) == ["held"]
    assert Pool.objects.get().total == 30


def test_a_resource_that_is_new_is_offered_where_the_row_says_of_what_kind(manager, world):
    ResourceKind.objects.create(
        code="bed-general", name="普通病床", category="bed", search="", source="", starts_on=date(2020, 1, 1)
    )
    run = planned(
        "普外病区,普外科,普通病床,2026-11-24,,,12", "眼科病区,没有科,普通病床,2026-11-24,,,1",
        "骨科病区,普外科,没有类,2026-11-24,,,1", by=manager,
    )  # fmt: skip
    assert fates(run) == ["new", "held", "held"]
    assert (Resource.objects.get().kind, Pool.objects.get().total) == ("bed", 12)


@pytest.mark.parametrize(
    ("row", "fate"),
    [
        (",,,2026-11-24,08:00,12:00,20", "rejected"),
        ("没有的门诊,,,2026-11-24,08:00,12:00,20", "held"),
        ("心内专家门诊,,,,08:00,12:00,20", "rejected"),
        ("心内专家门诊,,,2026-11-24,上午,12:00,20", "rejected"),
        ("心内专家门诊,,,2026-11-24,08:00,,20", "rejected"),
        ("心内专家门诊,,,2026-11-24,08:00,12:00,二十", "rejected"),
        ("心内专家门诊,,,2026-11-24,12:00,08:00,20", "held"),
        ("心内专家门诊,,,2025-11-24,08:00,12:00,20", "held"),
        ("心内专家门诊,,,2026-11-24,08:00,12:00,0", "held"),
    ],
)
def test_a_session_that_cannot_be_says_why(manager, clinic, row, fate):
    run = planned(row, by=manager)
    assert fates(run) == [fate]
    assert all(reasons(run))
    assert not Pool.objects.exists()


# Prices.


@pytest.fixture
def admin(world):
    return world.actor(Role.SYSTEM_ADMIN)


def priced(*lines, by):
    return done(*lines, by=by, head=PRICES, kind="prices")


def test_a_price_list_sets_prices_and_a_change_begins_a_new_span(admin):
    first = "110100001,示例诊查费,,次,￥10.50元,乡镇级,,2026-01-01,,示例价〔2026〕1 号"
    assert fates(priced(first, by=admin)) == ["new"]
    assert fates(priced(first, by=admin)) == ["same"]
    assert fates(priced(first.replace("10.50", "12").replace("2026-01-01", "2027-01-01"), by=admin)) == ["updated"]
    assert list(Price.objects.values_list("amount_fen", flat=True)) == [1050, 1200]
    run = priced(first.replace("10.50", "11"), by=admin)
    assert fates(run) == ["held"]
    assert "不能改写" in reasons(run)[0]
    assert Price.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (",示例诊查费,,次,10,,,2026-01-01,,", "编码"),
        ("1,,,次,10,,,2026-01-01,,", "名称"),
        ("1,示例诊查费,,次,10.555,,,2026-01-01,,", "两位小数"),
        ("1,示例诊查费,,次,-3,,,2026-01-01,,", "价格"),
        ("1,示例诊查费,,次,10,,,,,", "开始日期"),
        ("1,示例诊查费,,次,10,,,2026-01-01,2025-01-01,", "截止"),
        ("1,示例诊查费,火星,次,10,,,2026-01-01,,", "火星"),
        ("1,示例诊查费,,次,10,省级,,2026-01-01,,", "省级"),
        ("1,示例诊查费,,次,10,,没有医院,2026-01-01,,", "没有医院"),
    ],
)
def test_a_price_that_cannot_be_says_why(admin, row, word):
    run = priced(row, by=admin)
    said = " ".join(words(run.rows.get()))
    assert word in said
    assert not Price.objects.exists()
