import json
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.test.client import Client
from openpyxl import load_workbook

from tongmai.ui import http
from tongmai.ui.jinja import query
from tongmai.ui.paging import page_of


def _request(path="/", **headers):
    request = RequestFactory().get(path, headers=headers)
    request.session = {}
    request.htmx = "HX-Request" in headers
    return request


def test_done_redirects_a_page_and_says_its_message_once():
    request = _request()
    response = http.done(request, "portal:home", message="已接收")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert request.session["notices"] == ["已接收"]


def test_done_tells_htmx_where_to_go():
    response = http.done(_request(**{"HX-Request": "true"}), "portal:home")
    assert json.loads(response["HX-Location"])["path"] == "/"


def test_done_in_place_stays_in_the_list_and_says_its_message_there():
    request = _request(**{"HX-Request": "true", "X-Tongmai-In-Place": "true"})
    response = http.done(request, "portal:home", message="已接收")
    assert response.status_code == 204
    assert json.loads(response["HX-Trigger"]) == {"tm:done": {"message": "已接收"}}
    assert "notices" not in request.session


def test_excel_keeps_texts_texts_and_drops_control_characters():
    rows = [["=1+1", "a\x00b", 3, datetime(2026, 3, 1, 17, tzinfo=UTC), None]]
    response = http.xlsx_response("名单.xlsx", ["甲", "乙", "丙", "丁", "戊"], rows)
    book = load_workbook(BytesIO(response.content))
    cells = list(book.active.iter_rows(min_row=2))[0]
    assert (cells[0].value, cells[0].data_type) == ("=1+1", "s")
    assert (cells[1].value, cells[2].value, cells[3].value) == ("ab", 3, datetime.fromisoformat("2026-03-02T01:00"))
    assert "filename*=utf-8''" in response["Content-Disposition"]
    book.close()


def test_pdf_is_shown_and_not_cached():
    response = http.pdf_response("单.pdf", b"%PDF-")
    assert response["Content-Disposition"].startswith("inline")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", ["", "0", "-1", "x", "٣", "99999999"])
def test_an_unusable_page_number_means_the_first(asked):
    assert page_of(_request(f"/?page={asked}"), list(range(10)), size=4).rows == [0, 1, 2, 3]


def test_pages_know_their_neighbours_without_counting():
    middle = page_of(_request("/?page=2&state=new"), list(range(10)), size=4)
    assert (middle.rows, middle.previous_href, middle.next_href) == (
        [4, 5, 6, 7],
        "?page=1&state=new",
        "?page=3&state=new",
    )
    assert page_of(_request("/?page=3"), list(range(10)), size=4).next_href == ""
    assert page_of(_request(), [], size=4).said == ""


def test_a_changed_filter_goes_back_to_the_first_page():
    request = _request("/?page=3&state=new&town=a")
    assert query(request, state="late") == "?state=late&town=a"
    assert query(request, state="") == "?town=a"


@pytest.fixture
def answered():
    """Answers of the real application."""
    return Client()


def test_every_answer_forbids_what_is_inline(answered, db):
    policy = answered.get("/sign-in/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_an_absent_page_is_a_page_a_fragment_or_a_problem(answered, db):
    page = answered.get("/nothing/")
    assert (page.status_code, "<html" in page.content.decode()) == (404, True)
    fragment = answered.get("/nothing/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Retarget"]) == (404, "#tm-notices")
    assert "<html" not in fragment.content.decode()
    problem = answered.get("/api/v1/nothing")
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")


def test_a_forged_form_is_refused_with_a_way_out(db):
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "页面停留太久" in response.content.decode()


def test_the_page_for_a_broken_server_needs_nothing():
    from tongmai.ui import failures

    assert failures.broken(SimpleNamespace(path="/x/")).status_code == 500
    assert failures.broken(SimpleNamespace(path="/api/v1/x"))["Content-Type"] == "application/problem+json"


def test_the_gallery_shows_every_component(answered, db):
    response = answered.get("/ui/gallery/")
    assert response.status_code == 200
    for mark in ("tm-rail", "tm-timeline", "tm-deadline", "tm-chips", "tm-pager", "tm-picker", "tm-dialog", "tm-empty"):
        assert mark in response.content.decode(), mark
