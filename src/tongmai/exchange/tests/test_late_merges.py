"""A system gives up a number that we have not seen yet: whichever message comes first, the end is the same."""

from itertools import permutations

import pytest
from django.db import transaction

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import IdentityReview, Resident, SourceRegistration
from tongmai.exchange import checks
from tongmai.exchange.hl7v2.tests.adt import OTHER, adt, message, oru, pid, pv1
from tongmai.exchange.models import SourceObject
from tongmai.exchange.services import messages, objects
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW

SYSTEM = Actor.system(now=NOW)
# Under the number that was given up she was entered without her document, and with another birthday.
UNDER_OLD = "PID|1||0002^^^^21||示例陶||19790303|2"


def take_in(raw):
    return messages.take_in(raw, by=SYSTEM, file_name="m.hl7")[0]


def a40(control="m1", gone="0002", at="20261111090000", who=""):
    return message("ADT^A40", control, f"EVN|A40|{at}", who or pid(), f"MRG|{gone}^^^^21", at=at)


ARRIVING = {
    "merged": a40(),
    "visit": adt("A04", "v1", "20261110093000", who=UNDER_OLD, visit=pv1(visit="MZ9", kind="O")),
    "report": oru("r1", who=UNDER_OLD, visit="PV1|1|O", at="20261110120000"),
}


def whose(world):
    source = f"hl7:{SourceRegistration.objects.first().source.removeprefix('hl7:')}"
    return [residents.resident_of_source(source, number) for number in ("0001", "0002")]


@pytest.mark.parametrize("order", list(permutations(ARRIVING)), ids="-".join)
def test_every_order_ends_the_same(world, order):
    for name in order:
        assert take_in(ARRIVING[name]).state == "done"
    one, two = whose(world)
    assert one == two
    assert Resident.objects.filter(merged_into=None).count() == 1
    assert Encounter.objects.get().resident_id == one
    assert not IdentityReview.objects.exists()
    assert list(checks.orphans()) == []


def test_it_is_remembered_once_and_said(world):
    first = take_in(a40())
    assert (first.state, first.outcome) == ("done", "given-up")
    assert take_in(a40(control="m2")).outcome == "given-up"
    assert SourceObject.objects.filter(kind=objects.GIVEN_UP).count() == 1
    late = take_in(
        a40(control="m3", at="20261101090000", who=pid(number="0003", name="示例另", citizen=OTHER, born="19570312"))
    )
    assert late.outcome == "stale", "a newer message says whose the number is"
    entry = SourceObject.objects.get(kind=objects.GIVEN_UP)
    assert SourceRegistration.objects.get(id=entry.target_id).local_number == "0001"


def test_a_number_that_was_given_up_twice_leads_to_the_last(world):
    take_in(a40(gone="0003", who=UNDER_OLD))
    take_in(a40(control="m2", gone="0002", at="20261112090000"))
    take_in(adt("A04", "v1", "20261110093000", who=UNDER_OLD.replace("0002", "0003"), visit=pv1(visit="MZ9", kind="O")))
    source = SourceRegistration.objects.first().source
    assert len({residents.resident_of_source(source, n) for n in ("0001", "0002", "0003")}) == 1


def test_what_contradicts_is_asked_of_a_person(world):
    """Two valid citizens' numbers are never made one by a message."""
    take_in(a40())
    row = take_in(
        adt("A04", "v1", "20261110093000", who=pid(number="0002", name="示例另", citizen=OTHER, born="19570312"))
    )
    assert row.state == "done"
    one, two = whose(world)
    assert one != two and row.resident_id == two
    assert IdentityReview.objects.filter(settled_at=None).count() == 1


def test_a_merge_and_a_first_message_at_once(threads):
    """Whoever comes first, the other sees it: nobody is left under the number that was given up."""
    from tongmai.foundation.catalog.tests import factories as catalog
    from tongmai.foundation.orgs.tests import factories as orgs

    orgs.county_world()
    orgs.kinds()
    catalog.edition(rows=[("I20.0", "不稳定性心绞痛")])
    take_in(adt("A04", "v0", "20261109093000", visit=pv1(visit="MZ1", kind="O")))

    def act(i):
        with transaction.atomic():
            return take_in((a40(), ARRIVING["visit"])[i]).state

    for outcome in (threads(2, act),):
        outcome.only_errors_of()
    one, two = whose(None)
    assert one == two
