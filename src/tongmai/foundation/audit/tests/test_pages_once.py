"""A form of a page that is sent again: what it wrote is written once, and the way on is that of the first time."""

import json
import threading
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from tongmai.foundation.audit import retention
from tongmai.foundation.audit.idempotency import REPLAYED, IdempotentWrites
from tongmai.foundation.audit.models import Answer, Event
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.errors import NotFound
from tongmai.ui import http, once

FORM = {"once": "k1", "name": "示例甲", "csrfmiddlewaretoken": "x"}


@pytest.fixture
def by(db):
    return county_world().actor(Role.SPECIALIST)


def send(view, by, form=FORM, *, path="/residents/new/", **headers):
    request = RequestFactory().post(path, form, headers=headers)
    request.actor, request.session = by, {}
    request.user = SimpleLazyObject(lambda: User.objects.get(id=by.user_id))
    request.htmx = "HX-Request" in headers
    return IdempotentWrites(view)(request)


def writes(request):
    """A view that writes one event each time, and leads to another page each time."""
    factories.happened(request.POST.get("name", ""), by=request.actor)
    return http.go(request, f"/residents/{uuid4()}/", "已建档。")


def refuses(request):
    """A view that refuses what is there already, and notes that somebody tried."""
    factories.happened("tried", by=request.actor)
    return HttpResponse("已建档", status=409)


def test_the_same_form_leads_where_it_led_and_writes_once(by):
    first, again = send(writes, by), send(writes, by, FORM | {"csrfmiddlewaretoken": "another"})
    assert (again.status_code, again.url, again.way_on) == (302, first.url, first.way_on)
    assert REPLAYED in again and REPLAYED not in first
    assert Event.objects.count() == Answer.objects.count() == 1


def test_who_asks_by_htmx_is_answered_so_again_and_in_place_too(by):
    first = send(writes, by, **{"HX-Request": "true"})
    again = send(writes, by, **{"HX-Request": "true"})
    assert again["HX-Location"] == first["HX-Location"]
    in_place = send(writes, by, **{"HX-Request": "true", "X-Tongmai-In-Place": "true"})
    assert (in_place.status_code, json.loads(in_place["HX-Trigger"])["tm:done"]["message"]) == (204, "已建档。")
    assert Event.objects.count() == 1


def test_what_is_refused_because_it_is_done_leads_to_what_was_done(by):
    first, again = send(writes, by), send(refuses, by)
    assert (again.status_code, again.url) == (302, first.url)
    assert Event.objects.count() == 1  # that somebody tried is not true of the same form


def test_a_refused_form_may_be_sent_again_and_what_it_noted_stays(by):
    assert send(refuses, by).status_code == 409
    assert not Answer.objects.exists() and Event.objects.count() == 1
    assert send(writes, by).status_code == 302


@pytest.mark.parametrize(
    "other", [{"name": "示例乙"}, {"name": ["示例甲", "示例乙"]}, {"file": SimpleUploadedFile("a.csv", b"a")}], ids=str
)
def test_the_same_key_with_another_content_is_refused_with_a_way_to_what_is_saved(by, other):
    first = send(writes, by)
    for view in (writes, refuses):
        answer = send(view, by, FORM | other)
        assert answer.status_code == 409 and Event.objects.count() == 1
        assert "这次的内容不同" in answer.content.decode() and first.url in answer.content.decode()


def test_the_content_of_files_counts(by):
    def sent(content):
        return send(writes, by, FORM | {"file": SimpleUploadedFile("a.csv", content)})

    assert (sent(b"a").status_code, sent(b"a").status_code, sent(b"b").status_code) == (302, 302, 409)
    assert Event.objects.count() == 1


def test_a_view_reads_the_file_from_its_beginning(by):
    seen = []

    def reads(request):
        seen.append(request.FILES["file"].read())
        return writes(request)

    send(reads, by, FORM | {"file": SimpleUploadedFile("a.csv", b"abc")})
    assert seen == [b"abc"]


def test_a_key_belongs_to_its_user_and_post(by):
    world = county_world()
    for someone in (by, world.actor(Role.SPECIALIST), world.actor(Role.MANAGER)):
        assert send(writes, someone).status_code == 302
    assert Event.objects.count() == 3


def test_another_page_or_post_with_the_key_is_another_form(by):
    send(writes, by)
    assert send(writes, by, path="/residents/").status_code == 409
    assert Event.objects.count() == 1


def test_a_failure_leaves_nothing_and_the_form_may_be_sent_again(by):
    def breaks(request):
        writes(request)
        return HttpResponse(status=503)

    assert send(breaks, by).status_code == 503
    assert not Event.objects.exists() and not Answer.objects.exists()
    assert send(writes, by).status_code == 302


def test_an_error_that_is_not_ours_leaves_nothing(by):
    def breaks(request):
        writes(request)
        raise NotFound()

    with pytest.raises(NotFound):
        send(breaks, by)
    assert not Event.objects.exists()


def test_a_secret_is_not_kept_and_the_same_form_says_how_to_get_another(by):
    def gives(request):
        factories.happened(by=request.actor)
        return http.shown_once(HttpResponse("初始密码 geheim"), "/orgs/tokens/", "请重新签发。")

    assert "geheim" in send(gives, by).content.decode()
    assert not any("geheim" in str(value) for value in Answer.objects.values().get().values())
    again = send(gives, by)
    assert (again.status_code, again.url, again.way_on.message) == (302, "/orgs/tokens/", "请重新签发。")
    assert Event.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 81])
def test_a_key_that_is_none_is_refused(by, key):
    answer = send(writes, by, FORM | {"once": key})
    assert answer.status_code == 422 and "没有保存" in answer.content.decode()
    assert not Event.objects.exists()


def test_an_old_answer_is_forgotten(by):
    send(writes, by)
    retention.retire_old(by.at(by.now + timedelta(hours=23)))
    assert send(writes, by.at(by.now + timedelta(hours=23))).has_header(REPLAYED)
    retention.retire_old(by.at(by.now + timedelta(hours=25)))
    assert not Answer.objects.exists()


def test_visitors_and_forms_without_a_key_pass(by):
    assert send(writes, by, {"name": "示例甲"}).status_code == 302
    visitor = send(lambda request: HttpResponse("sign in"), None)
    assert visitor.content == b"sign in" and not Answer.objects.exists()


def test_the_first_time_costs_one_statement(by, django_assert_num_queries):
    def says(request):
        return http.go(request, "/residents/")

    with django_assert_num_queries(3):  # BEGIN or SAVEPOINT, INSERT, and its end
        send(says, by)


def test_the_same_form_many_times_at_once_writes_once(threads):
    by = county_world().actor(Role.SPECIALIST)
    started = threading.Barrier(6)

    def work(i):
        started.wait(30)
        return send(writes, by)

    answers = threads(6, work).only_errors_of().results
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert Event.objects.count() == Answer.objects.count() == 1


def test_what_is_said_twice_is_waiting_once():
    request = RequestFactory().post("/")
    request.session, request.htmx = {}, False
    for _ in range(2):
        http.go(request, "/", "已保存。")
    assert request.session["notices"] == ["已保存。"]


def test_each_place_of_a_template_has_another_key():
    request = RequestFactory().get("/")
    shown = once.Input(request)
    first, second = shown.__html__(), shown.__html__()
    assert first != second and first.partition("once")[0] == second.partition("once")[0]
    assert once.key_of(SimpleNamespace(method="GET", POST=FORM)) is None
