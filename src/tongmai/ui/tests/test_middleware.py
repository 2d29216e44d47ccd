"""What is refused before any view sees it."""

import pytest


@pytest.mark.django_db
def test_a_character_that_no_database_keeps_is_refused_at_the_door(client):
    answer = client.post("/sign-in/", {"username": "\0"})
    assert answer.status_code == 422
    assert "含有无法保存的字符" in answer.content.decode()


def test_a_request_larger_than_any_of_ours_is_refused_unread(client, db, settings):
    settings.BODY_MAX_BYTES = 1000
    answer = client.post("/sign-in/", {"username": "x" * 2000, "password": "y"})
    assert answer.status_code == 413 and "太大" in answer.content.decode()
    answer = client.post("/api/v1/orgs/", "x" * 2000, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_form_with_too_many_fields_is_too_large(client, db, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    answer = client.post("/sign-in/", {f"f{i}": "x" for i in range(20)})
    assert answer.status_code == 413 and "太大" in answer.content.decode()
