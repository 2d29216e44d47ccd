"""The bare line of `bench limit` leaves behind what the service leaves: it falls behind no change of the schema unseen."""

import json
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from tongmai.bench import limit_clients, limit_write
from tongmai.bench.limit_clients import Load
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.tests.factories import Clinic, clinic
from tongmai.commons.capacity.models import Pool
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as

pytestmark = pytest.mark.postgres

# What the product writes beyond the line: who may find the resident from now on.
BEYOND = {"residents_knownto"}


@pytest.fixture
def county(transactional_db) -> Clinic:
    return clinic()


def _rows() -> dict[str, int]:
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


def _more(before: dict[str, int]) -> dict[str, int]:
    return {table: n - before[table] for table, n in _rows().items() if n != before[table]}


def _url() -> str:
    given = connection.settings_dict
    return f"postgres://{quote(given['USER'])}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def _waiting(county: Clinic) -> list[dict[str, str]]:
    template = county.submitted()
    for i in range(3):
        residents.resident(f"示例限{i}")
    return limit_write.waiting(template, 3, now=county.world.now)


def test_both_lines_leave_the_same_rows(county, client):
    pool = county.pool(total=20, reserved=10)
    first, second, third = _waiting(county)
    statements = limit_write.statements(first, pool.id, by=county.specialist)
    kept = {name: value for each in statements for name, value in each.get("kept", {}).items()}
    bare = [{name: value for name, value in each.items() if name != "kept"} for each in statements]

    before = _rows()
    load = Load("sql", _url(), 30, 1, [second | kept | {"pool": str(pool.id)}], True, bare)
    assert limit_clients.run(load).failures == []
    by_sql = _more(before)

    sign_in_as(client, Role.SPECIALIST, org=county.world.lead)
    before = _rows()
    answer = client.post(
        reverse("api:take_referral_step", args=[third["referral"], "accept"]),
        json.dumps({"pool_ids": [str(pool.id)]}), content_type="application/json", headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    by_product = _more(before)
    assert by_sql == {table: n for table, n in by_product.items() if table not in BEYOND}
    assert by_sql["audit_event"] == 3

    states = Referral.objects.filter(id__in=[second["referral"], third["referral"]])
    assert list(states.values_list("state", "version")) == [("booked", 3)] * 2
    assert Pool.objects.values_list("taken_reserved", "taken_borrowed", "tickets").get(id=pool.id) in {
        (3, 0, 3), (2, 1, 3), (1, 2, 3),
    }  # fmt: skip
