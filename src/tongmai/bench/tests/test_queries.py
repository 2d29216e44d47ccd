"""Every page of the journeys asks the database a fixed number of times, however many rows it shows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tongmai.care.referrals.tests.factories import Clinic, clinic
from tongmai.commons.encounters import services
from tongmai.commons.encounters.tests import factories as encounters
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as

FEW, MANY = 5, 50
NAME = "示例多"


class Desk:
    """Somebody signed in, whose pages are counted."""

    def __init__(self, role: Role, org) -> None:
        self.browser = Client()
        sign_in_as(self.browser, role, org=org)

    def n_queries(self, address: str, words: dict | None = None) -> int:
        """Return how often a page asks, once the session is known to the cache."""
        self._ask(address, words)
        with CaptureQueriesContext(connection) as asked:
            self._ask(address, words)
        return len(asked)

    def _ask(self, address: str, words: dict | None) -> None:
        if words is None:
            answer = self.browser.get(address)
        elif address == reverse("portal:search"):
            answer = self.browser.post(address, words, headers={"HX-Request": "true"})
        else:
            answer = self.browser.post(address, words, follow=True)
        assert answer.status_code == 200, address


def grow(county: Clinic, n: int) -> None:
    """Bring the county to `n` of everything: residents, visits of the first one, referrals on the board, free places."""
    while (have := county.n_rows) < n:
        who = residents.resident(f"{NAME}{have}", phone=f"1390000{have:04}")
        seen = encounters.visit(county.resident, by=county.gp)
        services.record_diagnoses(seen.id, by=county.gp, diagnoses=[services.DiagnosisEntry("I10.x00")])
        services.finish(seen.id, by=county.gp)
        encounters.visit(who, by=county.gp)
        county.last = county.submitted(of=who)
        county.pool(days=1 + have % 10)
        county.n_rows += 1


def pages(county: Clinic) -> dict[str, tuple[Role, str, dict | None]]:
    """Return every page that a journey opens: who opens it, where, and what she types."""
    gp, desk, one = Role.GENERAL_PRACTITIONER, Role.REFERRAL_COORDINATOR, county.resident.id
    search, listed, last = reverse("portal:search"), reverse("residents:list"), county.last.id
    return {
        "home": (gp, reverse("portal:home"), None),
        "home of the desk": (desk, reverse("portal:home"), None),
        "search by letters": (gp, search, {"q": "sld"}),
        "search by name": (gp, search, {"q": NAME}),
        "list": (gp, listed, None),
        "name in the list": (gp, listed, {"q": NAME}),
        "register": (gp, reverse("residents:new"), None),
        "resident": (gp, reverse("portal:resident", args=[one]), None),
        "visit form": (gp, reverse("encounters:start", args=[one]), None),
        "visit": (gp, reverse("encounters:detail", args=[county.resident.encounters.last().id]), None),
        "referral form": (gp, f"{reverse('referrals:new')}?resident={one}", None),
        "board": (desk, reverse("referrals:list"), None),
        "referral": (desk, reverse("referrals:detail", args=[last]), None),
        "free places": (desk, reverse("referrals:book", args=[last]), None),
    }


@pytest.mark.django_db
def test_pages_ask_as_often_for_fifty_rows_as_for_five():
    county = clinic()
    county.n_rows, county.last = 0, None
    desks = {
        Role.GENERAL_PRACTITIONER: Desk(Role.GENERAL_PRACTITIONER, county.world.township),
        Role.REFERRAL_COORDINATOR: Desk(Role.REFERRAL_COORDINATOR, county.world.lead),
    }
    counted: list[dict[str, int]] = []
    for n in (FEW, MANY):
        grow(county, n)
        counted.append({name: desks[role].n_queries(at, words) for name, (role, at, words) in pages(county).items()})
    assert counted[0] == counted[1]
