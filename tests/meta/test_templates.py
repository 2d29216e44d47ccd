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


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_form_that_posts_carries_the_token(path):
    for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", text(path), re.S | re.I):
        assert "csrf_input" in form, f"{name(path)}: a form without csrf_input"
