"""What is typed to find a person: posted, kept in the session, never in an address."""

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import RequestFactory

from tongmai.ui import searching


@pytest.fixture
def session():
    return SessionStore()


@pytest.fixture
def send(session):
    """`send(**fields)` posts a search and returns where it leads; `send.come(address)` is what the list then asks."""

    def post(**fields):
        request = RequestFactory().post("/residents/", fields)
        request.session = session
        return searching.keep(request, "q").headers["Location"]

    def come(address):
        request = RequestFactory().get(address)
        request.session = session
        return request

    post.come = come
    return post


def test_the_words_are_kept_and_the_filters_stay_in_the_address(send):
    address = send(q=" 示例甲 ", group="elderly", empty="", csrfmiddlewaretoken="x")
    assert "group=elderly" in address and "csrf" not in address and "empty" not in address
    assert "示例甲" not in address and "%" not in address
    asked = searching.asked(send.come(address), "q")
    assert asked["q"] == "示例甲" and asked["group"] == "elderly"


def test_words_in_an_address_find_nothing(send):
    assert searching.asked(send.come("/residents/?q=示例甲"), "q")["q"] == ""


def test_the_same_words_have_the_same_address_and_the_oldest_are_forgotten(send, session):
    first = send(q="0")
    assert send(q="0") == first
    for number in range(searching.KEPT):
        send(q=str(number + 1))
    assert len(session["searches"]) == searching.KEPT
    assert searching.is_forgotten(send.come(first)) and searching.asked(send.come(first), "q")["q"] == ""
    assert not searching.is_forgotten(send.come("/residents/"))


def test_nothing_typed_leads_back_to_the_whole_list(send, session):
    assert send(q="  ") == "/residents/"
    assert "searches" not in session
