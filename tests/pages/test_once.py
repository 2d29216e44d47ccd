"""Forms of the product as several browsers send them: the same form at the same moment, and again after a lost answer.

That every other form bears being sent twice is shown where it is sent at all, see tests/harness/twice.py.
"""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import living
from tongmai.commons.capacity.models import Booking
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.models import Note, Vitals
from tongmai.commons.residents.models import Resident
from tongmai.foundation.audit.models import Answer, Event
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role

N = 4


def _browser(by) -> Client:
    client = Client()
    client.force_login(User.objects.get(id=by.user_id))
    return client


@pytest.fixture
def county(threads):
    return living.county()


@pytest.mark.parametrize("what", ["a registration", "a note", "vitals", "a booking"])
def test_the_same_form_at_the_same_moment_is_carried_out_once(threads, county, what):
    by, address, form, model = _forms(county)[what]
    n, n_answers = model.objects.count(), Answer.objects.count()
    browsers = [_browser(by) for _ in range(N)]
    answers = threads(N, lambda i: browsers[i].post(address, form | {"once": "k1"})).only_errors_of().results
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, answers[0].url)}
    assert (model.objects.count(), Answer.objects.count()) == (n + 1, n_answers + 1)


def _forms(county):
    visit = encounters.start_visit(county.resident.id, by=county.gp, complaint="头晕三天")
    registrar = county.world.actor(Role.REGISTRAR, org=county.world.lead)
    pool = county.pool(total=5, reserved=0)
    who = {"name": "示例新", "sex": "female", "born_on": "1960-05-17", "id_kind": "citizen_id", "phone_whose": "self"}
    return {
        "a registration": (registrar, reverse("residents:new"), who, Resident),
        "a note": (county.gp, reverse("encounters:note", args=[visit.id]), {"kind": "visit", "text": "头晕"}, Note),
        "vitals": (county.gp, reverse("encounters:vitals", args=[visit.id]), {"pulse": "70"}, Vitals),
        "a booking": (
            registrar, reverse("capacity:desk"), {"resident_id": county.resident.id, "pools": pool.id}, Booking,
        ),
    }  # fmt: skip


@pytest.mark.django_db
def test_the_key_of_a_page_is_what_the_form_is_sent_with():
    county = living.county()
    client, address = _browser(county.gp), reverse("residents:new")
    page = client.get(address).content.decode()
    keys = re.findall(r'name="once" value="([\w-]{22})"', page)
    assert keys and len(set(keys)) == len(keys)
    who = {"name": "示例新", "sex": "female", "born_on": "1960-05-17", "id_kind": "citizen_id", "phone_whose": "self"}
    first, again = (client.post(address, who | {"once": keys[-1]}) for _ in range(2))
    n = Event.objects.count()
    other = client.post(address, who | {"once": keys[-1], "name": "示例别人"})
    assert (first.status_code, again.url, other.status_code) == (302, first.url, 409)
    assert first.url in other.content.decode() and Event.objects.count() == n
    assert Resident.objects.filter(name__startswith="示例新").count() == 1
