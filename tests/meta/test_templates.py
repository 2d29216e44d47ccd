"""Templates compile, and hold nothing inline that the content security policy would block."""

import re

import pytest
from django.template import engines

from tests.meta.source import name, repository_files, text

TEMPLATES = [p for p in repository_files() if "templates" in p.parts and p.suffix == ".html"]
INLINE = {
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']?application/(ld\+)?json)", re.I),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "a handler in the page": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "something from elsewhere": re.compile(r"(src|href|action)=[\"'](https?:)?//", re.I),
    "text without escaping": re.compile(r"\|\s*safe\b"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_compiles(path):
    environment = engines["django" if "django" in engines else "jinja2"].env
    environment.get_template(path.as_posix().rpartition("/templates/")[2])


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_holds_nothing_inline(path):
    wrong = [what for what, pattern in INLINE.items() if pattern.search(text(path))]
    assert not wrong, f"{name(path)} holds {wrong}"


# Forms that write nothing that could be there twice, by what stands in their head: searches, the language, the post one
# acts in, the door, an import's next rows (each time those that are open).
ASK_ONLY = re.compile(
    r"""role="search"|portal:language|shell\.post_href|shell\.sign_out_href|portal:sign-in|portal:second-factor|
    exchange:go-on""",
    re.X,
)
POSTS = re.compile(r"(<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*?method=[\"']post[\"'].*?)</form>", re.S | re.I)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_form_that_posts_carries_the_token_and_its_key(path):
    """`once_input` is both: whatever is sent twice under one key is written once (ui/once.py)."""
    for form in POSTS.findall(text(path)):
        head = form.partition("<input")[0].partition("<div")[0]
        wanted = "csrf_input" if ASK_ONLY.search(head) else "once_input"
        assert wanted in form, f"{name(path)}: a form without {wanted}: {head[:120]}"


def test_a_view_says_that_it_is_done_by_the_one_way():
    """An answer that was not made by `done`, `go` or `shown_once` of ui/http.py is not kept for who sends again."""
    views = [path for path in repository_files() if path.suffix == ".py" and "views" in (path.stem, path.parent.name)]
    wrong = {
        name(path)
        for path in views
        if re.search(r"import .*(HttpResponseRedirect|\bredirect\b)", text(path)) and "tests" not in path.parts
    }
    assert wrong == NOT_BY_FORMS


# They redirect what is no form that writes: the language and the post one acts in; a list that is another's page.
NOT_BY_FORMS = {"src/tongmai/portal/views.py", "src/tongmai/exchange/views/messages.py"}
