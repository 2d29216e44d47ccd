"""What is refused before any view sees it."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("method, sent", [("get", {"next": "/\0"}), ("post", {"username": "\0"})])
def test_a_character_that_no_database_keeps_is_refused_at_the_door(client, method, sent):
    answer = getattr(client, method)("/sign-in/", sent)
    assert answer.status_code == 422
    assert "含有无法保存的字符" in answer.content.decode()
