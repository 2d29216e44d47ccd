"""What residents decide: written down at a counter or by themselves, replaced, withdrawn, and asked before other uses."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongmai.commons.residents import selectors, services
from tongmai.commons.residents.models import SharingChoice, UseConsent
from tongmai.commons.residents.services import Said
from tongmai.commons.residents.tests import factories
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted

DAY = NOW.date()
YEAR = DAY + timedelta(days=365)
STUDY = {"purpose": "research", "recipient": "示例医科大学", "purpose_text": "高血压随访研究"}


@pytest.fixture
def her(world):
    return factories.resident("示例周")


@pytest.fixture
def herself(world, her):
    return world.actor(Role.RESIDENT, resident_id=her.id)


def test_nothing_is_allowed_beyond_care_until_she_agrees_and_only_that(her, by):
    asked = {"purpose": "research", "recipient": "示例医科大学"}
    assert not selectors.allows(her.id, **asked, at=DAY)
    given = services.agree_to_use(her.id, by=by, said=Said(ends_before=YEAR), **STUDY)
    assert selectors.allows(her.id, **asked, at=DAY)
    assert selectors.allows(her.id, **asked, at=YEAR - timedelta(days=1))
    for other in (
        {"at": YEAR}, {"at": DAY - timedelta(days=1)}, {"at": DAY, "recipient": "示例大学"}, {"at": DAY, "purpose": "insurance"},
    ):  # fmt: skip
        assert not selectors.allows(her.id, **{**asked, **other}), other
    neighbour = factories.resident("示例邻")
    assert selectors.allowed([her.id, neighbour.id], **asked, at=DAY) == {her.id}
    services.withdraw_use(given.id, by=by, how="phone", reason="改变主意")
    assert not selectors.allows(her.id, **asked, at=DAY)
    row = UseConsent.objects.get()
    assert (row.withdrawn_how, row.withdrawn_reason, row.withdrawn_by_id) == ("phone", "改变主意", by.user_id)
    assert services.withdraw_use(given.id, by=by, how="paper").withdrawn_how == "phone", "withdrawn once"


def test_a_new_decision_takes_the_place_of_the_old_which_stays_readable(her, by):
    for is_permitted in (False, True):
        services.choose_sharing(her.id, by=by, said=Said(), is_permitted=is_permitted, party="members")
    rows = list(SharingChoice.objects.order_by("decided_at", "id"))
    assert sorted((row.is_permitted, row.withdrawn_at is None) for row in rows) == [(False, False), (True, True)]
    lines = selectors.decisions_of(her.id, by=by).sharing
    assert {line.counts for line in lines} == {True, False}
    assert Event.objects.filter(name="residents.SharingChosen").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"party": "contract"}, {"party": "org"}, {"party": "everybody"}, {"kind": "cancer"},
        {"said": Said(given="guardian")}, {"said": Said(how="fax")}, {"said": Said(given="neighbour")},
        {"said": Said(ends_before=DAY)},
    ],
    ids=str,
)  # fmt: skip
def test_a_decision_that_says_nothing_clear_is_refused_and_leaves_nothing(her, by, wrong):
    with pytest.raises(InvalidInput):
        services.choose_sharing(
            her.id, **{"by": by, "said": Said(), "is_permitted": False, "party": "members", **wrong}
        )
    assert not SharingChoice.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"recipient": " "}, {"purpose": "fun"}, {"purpose_text": ""}, {"said": Said()}], ids=str
)  # fmt: skip
def test_a_use_without_purpose_recipient_or_end_is_refused(her, by, wrong):
    with pytest.raises(InvalidInput):
        services.agree_to_use(her.id, **{"by": by, "said": Said(ends_before=YEAR), **STUDY, **wrong})
    assert not UseConsent.objects.exists()


def test_for_a_child_her_guardian_decides(world, by):
    child = factories.resident("示例童", born_on=date(2018, 1, 1))
    with pytest.raises(InvalidInput):
        services.choose_sharing(child.id, by=by, said=Said(), is_permitted=False, party="members")
    said = Said(given="guardian", given_name="示例母")
    row = services.choose_sharing(child.id, by=by, said=said, is_permitted=False, party="members")
    assert (row.given, row.given_name) == ("guardian", "示例母")


def test_she_decides_and_withdraws_on_her_own_page_and_nobody_else_does(world, her, herself):
    row = services.choose_sharing(her.id, by=herself, said=Said(how="paper"), is_permitted=False, party="members")
    assert (row.given, row.how, row.given_name) == ("herself", "screen", herself.name)
    stranger = world.actor(Role.RESIDENT, resident_id=factories.resident("示例他").id)
    for other in (stranger, world.actor(Role.REGISTRAR, org=world.stranger)):
        with pytest.raises(NotFound):
            services.withdraw_sharing(row.id, by=other, how="paper")
        with pytest.raises(NotFound):
            selectors.decisions_of(her.id, by=other)
    with pytest.raises(NotPermitted):
        services.withdraw_sharing(row.id, by=world.actor(Role.NURSE), how="paper")
    assert services.withdraw_sharing(row.id, by=herself).withdrawn_how == "screen"


def test_that_she_decided_about_a_sensitive_kind_is_told_to_whom_she_told_it(world, her, herself, by):
    services.choose_sharing(her.id, by=herself, said=Said(), is_permitted=True, kind="hiv", party="contract")
    services.choose_sharing(her.id, by=herself, said=Said(), is_permitted=False, party="members")
    told = selectors.decisions_of(her.id, by=by)
    assert ([line.what for line in told.sharing], told.n_elsewhere) == ([""], 1)
    assert len(selectors.decisions_of(her.id, by=herself).sharing) == 2


@pytest.mark.parametrize(
    "wrong", [{"party": "org"}, {"kind": "cancer"}, {"party": "all"}, {"given_name": ""}, {"ends_before": DAY}], ids=str
)  # fmt: skip
def test_the_database_refuses_what_is_no_decision(her, by, wrong):
    fine = {
        "resident": her, "is_permitted": False, "party": "members", "starts_on": DAY, "given": "herself", "how": "paper",
        "given_name": "示例", "text_version": "x", "decided_at": NOW,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingChoice.objects.create(**fine | wrong)
    SharingChoice.objects.create(**fine)
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingChoice.objects.create(**fine)


def test_the_page_of_the_counter_and_her_own(client, world, her, herself):
    orgs.sign_in_as(client, Role.REGISTRAR, org=world.township)
    address = f"/residents/{her.id}/consents/"
    sent = {"share-is_permitted": "no", "share-party": "members", "share-given": "herself", "share-how": "paper"}
    assert client.post(f"{address}share/", sent).status_code == 302
    assert client.post(f"{address}use/", {"use-purpose": "research"}).status_code == 422
    shown = client.get(address).content.decode()
    assert "全部档案 → 全部成员机构" in shown
    assert client.post(f"/residents/sharing/{SharingChoice.objects.get().id}/withdraw/").status_code == 302
    assert SharingChoice.objects.get().withdrawn_at is not None
    assert client.get(f"/residents/{her.id}/consents.pdf").content.startswith(b"%PDF")
