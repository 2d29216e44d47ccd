import json
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from pydantic import TypeAdapter, ValidationError

from tongmai.kernel.errors import InvalidInput, NotFound, PreconditionRequired, VersionConflict
from tongmai.ui import api


@pytest.mark.parametrize("bad", ["a\x00b", "\x07", "x" * 6, "\x9f"])
def test_text_refuses_control_characters_and_what_is_too_long(bad):
    with pytest.raises(ValidationError):
        TypeAdapter(api.Text(5)).validate_python(bad)


def test_text_takes_lines_and_chinese():
    assert TypeAdapter(api.Text(5)).validate_python("甲\n乙\t") == "甲\n乙\t"


def test_a_problem_names_the_field_that_is_wrong():
    answer = api.problem_of(InvalidInput(field="phone", problem="太短"))
    body = json.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert body["code"] == "invalid-input"
    assert body["errors"] == [{"field": "phone", "problem": "太短"}]


def test_a_problem_of_something_absent_says_no_more():
    assert json.loads(api.problem_of(NotFound()).content)["code"] == "not-found"


def _walk(rows, limit, **options):
    seen, cursor = [], None
    while True:
        page, cursor = api.paginate(rows, cursor, limit, lambda row: [row], **options)
        seen.append(page)
        if cursor is None:
            return seen


def test_pages_of_a_list_meet_without_gap_or_overlap():
    assert _walk([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]
    assert _walk([5, 4, 3], 2, newest_first=True) == [[5, 4], [3]]
    assert _walk([], 2) == [[]]


def test_pages_of_a_query_meet_without_gap_or_overlap(db):
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    for name in "abcde":
        Session.objects.create(session_key=name, session_data="", expire_date=timezone.now())
    seen, cursor = [], None
    for _page in range(3):
        rows, cursor = api.paginate(Session.objects.all(), cursor, 2, ("expire_date", "session_key"))
        seen += [row.session_key for row in rows]
    assert (seen, cursor) == (list("abcde"), None)


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "\ud800", "é" * 50, "W10:1u:AAAA"])
def test_a_made_up_cursor_is_refused(cursor):
    with pytest.raises(InvalidInput):
        api.paginate([1, 2], cursor, 1, lambda row: [row])


def test_a_version_that_was_not_seen_is_refused():
    thing = SimpleNamespace(version=3)
    factory = RequestFactory()
    api.check_version(factory.put("/", headers={"If-Match": '"3"'}), thing)
    api.check_version(factory.put("/", headers={"If-Match": 'W/"3", "2"'}), thing)
    api.check_version(factory.put("/", headers={"If-Match": "*"}), thing)
    api.check_version(factory.put("/"), thing, required=False)
    with pytest.raises(PreconditionRequired):
        api.check_version(factory.put("/"), thing)
    with pytest.raises(VersionConflict):
        api.check_version(factory.put("/", headers={"If-Match": '"2"'}), thing)


def test_the_version_is_told():
    response = HttpResponse()
    api.with_etag(response, 7)
    assert response["ETag"] == '"7"'
