import threading

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import Client, RequestFactory

from tongmai.foundation.audit.idempotency import REPLAYED, IdempotentWrites
from tongmai.foundation.audit.models import Answer, Delivery, Event
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.audit.tests.factories import NOW
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as


@pytest.fixture
def by(db):
    return county_world().actor(Role.SPECIALIST)


def send(view, by, *, key="k1", body="{}", method="post", path="/api/v1/things/", **headers):
    request = RequestFactory().generic(
        method.upper(), path, data=body, content_type="application/json", headers={"Idempotency-Key": key, **headers}
    )
    request.actor = by
    return IdempotentWrites(view)(request)


def writes(request):
    """A view that writes one event each time."""
    row = factories.happened(request.body.decode(), by=request.actor)
    response = JsonResponse({"id": row.id}, status=201)
    response["ETag"] = '"1"'
    return response


def test_the_same_request_is_answered_as_before_and_does_nothing(by):
    first, second = send(writes, by), send(writes, by)
    assert (second.status_code, second.content, second["ETag"]) == (201, first.content, '"1"')
    assert second[REPLAYED] == "true" and REPLAYED not in first
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [{"body": '{"a": 1}'}, {"path": "/api/v1/others/"}, {"method": "put"}, {"If-Match": '"2"'}],
    ids=["body", "address", "method", "version"],
)
def test_the_same_key_for_another_request_is_refused(by, other):
    send(writes, by)
    answer = send(writes, by, **other)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert Event.objects.count() == 1


def test_a_key_belongs_to_its_user_and_post(by):
    world = county_world()
    for someone in (by, world.actor(Role.SPECIALIST), world.actor(Role.MANAGER)):
        assert send(writes, someone).status_code == 201
    assert Event.objects.count() == 3


def test_a_refusal_is_replayed_too(by):
    def refuses(request):
        factories.happened(by=request.actor)
        return JsonResponse({}, status=422)

    assert send(refuses, by).status_code == send(writes, by).status_code == 422


@pytest.mark.parametrize("status", [500, 503, 401, 403, 429])
def test_what_may_succeed_later_is_tried_again_and_left_nothing(by, status):
    def breaks(request):
        factories.happened(by=request.actor)
        return HttpResponse(status=status)

    assert send(breaks, by).status_code == status
    assert not Event.objects.exists() and not Answer.objects.exists()
    assert send(writes, by).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 81])
def test_a_key_that_is_none_is_refused(by, key):
    assert send(writes, by, key=key).status_code == 422
    assert not Event.objects.exists()


def test_reads_pages_and_visitors_pass(by):
    assert send(lambda request: HttpResponse("read"), by, method="get").content == b"read"
    assert send(writes, by, path="/referrals/").status_code == 201
    assert send(lambda request: HttpResponse(status=401), None).status_code == 401
    assert not Answer.objects.exists()


def test_the_same_request_many_times_at_once_writes_once(threads):
    by = county_world().actor(Role.SPECIALIST)
    started = threading.Barrier(6)

    def work(i):
        started.wait(30)
        return send(writes, by)

    answers = threads(6, work).only_errors_of().results
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_the_product_is_set_up_with_it():
    world, client = county_world(), Client()
    parked = Delivery.objects.create(event=factories.happened(), subscriber="a", next_try_at=NOW, state="parked")
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    path = f"/api/v1/deliveries/{parked.id}/retry"
    first, second = (client.post(path, headers={"Idempotency-Key": "retry-1"}) for _ in range(2))
    assert (first.status_code, second.status_code, second[REPLAYED]) == (204, 204, "true")
