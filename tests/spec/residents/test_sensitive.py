"""What of a record needs a narrower reason, and what opens it.

A record opens for a reason (own encounter, contract, referral …).  Some of its entries need a narrower one: HIV, sexually
transmitted infections, mental disorders, dependence, termination of pregnancy, documents marked by their author.  The
lists are policy (policies/access.yaml); what follows from them is here.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.tables import rows
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.sensitive import policies, rules
from tongmai.commons.residents.sensitive.rules import Choice, Kind, Party, Standing, Way

title = "Sensitive entries: what opens them"
DAY = date(2026, 11, 22)
HERE, THERE = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    "row",
    rows("""
        code          | name               | kinds
        B20.900       |                    | hiv
        Z21.x00       |                    | hiv
        B19.900       |                    |
        A53.900       | 梅毒               | sti
        A50.900       |                    | sti
        A49.900       |                    |
        F32.900x001   | 抑郁发作           | mental
        F03.x00       | 痴呆               |
        F05.900       | 谵妄               |
        F10.200       |                    | substance
        F17.200       |                    |
        O04.905       | 早期人工流产       | reproductive
        O80.900       |                    |
        I10.x00       | 原发性高血压       |
                      | HIV抗体            | hiv
                      | 抗-HIV(1+2)        | hiv
                      | RPR滴度            | sti
                      | CORPRO             |
                      | 血小板计数         |
                      | 盐酸舍曲林片       | mental
        B24.x01       | 艾滋病合并抑郁症   | hiv mental
    """),
    ids=lambda row: f"{row['code']} {row['name']}".strip(),
)
def test_which_entries_are_sensitive(row):
    """By the code of a diagnosis or by the name of what was measured or taken; a Latin word counts only by itself."""
    assert policies.kinds_of([row["code"]], [row["name"]], on=DAY) == row["kinds"]


@pytest.mark.parametrize(
    "row",
    rows("""
        text                                             | in_note      | in_report
        患者 HIV 抗体确证阳性，已转疾控中心。                | hiv          | hiv
        既往史：否认肝炎、结核、梅毒、艾滋病等传染病史。        |              |
        否认输血史，梅毒治疗后随访。                         | sti          | sti
        RPR 阴性；抑郁症，服用舍曲林。                       | mental       | mental sti
        TPPA（-），余无异常。                               |              | sti
        HIV 抗体阴性。                                      |              | hiv
        HIV、梅毒、丙肝抗体均阴性                            |              | hiv sti
        TPPA 阳性、RPR 阴性                                 | sti          | sti
        HIV 感染、HBsAg 阴性                                | hiv          | hiv
        HIV 感染 HBsAg 阴性                                 | hiv          | hiv
        HIV 感染者双肺未见异常                               | hiv          | hiv
        抑郁症患者否认自杀                                   | mental       | mental
        抑郁症 RPR 阴性                                     | mental       | mental sti
        不能排除梅毒                                        | sti          | sti
        双肺未见艾滋相关改变                                 |              |
        未见明显异常。                                      |              |
        中期引产术后                                        | reproductive | reproductive
    """),
    ids=lambda row: row["text"][:12],
)
def test_which_texts_are_sensitive(row):
    """What is written freely: a word counts unless it is denied; a test with a negative result counts in a report only."""
    assert policies.kinds_of([], [], on=DAY, notes=[row["text"]]) == row["in_note"]
    assert policies.kinds_of([], [], on=DAY, texts=[row["text"]]) == row["in_report"]


def test_a_document_marked_by_its_author_is_sensitive():
    assert policies.kinds_of([], ["出院小结"], on=DAY, is_restricted=True) == "restricted"


@pytest.mark.parametrize(
    "row",
    rows("""
        basis             | treats | referred | agreed          | opens | way
        self              |        |          |                 | yes   | self
        guardian          |        |          |                 | yes   | guardian
        own_encounter     |        |          |                 |       |
        own_encounter     | hiv    |          |                 | yes   | treating
        own_encounter     | mental |          |                 |       |
        contract          |        |          |                 |       |
        contract          |        |          | yes contract    | yes   | contract
        contract          |        |          | yes members     | yes   | consent
        own_encounter     |        |          | yes contract    |       |
        referral_received |        | hiv      |                 | yes   | referral
        referral_received |        | mental   |                 |       |
        referral_sent     |        |          |                 |       |
        booking           |        |          |                 |       |
        responsible_area  |        |          |                 |       |
        responsible_area  |        |          | yes org         | yes   | consent
        order             |        |          |                 |       |
        emergency         |        |          |                 | yes   | emergency
        own_encounter     | hiv    |          | no org          |       |
        own_encounter     | hiv    |          | no members      |       |
        referral_received |        | hiv      | no members      |       |
        contract          |        |          | no members, yes contract | yes | contract
        contract          |        |          | yes members, no contract |     |
        responsible_area  |        |          | no members, yes org      | yes | consent
        emergency         |        |          | no members      | yes   | emergency
        self              |        |          | no members      | yes   | self
    """),
    ids=lambda row: " ".join(filter(None, row.values())),
)
def test_what_opens_an_entry_about_hiv(row):
    """Her organisation treats it, was asked about it, or the resident agreed; the narrower of two decisions counts."""
    opened = rules.opened(standing_of(row), choices_of(row["agreed"]), ways=policies.ways(DAY), kinds=["hiv"])
    assert (bool(opened.ways), str(opened.ways.get("hiv", ""))) == (row["opens"] == "yes", row["way"])


DECISIONS = ("", "yes members", "yes org", "yes contract", "no members", "no org", "no contract")


@pytest.mark.parametrize("said", DECISIONS)
@pytest.mark.parametrize("kind", [str(kind) for kind in Kind])
@pytest.mark.parametrize("basis", [str(basis) for basis in Basis])
def test_every_basis_with_every_kind_and_decision(basis, kind, said):
    """Who does not treat it and got no referral: herself, her guardian and an emergency see; others as she decided."""
    choices = [replace(each, kind=kind) for each in choices_of(said)]
    opened = rules.opened(
        Standing(org_id=HERE, bases=frozenset([basis])), choices, ways=policies.ways(DAY), kinds=[kind]
    )
    if basis in ("self", "guardian", "emergency"):
        expected = True
    elif said == "yes contract":
        expected = basis == "contract" and kind != Kind.RESTRICTED
    else:
        expected = said in ("yes members", "yes org")
    assert (kind in opened.kinds) == expected


@pytest.mark.parametrize(
    "row",
    rows("""
        basis             | refused | remains
        own_encounter     | members | yes
        referral_received | members | yes
        emergency         | members | yes
        self              | members | yes
        contract          | members |
        responsible_area  | members |
        booking           | members |
        order             | members |
        referral_sent     | members |
        responsible_area  | org     |
        responsible_area  | other   | yes
        own_encounter     | org     | yes
    """),
    ids=lambda row: f"{row['basis']} {row['refused']}",
)
def test_what_a_refusal_to_share_leaves(row):
    """Who treats her, who received her by a referral, and an emergency remain; everything else falls."""
    refused = {
        "members": Choice(False, Party.MEMBERS),
        "org": Choice(False, Party.ORG, org_id=HERE),
        "other": Choice(False, Party.ORG, org_id=THERE),
    }[row["refused"]]
    left = rules.bases_left([row["basis"]], [refused], org_id=HERE, firm=policies.firm_bases(DAY))
    assert (row["basis"] in left) == (row["remains"] == "yes")


def standing_of(row) -> Standing:
    return Standing(
        org_id=HERE,
        bases=frozenset([row["basis"]]),
        treated=frozenset(row["treats"].split()),
        referred=frozenset(row["referred"].split()),
    )


def choices_of(text: str) -> list[Choice]:
    said = [each.split() for each in text.split(",") if each.strip()]
    return [Choice(yes == "yes", Party(party), "hiv", HERE if party == "org" else None) for yes, party in said]


BASES = st.sampled_from(["self", "guardian", "own_encounter", "contract", "referral_received", "booking", "emergency"])
KINDS = st.sampled_from([str(kind) for kind in Kind])
ORGS = st.sampled_from([HERE, THERE])
STANDINGS = st.builds(
    Standing, org_id=ORGS, bases=st.frozensets(BASES, min_size=1), treated=st.frozensets(KINDS),
    referred=st.frozensets(KINDS),
)  # fmt: skip
CHOICES = st.one_of(
    st.builds(Choice, st.booleans(), st.just(Party.ORG), KINDS, ORGS),
    st.builds(Choice, st.booleans(), st.sampled_from([Party.CONTRACT, Party.MEMBERS]), KINDS),
)


def _open(standing, choices):
    return rules.opened(standing, choices, ways=policies.ways(DAY), kinds=[str(kind) for kind in Kind]).kinds


@given(STANDINGS, BASES, st.lists(CHOICES, max_size=4))
def test_a_narrower_basis_never_sees_more(standing, more, choices):
    """Who has fewer reasons sees no kind that who has them, too, does not see (a contract brings its own decisions)."""
    if more == "contract" and any(each.party == Party.CONTRACT and not each.is_permitted for each in choices):
        return
    wider = Standing(standing.org_id, standing.bases | {more}, standing.treated, standing.referred)
    assert _open(standing, choices) <= _open(wider, choices)


@given(STANDINGS, st.lists(CHOICES, max_size=4), CHOICES)
def test_agreeing_opens_and_refusing_closes(standing, choices, one):
    """An agreement never closes, a refusal never opens; and nothing but its own kind is touched."""
    before, after = _open(standing, choices), _open(standing, [*choices, one])
    assert before ^ after <= {one.kind}
    if not one.is_permitted:
        assert after <= before
    elif not any(not each.is_permitted for each in choices):
        assert before <= after


@given(STANDINGS, st.lists(CHOICES, max_size=4))
def test_herself_and_an_emergency_always_see(standing, choices):
    opened = _open(standing, choices)
    if "self" in standing.bases:
        assert opened == {str(kind) for kind in Kind}
    if "emergency" in standing.bases:
        assert opened >= {str(k) for k in Kind if Way.EMERGENCY in policies.ways(DAY)[str(k)]}


@given(st.sets(KINDS), st.sets(KINDS))
def test_an_entry_of_several_kinds_needs_all_of_them(kinds, opened):
    seen = rules.is_seen(kinds, opened=rules.Opened(dict.fromkeys(opened, Way.CONSENT)), org_id=THERE, own_org_id=HERE)
    assert seen == (kinds <= opened)
    assert rules.is_seen(kinds, opened=rules.Opened(), org_id=HERE, own_org_id=HERE), "her own organisation's"
    assert rules.kinds_in(rules.stored(kinds)) == kinds
