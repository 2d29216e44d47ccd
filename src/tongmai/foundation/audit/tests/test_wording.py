"""The trail in words: names where an app lends them, the end of an id where none does."""

from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import translation

from tongmai.foundation.audit import services, wording
from tongmai.foundation.orgs.events import AgreementSigned, OrgChanged
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as

KEY = UUID("018f0000-0000-7000-8000-00000000abcd")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("episode_id", str(KEY), "…0000abcd"),
        ("starts_on", "2026-11-20", "2026-11-20"),
        ("is_late", True, "是"),
        ("n_rows", 0, "0"),
        ("fields", ["name", "number"], "名称、工号"),
        ("code", "x", "x"),
    ],
)
def test_a_value_is_said_by_what_it_is(field, value, said):
    assert wording.payload_facts("anything.Happened", {field: value}) == [(wording.field_label(field), said)]


@pytest.mark.parametrize("value", [None, "", []])
def test_what_says_nothing_is_left_out(value):
    assert wording.payload_facts("anything.Happened", {"code": value}) == []


def test_the_resident_is_never_among_the_facts():
    assert wording.payload_facts("anything.Happened", {"resident_id": str(KEY)}) == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_names_organisations_and_shows_ids_only_as_evidence(client, language):
    world = county_world()
    services.record(OrgChanged(org_id=world.township.id, fields=["name"]), by=world.actor(Role.SYSTEM_ADMIN))
    sign_in_as(client, Role.AUDIT_ADMIN, org=world.lead)
    listing = client.get(reverse("audit:events")).content.decode()
    assert "OrgChanged" not in listing.partition("<tbody>")[2]
    row = services.Event.objects.filter(name="orgs.OrgChanged").latest("id")
    client.cookies["django_language"] = language
    page = client.get(reverse("audit:event", args=[row.id])).content.decode()
    facts, _, evidence = page.partition("<details><summary>")
    assert world.township.name in facts
    assert "orgs.OrgChanged" not in facts
    assert "orgs.OrgChanged" in evidence
    if language == "en":
        assert "Organisation" in facts
    translation.deactivate()


@pytest.mark.django_db
def test_both_sides_of_an_agreement_are_named():
    world = county_world()
    told = {"from_org_id": str(world.lead.id), "to_org_id": str(world.township.id), "kind": "x"}
    said = dict(wording.payload_facts(f"orgs.{AgreementSigned.__name__}", told))
    assert {world.lead.name, world.township.name} <= set(said.values())
