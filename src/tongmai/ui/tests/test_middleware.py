"""What is refused before any view sees it."""

import pytest


@pytest.mark.django_db
def test_a_character_that_no_database_keeps_is_refused_at_the_door(client):
    answer = client.post("/sign-in/", {"username": "\0"})
    assert answer.status_code == 422
    assert "含有无法保存的字符" in answer.content.decode()
