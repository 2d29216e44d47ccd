"""The browser of a bench reads a page as a user's browser does."""

import pytest

from tongmai.bench.browser import Page, Unexpected

TEXT = """
<form method="post" class="x" action="/search/" data-search><input type="hidden" name="csrfmiddlewaretoken" value="t">
<input type="search" name="q" value="a &amp; b"></form>
<form method="post">
 <input type="radio" name="kind" value="one" checked><input type="radio" name="kind" value="two">
 <input type="checkbox" name="off" value="on"><input type="submit" name="go" value="1"><button name="more" value="1">x</button>
 <select name="place"><option value="">-</option><option value="5" selected>e</option><option value="6">f</option></select>
 <select name="first"><option value="p">p</option><option value="q">q</option></select>
 <textarea name="text">
zwei</textarea>
</form><a href="/encounters/00000000-0000-0000-0000-000000000001/">x</a>
"""


@pytest.fixture
def page():
    return Page(200, "/somewhere/?a=1", TEXT, 0.1)


def test_a_form_goes_where_the_page_says(page):
    form = page.form("/search/", having="q")
    assert (form.action, form.method) == ("/search/", "post")
    assert form.fields == {"csrfmiddlewaretoken": "t", "q": "a & b"}


def test_a_form_without_an_address_goes_to_its_page(page):
    assert page.form(having="kind").action == "/somewhere/?a=1"


def test_what_is_chosen_is_sent_and_what_is_not_is_offered(page):
    form = page.form(having="kind")
    assert form.fields == {"kind": "one", "place": "5", "first": "p", "text": "zwei"}
    assert form.choices["kind"] == ["one", "two"]
    assert form.choices["place"] == ["", "5", "6"]


def test_a_form_that_is_not_there_is_an_error_of_the_journey(page):
    with pytest.raises(Unexpected):
        page.form("/finish/")


def test_links_are_found_by_their_address(page):
    assert page.links("/encounters/[0-9a-f-]{36}/") == ["/encounters/00000000-0000-0000-0000-000000000001/"]
